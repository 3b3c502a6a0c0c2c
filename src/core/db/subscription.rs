//! Messages that Redis pushes: announcements on a channel, and the end of keys.

use deadpool_redis::redis::aio::{PubSub, PubSubSink};
use deadpool_redis::redis::{Client, Msg, RedisError, Value};
use futures_util::stream::{BoxStream, SelectAll, select_all};
use futures_util::{StreamExt as _, future, stream};

use super::redis::Redis;
use crate::core::error::Error;

/// Events after which a key does not exist any more.
const ENDS: [&str; 3] = ["del", "expired", "evicted"];

/// What arrived.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// A text on the channel.
    Announced(String),
    /// A key with the watched prefix does not exist any more; the rest of its name.
    Ended(String),
    /// Nothing of interest.
    Other,
}

/// Messages of all servers that hold keys.
pub struct Messages {
    streams: SelectAll<BoxStream<'static, Option<Msg>>>,
    /// What the names of watched keys begin with.
    watched: Option<String>,
}

/// Whether the messages still arrive.
pub struct Health {
    sinks: Vec<PubSubSink>,
    /// The servers that have to be listened to.
    masters: Vec<String>,
    redis: Redis,
}

impl Redis {
    /// Listens on `channel`, and with `watch` for the end of keys that begin with it; both without
    /// the installation's prefix. To every master of a cluster: only the one that holds a key tells
    /// its end, and what another passes on is lost while the two are out of touch.
    ///
    /// # Errors
    /// No server answers.
    pub async fn subscribe(
        &self,
        channel: &str,
        watch: Option<&str>,
    ) -> Result<(Messages, Health), Error> {
        let channel = self.key(channel);
        let watched = watch.map(|prefix| self.key(prefix));
        let pattern = watched.as_deref().map(|keys| format!("__keyspace@*__:{}*", literal(keys)));
        let masters = self.masters().await?;
        let connecting = masters.iter().map(|url| self.listen(url, &channel, pattern.as_deref()));
        let connections = future::join_all(connecting).await;
        let connections: Vec<PubSub> = connections.into_iter().flatten().collect();
        if connections.is_empty() {
            return Err(Error::internal("redis", "no server answers"));
        }
        let (sinks, streams): (Vec<_>, Vec<_>) = connections.into_iter().map(PubSub::split).unzip();
        // A connection that ends says so instead of leaving silently.
        let streams = streams.into_iter().map(|s| s.map(Some).chain(stream::iter([None])).boxed());
        let messages = Messages { streams: select_all(streams), watched };
        Ok((messages, Health { sinks, masters, redis: self.clone() }))
    }

    async fn listen(
        &self,
        url: &str,
        channel: &str,
        pattern: Option<&str>,
    ) -> Result<PubSub, Error> {
        let connecting = async {
            let mut connection = Client::open(url)?.get_async_pubsub().await?;
            connection.subscribe(channel).await?;
            if let Some(pattern) = pattern {
                connection.psubscribe(pattern).await?;
            }
            Ok(connection)
        };
        let failed = |error: RedisError| Error::internal("redis", error);
        self.in_time(async { connecting.await.map_err(failed) }).await
    }
}

impl Messages {
    /// The next message; `None` when a connection has ended.
    ///
    /// Cancel safe.
    pub async fn next(&mut self) -> Option<Message> {
        let message = self.streams.next().await.flatten()?;
        let payload: String = message.get_payload().unwrap_or_default();
        let Some(watched) = self.watched.as_deref().filter(|_| message.from_pattern()) else {
            return Some(Message::Announced(payload));
        };
        let key = message.get_channel_name().split_once("__:").map_or("", |(_, key)| key);
        Some(match key.strip_prefix(watched) {
            Some(rest) if ENDS.contains(&payload.as_str()) => Message::Ended(rest.to_owned()),
            _ => Message::Other,
        })
    }
}

impl Health {
    /// Whether every server is listened to that has to be.
    pub fn is_complete(&self) -> bool {
        self.masters.len() == self.sinks.len()
    }

    /// Asks every connection whether it is still there, and whether there are other servers now.
    ///
    /// # Errors
    /// The subscription has to be made anew.
    pub async fn check(&mut self) -> Result<(), Error> {
        let redis = self.redis.clone();
        let asking = self.sinks.iter_mut().map(PubSubSink::ping::<Value>);
        let asking = async {
            let answers = future::try_join_all(asking).await;
            answers.map_err(|error| Error::internal("redis", error))
        };
        redis.in_time(asking).await?;
        if !self.is_complete() {
            return Err(Error::internal("redis", "a server does not answer"));
        }
        if redis.masters().await? != self.masters {
            return Err(Error::internal("redis", "the cluster has changed"));
        }
        Ok(())
    }
}

/// A pattern that matches exactly `text`.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_special_characters_literally() {
        assert_eq!(literal("a:b"), "a:b");
        assert_eq!(literal(r"a*[b]?\"), r"a\*\[b\]\?\\");
    }
}
