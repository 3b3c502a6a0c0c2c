//! Given-up messages in the queues of the broker. What is only looked at goes back to its place when
//! the channel closes.

use std::collections::HashSet;

use amqprs::channel::{BasicAckArguments, BasicGetArguments, Channel};
use amqprs::connection::Connection;

use super::{ATTEMPTS, DeadLetter, DeadLetters, DeadQueue, ERROR, Handled, Selection, Unhandled};
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;
use crate::core::events::channel::{Declaration, Refusal};
use crate::core::events::consumer::delivery;
use crate::core::events::delivery::Delivery;
use crate::core::events::topology::{dead_letter_queue, failed};

/// Looks at a queue; nothing is lost when it ends early.
struct Reader {
    connection: Connection,
    channel: Channel,
    queue: String,
}

impl Reader {
    /// `None` while no message was ever given up: there is no such queue.
    async fn open(amqp: &Amqp, queue: &str) -> Result<Option<Self>, Error> {
        let connection = amqp.connect().await?;
        let queue = dead_letter_queue(queue);
        if messages(&connection, &queue).await?.is_none() {
            connection.close().await.map_err(failed)?;
            return Ok(None);
        }
        let channel = connection.open_channel(None).await.map_err(failed)?;
        Ok(Some(Self { connection, channel, queue }))
    }

    /// The next message and its tag.
    async fn next(&self) -> Result<Option<(u64, Delivery)>, Error> {
        let got = self.channel.basic_get(BasicGetArguments::new(&self.queue)).await;
        let got = got.map_err(failed)?;
        Ok(got.map(|(ok, properties, body)| (ok.delivery_tag(), delivery(&properties, body))))
    }

    /// Takes the message off the queue.
    async fn remove(&self, tag: u64) -> Result<(), Error> {
        self.channel.basic_ack(BasicAckArguments::new(tag, false)).await.map_err(failed)
    }

    async fn close(self) -> Result<(), Error> {
        self.channel.close().await.map_err(failed)?;
        self.connection.close().await.map_err(failed)
    }
}

/// Messages in a queue; `None` if there is no such queue.
async fn messages(connection: &Connection, name: &str) -> Result<Option<i64>, Error> {
    match (Declaration::Queue { name, passive: true }).make(connection).await? {
        Ok(messages) => Ok(Some(i64::from(messages))),
        Err(refusal) if refusal.is_absence() => Ok(None),
        Err(refusal) => Err(Error::internal("rabbitmq", refusal)),
    }
}

pub(super) async fn counts(amqp: &Amqp, queues: &[&str]) -> Result<Vec<DeadQueue>, Error> {
    let connection = amqp.connect().await?;
    let mut counts = Vec::with_capacity(queues.len());
    for queue in queues {
        let messages = messages(&connection, &dead_letter_queue(queue)).await?.unwrap_or_default();
        counts.push(DeadQueue { queue: (*queue).to_owned(), messages });
    }
    connection.close().await.map_err(failed)?;
    Ok(counts)
}

pub(super) async fn list(
    amqp: &Amqp,
    queue: &str,
    which: &Selection,
) -> Result<Vec<DeadLetter>, Error> {
    let Some(reader) = Reader::open(amqp, queue).await? else { return Ok(Vec::new()) };
    let mut letters = Vec::new();
    while letters.len() < which.limit() {
        let Some((_, delivery)) = reader.next().await? else { break };
        if which.has(id(&delivery)) {
            letters.push(letter(delivery));
        }
    }
    reader.close().await?;
    Ok(letters)
}

pub(super) async fn replay(amqp: &Amqp, queue: &str, which: &Selection) -> Result<Handled, Error> {
    let sender = DeadLetters::new(amqp.clone());
    let replayed = each(amqp, queue, which, async |delivery| {
        let mut headers = delivery.headers.clone();
        headers.remove(ERROR);
        headers.remove(ATTEMPTS);
        sender.publish(queue, delivery, headers).await
    });
    let replayed = replayed.await;
    sender.close().await;
    replayed
}

pub(super) async fn delete(amqp: &Amqp, queue: &str, which: &Selection) -> Result<Handled, Error> {
    each(amqp, queue, which, async |_| Ok(Ok(()))).await
}

/// Does something with the selected messages that are there now, and takes off the queue each with which
/// it could be done.
async fn each(
    amqp: &Amqp,
    queue: &str,
    which: &Selection,
    act: impl AsyncFn(&Delivery) -> Result<Result<(), Refusal>, Error>,
) -> Result<Handled, Error> {
    let (mut handled, mut seen) = (Handled::default(), HashSet::new());
    if let Some(reader) = Reader::open(amqp, queue).await? {
        // A message that fails again comes back to the end: not twice in one go.
        let there = messages(&reader.connection, &reader.queue).await?.unwrap_or_default();
        for _ in 0..there {
            let Some((tag, delivery)) = reader.next().await? else { break };
            let id = id(&delivery);
            if !which.has(id) {
                continue;
            }
            match act(&delivery).await? {
                Ok(()) => {
                    reader.remove(tag).await?;
                    handled.count += 1;
                }
                Err(refusal) => {
                    let (id, reason) = (id.to_owned(), refusal.to_string());
                    handled.left.push(Unhandled { id, reason });
                }
            }
            seen.insert(id.to_owned());
        }
        reader.close().await?;
    }
    handled.left.extend(which.unknown(|id| seen.contains(id)));
    Ok(handled)
}

fn id(delivery: &Delivery) -> &str {
    delivery.message_id.as_deref().unwrap_or_default()
}

fn letter(delivery: Delivery) -> DeadLetter {
    let text = |name: &str| delivery.header(name).unwrap_or_default().to_owned();
    DeadLetter {
        id: id(&delivery).to_owned(),
        error: text(ERROR),
        attempts: text(ATTEMPTS).parse().unwrap_or_default(),
        body: String::from_utf8_lossy(&delivery.body).into_owned(),
        headers: delivery.headers,
    }
}
