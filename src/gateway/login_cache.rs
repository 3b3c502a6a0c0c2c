//! Layer 1 of the session cache: accepted tokens in process.
//!
//! Keyed by a hash of the whole token, so that another token with the same session never gets this
//! token's identity. A hit verifies no signature, parses nothing, allocates nothing and asks nobody;
//! it compares the entry's age and its stamp.

use std::hash::Hasher as _;
use std::sync::Arc;
use std::time::Duration;

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use super::client_headers::ClientApp;
use super::login_table::{LoginTable, TokenHash};
use super::single_flight::SingleFlight;
use crate::core::invalidation::{Invalidations, Stamp};
use crate::core::stores::Stores;
use crate::modules::identity::Identity;

/// Time to live of a session while announcements of other processes do not arrive.
const DEAF_TTL: Duration = Duration::from_secs(5);

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 401.
    Unauthorized,
    /// 503: nobody who could tell answers.
    Unavailable,
}

/// An accepted token. In this order: what every look-up compares lies in one line of memory with the
/// counter of the `Arc` around it.
#[derive(Debug, Clone)]
#[repr(C)]
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

/// Bounded by count and bytes; eviction favours what is asked often.
pub struct LoginCache {
    entries: Arc<LoginTable>,
    look_ups: SingleFlight<TokenHash, Result<Arc<Login>, Refusal>>,
    key: SipHasher13,
    ttl: Duration,
    stores: Stores,
}

impl LoginCache {
    /// Bounds and time to live from the configuration.
    pub fn new(stores: Stores) -> Self {
        let config = &stores.config.cache;
        Self {
            entries: Arc::new(LoginTable::new(config.max_entries, config.max_bytes)),
            look_ups: SingleFlight::default(),
            key: SipHasher13::new_with_key(&rand::random()),
            ttl: Duration::from_secs(config.session_ttl_secs),
            stores,
        }
    }

    /// The token's login if it was checked recently enough before `now` (milliseconds since 1970).
    pub fn get(&self, token: &str, now: i64) -> Option<Arc<Login>> {
        if self.ttl.is_zero() {
            return None;
        }
        self.entries.get(self.hash(token)).filter(|login| self.is_fresh(login, now))
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

    /// SipHash-1-3 under a key that never leaves the process: nobody outside can search for two tokens
    /// with one hash, and a guess meets one of 10 million entries with a probability of 2⁻¹⁰⁵
    /// (Aumasson, Bernstein: SipHash, 2012).
    fn hash(&self, token: &str) -> TokenHash {
        let mut hasher = self.key;
        hasher.write(token.as_bytes());
        TokenHash(hasher.finish128().into())
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
