//! Tells every replica that something it may have cached is no longer true.

use deadpool_redis::redis;

use super::error::Error;
use super::stores::Stores;

/// Redis channel of the announcements (before the installation's key prefix).
pub const CHANNEL: &str = "coffee:revoked";

/// What is no longer true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalidation {
    /// The session with this id has ended.
    Session(String),
    /// The contracts of this partner changed.
    Partner(i64),
}

impl Invalidation {
    /// Text on the channel: `session:{sid}` or `partner:{id}`.
    pub fn text(&self) -> String {
        match self {
            Self::Session(sid) => format!("session:{sid}"),
            Self::Partner(id) => format!("partner:{id}"),
        }
    }

    /// Reads a text of the channel; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("session", sid) if !sid.is_empty() => Some(Self::Session(sid.to_owned())),
            ("partner", id) => id.parse().ok().map(Self::Partner),
            _ => None,
        }
    }
}

/// Announces to this process at once and to every replica through Redis, where there is one.
///
/// # Errors
/// Redis does not take it; this process has been told all the same.
pub async fn announce(stores: &Stores, invalidation: &Invalidation) -> Result<(), Error> {
    // Nobody may be listening yet: then nothing is cached either.
    let _ = stores.invalidations.send(invalidation.clone());
    let Some(redis) = &stores.redis else { return Ok(()) };
    let mut publish = redis::cmd("PUBLISH");
    publish.arg(redis.key(CHANNEL)).arg(invalidation.text());
    redis.run::<i64>(&publish).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_back() {
        for known in [Invalidation::Session("a:b".into()), Invalidation::Partner(-1)] {
            assert_eq!(Invalidation::parse(&known.text()), Some(known));
        }
        for other in ["", "session:", "partner:x", "plan:1"] {
            assert_eq!(Invalidation::parse(other), None);
        }
    }
}
