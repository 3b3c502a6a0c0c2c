//! Hears what other replicas announce: ended sessions, changed contracts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::authenticator::forget_session;
use crate::core::db::redis::Redis;
use crate::core::db::subscription::{Health, Message, Messages};
use crate::core::error::Error;
use crate::core::invalidation::{CHANNEL, Invalidation};
use crate::core::stores::Stores;
use crate::modules::identity::session_key;

/// How often a silent connection is asked whether it is still there.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// Pause before the first attempt to subscribe again; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Background task: keeps a subscription until `stop`. Without Redis there is nobody else to hear.
pub async fn listen(stores: Stores, stop: CancellationToken) {
    let Some(redis) = stores.redis() else {
        stores.metrics.listening.set(1);
        return stop.cancelled().await;
    };
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        let listening = async {
            let (messages, health) = subscribe(&stores, redis).await?;
            pause = FIRST_PAUSE;
            set_listening(&stores, health.is_complete());
            tokio::select! {
                error = hear(&stores, messages) => Err::<(), Error>(error),
                error = watch(health) => Err(error),
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            outcome = listening => if let Err(error) = outcome {
                tracing::warn!(%error, "announcements of other replicas do not arrive");
            },
        }
        set_listening(&stores, false);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => pause = LONGEST_PAUSE.min(pause * 2),
        }
    }
}

async fn subscribe(stores: &Stores, redis: &Redis) -> Result<(Messages, Health), Error> {
    let sessions = session_key("");
    let watched = stores.config.redis.keyspace_notifications.then_some(sessions.as_str());
    redis.subscribe(CHANNEL, watched).await
}

/// Applies messages as long as the connections last; why they do not.
async fn hear(stores: &Stores, mut messages: Messages) -> Error {
    while let Some(message) = messages.next().await {
        apply(stores, message);
    }
    Error::internal("redis", "connection lost")
}

/// Returns when the subscription has to be made anew, and why.
async fn watch(mut health: Health) -> Error {
    loop {
        tokio::time::sleep(CHECK_EVERY).await;
        if let Err(error) = health.check().await {
            return error;
        }
    }
}

fn apply(stores: &Stores, message: Message) {
    let (invalidation, announced) = match message {
        Message::Announced(text) => (Invalidation::parse(&text), true),
        Message::Ended(sid) => (Some(Invalidation::Session(sid)), false),
        Message::Other => (None, false),
    };
    let Some(invalidation) = invalidation else { return };
    stores.invalidations.apply(&invalidation);
    // A look-up that began before the end may have written the key back since, and another one may
    // have found it there.
    if let (Invalidation::Session(sid), true) = (&invalidation, announced) {
        let (stores, sid) = (stores.clone(), sid.clone());
        tokio::spawn(async move {
            if let Some(redis) = stores.redis() {
                forget_session(redis, &sid).await;
            }
            stores.invalidations.apply(&invalidation);
        });
    }
}

fn set_listening(stores: &Stores, listening: bool) {
    if stores.invalidations.is_listening() != listening {
        stores.invalidations.set_listening(listening);
        stores.metrics.listening.set(i64::from(listening));
    }
}
