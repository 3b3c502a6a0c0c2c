//! Layer 1 of the session cache: accepted tokens in process.
//!
//! Keyed by the whole token, so that another token with the same session never gets this token's
//! identity. A hit verifies no signature, parses nothing and asks nobody; it checks the end of the
//! token and the entry's age.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::core::config::CacheConfig;
use crate::modules::identity::Identity;

/// Rough size of an entry besides its token.
const ENTRY_BYTES: u64 = 256;

/// An accepted token.
#[derive(Debug, Clone)]
pub struct Login {
    /// Session of the token.
    pub sid: String,
    /// Who it is.
    pub identity: Identity,
    /// End of the token, seconds since 1970.
    pub exp: Option<i64>,
    /// When the session was last seen alive.
    pub checked_at: Instant,
}

impl Login {
    /// Whether the token is still within its time at `now` (seconds since 1970).
    pub fn is_current(&self, now: i64) -> bool {
        self.exp.is_none_or(|exp| exp > now)
    }
}

#[derive(Clone)]
struct LoginWeight;

impl Weighter<String, Arc<Login>> for LoginWeight {
    fn weight(&self, token: &String, login: &Arc<Login>) -> u64 {
        (token.len() + login.sid.len()) as u64 + ENTRY_BYTES
    }
}

/// Bounded by count and bytes; eviction favours what is asked often.
pub struct LoginCache {
    entries: Cache<String, Arc<Login>, LoginWeight>,
    ttl: Duration,
}

impl LoginCache {
    /// Bounds and time to live from the configuration.
    pub fn new(config: &CacheConfig) -> Self {
        // The estimate sizes tables up front: start small and let them grow.
        let estimate = config.max_entries.min(10_000);
        let bytes = config.max_bytes.min(config.max_entries as u64 * (ENTRY_BYTES + 512));
        Self {
            entries: Cache::with_weighter(estimate, bytes, LoginWeight),
            ttl: Duration::from_secs(config.session_ttl_secs),
        }
    }

    /// The token's login if it was checked recently enough.
    pub fn get(&self, token: &str) -> Option<Arc<Login>> {
        if self.ttl.is_zero() {
            return None;
        }
        self.entries.get(token).filter(|login| self.is_fresh(login))
    }

    /// The token's login, or the outcome of `check`, which runs once for concurrent requests.
    /// Refusals are not kept.
    ///
    /// # Errors
    /// Those of `check`.
    pub async fn get_or_check<E>(
        &self,
        token: &str,
        check: impl Future<Output = Result<Arc<Login>, E>>,
    ) -> Result<Arc<Login>, E> {
        if self.ttl.is_zero() {
            return check.await;
        }
        self.entries.remove_if(token, |login| !self.is_fresh(login));
        self.entries.get_or_insert_async(token, check).await
    }

    fn is_fresh(&self, login: &Login) -> bool {
        login.checked_at.elapsed() < self.ttl
    }
}
