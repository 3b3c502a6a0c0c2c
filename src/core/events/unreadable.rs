//! Messages that cannot even be read. A name or text in their properties that is no UTF-8 ends the
//! connection of the client library, so they would come back for ever and hold up every queue of the
//! process. They are found by counting what can be read before them, and taken off without being read.

use std::time::Duration;

use amqprs::channel::{BasicGetArguments, Channel};
use amqprs::connection::Connection;

use super::consumer::delivery;
use super::dead_letter::DeadLetters;
use super::delivery::Delivery;
use super::topology::failed;
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;

/// Messages that are looked at at least: somebody else's consumer may have more in hand than ours.
const DEPTH: usize = 2000;
/// Longest wait for one message.
const GET_TIMEOUT: Duration = Duration::from_secs(5);
const REASON: &str = "unreadable: a text in its properties is no UTF-8; its content is lost";

/// Takes unreadable messages off `queue`; a dead letter without content stands for each. A consumer has at
/// most `in_hand` messages, so one that ended it is among so many.
///
/// # Errors
/// The broker is away.
pub(super) async fn remove(
    amqp: &Amqp,
    (queue, in_hand): (&str, usize),
    dead_letters: &DeadLetters,
) -> Result<(), Error> {
    let depth = in_hand.max(DEPTH);
    while let Some(before) = readable_before(amqp, queue, depth).await? {
        // A connection that was lost for another reason is not lost at the same message again.
        if readable_before(amqp, queue, depth).await? != Some(before) {
            break;
        }
        let Some(taken) = take_after(amqp, queue, before).await? else { break };
        tracing::error!(queue, "took an unreadable message off the queue");
        dead_letters.send(queue, &taken, REASON, 0).await?;
    }
    Ok(())
}

/// Messages in front of the first one that ends the connection; `None` if none does.
async fn readable_before(amqp: &Amqp, queue: &str, depth: usize) -> Result<Option<usize>, Error> {
    let (connection, channel) = open(amqp).await?;
    for count in 0..depth {
        match get(&channel, BasicGetArguments::new(queue)).await {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(_) if !connection.is_open() => return Ok(Some(count)),
            Err(error) => return Err(error),
        }
    }
    // Whatever was looked at goes back to its place.
    let _ = connection.close().await;
    Ok(None)
}

/// Takes the message behind `before` others off the queue. Its content is only known if another one has
/// taken its place meanwhile.
async fn take_after(amqp: &Amqp, queue: &str, before: usize) -> Result<Option<Delivery>, Error> {
    let (connection, channel) = open(amqp).await?;
    for _ in 0..before {
        get(&channel, BasicGetArguments::new(queue)).await?;
    }
    let taken = get(&channel, BasicGetArguments::new(queue).no_ack(true).finish()).await;
    let was_open = connection.is_open();
    let _ = connection.close().await;
    match taken {
        Err(_) if !was_open => Ok(Some(Delivery::default())),
        taken => taken,
    }
}

async fn open(amqp: &Amqp) -> Result<(Connection, Channel), Error> {
    let connection = amqp.connect().await?;
    let channel = connection.open_channel(None).await.map_err(failed)?;
    Ok((connection, channel))
}

async fn get(channel: &Channel, what: BasicGetArguments) -> Result<Option<Delivery>, Error> {
    match tokio::time::timeout(GET_TIMEOUT, channel.basic_get(what)).await {
        Ok(got) => {
            let got = got.map_err(failed)?;
            Ok(got.map(|(_, properties, body)| delivery(&properties, body)))
        }
        Err(_) => Err(Error::internal("rabbitmq", "no answer in time")),
    }
}
