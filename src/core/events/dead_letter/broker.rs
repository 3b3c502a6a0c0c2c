//! Given-up messages in the queues of the broker. What is only looked at goes back to its place when
//! the channel closes.

use amqprs::channel::{BasicAckArguments, BasicGetArguments, Channel, QueueDeclareArguments};
use amqprs::connection::Connection;

use super::{ATTEMPTS, DeadLetter, DeadLetters, DeadQueue, ERROR, Selection};
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;
use crate::core::events::consumer::delivery;
use crate::core::events::delivery::Delivery;
use crate::core::events::topology::{dead_letter_queue, declare_dead_letters, failed};

/// Looks at a queue; nothing is lost when it ends early.
struct Reader {
    connection: Connection,
    channel: Channel,
    queue: String,
}

impl Reader {
    async fn open(amqp: &Amqp, queue: &str) -> Result<Self, Error> {
        let connection = amqp.connect().await?;
        let channel = connection.open_channel(None).await.map_err(failed)?;
        declare_dead_letters(&channel, queue).await?;
        Ok(Self { connection, channel, queue: dead_letter_queue(queue) })
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

pub(super) async fn counts(amqp: &Amqp, queues: &[&str]) -> Result<Vec<DeadQueue>, Error> {
    let connection = amqp.connect().await?;
    let channel = connection.open_channel(None).await.map_err(failed)?;
    let mut counts = Vec::with_capacity(queues.len());
    for queue in queues {
        let declare = QueueDeclareArguments::durable_client_named(&dead_letter_queue(queue));
        let declared = channel.queue_declare(declare).await.map_err(failed)?;
        let messages = declared.map_or(0, |(_, messages, _)| i64::from(messages));
        counts.push(DeadQueue { queue: (*queue).to_owned(), messages });
    }
    channel.close().await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(counts)
}

pub(super) async fn list(
    amqp: &Amqp,
    queue: &str,
    which: &Selection,
) -> Result<Vec<DeadLetter>, Error> {
    let reader = Reader::open(amqp, queue).await?;
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

pub(super) async fn replay(amqp: &Amqp, queue: &str, which: &Selection) -> Result<usize, Error> {
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

pub(super) async fn delete(amqp: &Amqp, queue: &str, which: &Selection) -> Result<usize, Error> {
    each(amqp, queue, which, async |_| Ok(())).await
}

/// Does something with the selected messages that are there now and takes each off the queue; how many.
async fn each(
    amqp: &Amqp,
    queue: &str,
    which: &Selection,
    act: impl AsyncFn(&Delivery) -> Result<(), Error>,
) -> Result<usize, Error> {
    let reader = Reader::open(amqp, queue).await?;
    let mut count = 0;
    // A message that fails again comes back to the end: not twice in one go.
    let there = counts(amqp, &[queue]).await?.first().map_or(0, |one| one.messages);
    for _ in 0..there {
        let Some((tag, delivery)) = reader.next().await? else { break };
        if which.has(id(&delivery)) {
            act(&delivery).await?;
            reader.remove(tag).await?;
            count += 1;
        }
    }
    reader.close().await?;
    Ok(count)
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
