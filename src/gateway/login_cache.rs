//! Layer 1 of the session cache: accepted tokens in process.
//!
//! Keyed by a hash of the whole token, so that another token with the same session never gets this
//! token's identity. A hit verifies no signature, parses nothing, allocates nothing and asks nobody;
//! it compares the entry's age and its stamp.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::client_headers::ClientApp;
use super::single_flight::SingleFlight;
use crate::core::config::CacheConfig;
use crate::core::invalidation::{Invalidations, Stamp};
use crate::core::stores::Stores;
use crate::modules::identity::Identity;

/// Time to live of a session while announcements of other processes do not arrive.
const DEAF_TTL: Duration = Duration::from_secs(5);
/// Bytes that the tables of the cache need for an entry: its place in the slab and in the index.
const TABLE_BYTES: u64 = 64;
/// Counters in front of a shared text.
const SHARED_BYTES: u64 = 16;

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 401.
    Unauthorized,
    /// 503: nobody who could tell answers.
    Unavailable,
}

/// An accepted token.
#[derive(Debug, Clone)]
pub struct Login {
    /// When the look-up of the session began, milliseconds since 1970.
    pub checked_at: i64,
    /// What was announced before that.
    pub stamp: Stamp,
    /// End of the token, seconds since 1970.
    pub exp: Option<i64>,
    /// Who it is.
    pub identity: Identity,
    /// Session of the token.
    pub sid: Arc<str>,
    /// The calling application as the identity service knows it.
    pub client: Option<Arc<ClientApp>>,
}

impl Login {
    /// Whether the token is still within its time at `now` (seconds since 1970).
    pub fn is_current(&self, now: i64) -> bool {
        self.exp.is_none_or(|exp| exp > now)
    }
}

/// 128 bits of a whole token under two keys that never leave the process: nobody outside can search
/// for two tokens with one hash, and a guess meets one of 10 million entries with a probability of
/// 2⁻¹⁰⁵.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TokenHash([u64; 2]);

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

#[derive(Clone)]
struct LoginWeight {
    /// Weight that even the smallest entry has: keeps their number within bounds.
    least: u64,
}

impl Weighter<TokenHash, Arc<Login>> for LoginWeight {
    fn weight(&self, _: &TokenHash, login: &Arc<Login>) -> u64 {
        let name = login.identity.user_name.as_ref();
        let name = name.map_or(0, |name| name.len() as u64 + SHARED_BYTES);
        let app = login.client.as_ref().map_or(0, |app| app.bytes() as u64 + SHARED_BYTES);
        let texts = login.sid.len() as u64 + SHARED_BYTES + name + app;
        let entry = size_of::<Login>() as u64 + SHARED_BYTES + TABLE_BYTES;
        (entry + texts).max(self.least)
    }
}

type Entries = Cache<TokenHash, Arc<Login>, LoginWeight>;

/// Bounded by count and bytes; eviction favours what is asked often.
pub struct LoginCache {
    entries: Arc<Entries>,
    look_ups: SingleFlight<TokenHash, Result<Arc<Login>, Refusal>>,
    keys: [RandomState; 2],
    ttl: Duration,
    stores: Stores,
}

impl LoginCache {
    /// Bounds and time to live from the configuration.
    pub fn new(stores: Stores) -> Self {
        let config = &stores.config.cache;
        Self {
            entries: Arc::new(bounded(config)),
            look_ups: SingleFlight::default(),
            keys: [(); 2].map(|()| random_keys()),
            ttl: Duration::from_secs(config.session_ttl_secs),
            stores,
        }
    }

    /// The token's login if it was checked recently enough before `now` (milliseconds since 1970).
    pub fn get(&self, token: &str, now: i64) -> Option<Arc<Login>> {
        if self.ttl.is_zero() {
            return None;
        }
        self.entries.get(&self.hash(token)).filter(|login| self.is_fresh(login, now))
    }

    /// The outcome of `check`, which concurrent requests with this token share. A login is kept, a
    /// refusal is not.
    ///
    /// # Errors
    /// Those of `check`.
    pub async fn check<F>(&self, token: &str, check: impl Fn() -> F) -> Result<Arc<Login>, Refusal>
    where
        F: Future<Output = Result<Arc<Login>, Refusal>> + Send + 'static,
    {
        if self.ttl.is_zero() {
            return check().await;
        }
        let hash = self.hash(token);
        let look_up = || {
            let (entries, checking) = (Arc::clone(&self.entries), check());
            async move {
                let login = checking.await?;
                // Outdated by its stamp if its session has ended meanwhile.
                entries.insert(hash, Arc::clone(&login));
                Ok(login)
            }
        };
        let shared = self.look_ups.run(hash, look_up).await.unwrap_or(Err(Refusal::Unavailable))?;
        if self.invalidations().is_current(shared.stamp) {
            return Ok(shared);
        }
        // Something was announced meanwhile: what others began to ask before does not count.
        check().await
    }

    fn hash(&self, token: &str) -> TokenHash {
        TokenHash([&self.keys[0], &self.keys[1]].map(|key| key.hash_one(token.as_bytes())))
    }

    /// An age that a step of the clock made negative counts as too old.
    fn is_fresh(&self, login: &Login, now: i64) -> bool {
        let ttl = if self.invalidations().is_listening() { self.ttl } else { self.deaf_ttl() };
        let age = u128::try_from(now.saturating_sub(login.checked_at)).unwrap_or(u128::MAX);
        age < ttl.as_millis() && self.invalidations().is_current(login.stamp)
    }

    fn deaf_ttl(&self) -> Duration {
        self.ttl.min(DEAF_TTL)
    }

    fn invalidations(&self) -> &Invalidations {
        &self.stores.invalidations
    }
}

fn random_keys() -> RandomState {
    let [a, b, c, d] = rand::random::<[u64; 4]>();
    RandomState::with_seeds(a, b, c, d)
}

fn bounded(config: &CacheConfig) -> Entries {
    let least = config.max_bytes / config.max_entries as u64;
    let weighter = LoginWeight { least };
    let entry = (size_of::<Login>() as u64 + TABLE_BYTES).max(least);
    // Decides how many evicted entries are remembered; tables grow as they fill.
    let estimate = usize::try_from(config.max_bytes / entry).unwrap_or(config.max_entries);
    Cache::with_weighter(estimate.max(1), config.max_bytes, weighter)
}
