//! Layer 1 of the session cache: accepted tokens in process.
//!
//! Keyed by a hash of the whole token, so that another token with the same session never gets this
//! token's identity. A hit verifies no signature, parses nothing, allocates nothing and asks nobody;
//! it compares the entry's age and its stamp.
//!
//! A login that is numbers only, as every one that Redis vouches for, is a line of the
//! [`LoginTable`]; one with names, as an identity source tells them, is kept in a `quick_cache`. Each
//! of the two has half of the bytes, and the table at most seven eighths of the entries.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ahash::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::client_headers::ClientApp;
use super::login_table::{Found, LINE_BYTES, LoginTable, RECORD};
use super::single_flight::SingleFlight;
use crate::core::config::{CacheConfig, ConfigError};
use crate::core::invalidation::{Invalidations, Stamp};
use crate::core::stores::Stores;
use crate::modules::identity::Identity;

/// Time to live of a session while announcements of other processes do not arrive.
const DEAF_TTL_MS: i64 = 5000;
/// Bytes that `quick_cache` needs for an entry: its place in the slab and in the index.
const TABLE_BYTES: u64 = 64;
/// Counters in front of a shared text.
const SHARED_BYTES: u64 = 16;
/// Stands in a record for an id that is not there.
const NO_ID: i64 = i64::MIN;

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 401.
    Unauthorized,
    /// 503: nobody who could tell answers.
    Unavailable,
}

/// An accepted token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// When the look-up of the session began, milliseconds since 1970.
    pub checked_at: i64,
    /// What was announced before that.
    pub stamp: Stamp,
    /// End of the token, seconds since 1970; `i64::MAX` for one without.
    pub exp: i64,
    /// Who it is.
    pub identity: Identity,
    /// The calling application as the identity service knows it.
    pub client: Option<Arc<ClientApp>>,
}

impl Login {
    /// Whether the token is still within its time at `now` (seconds since 1970).
    pub fn is_current(&self, now: i64) -> bool {
        self.exp > now
    }

    /// As numbers, if it is nothing else.
    fn found(&self) -> Option<Found> {
        let Identity { user_id, user_name, account_id, partner_id } = &self.identity;
        let ids = [*user_id, *account_id, *partner_id];
        if user_name.is_some() || self.client.is_some() || ids.contains(&Some(NO_ID)) {
            return None;
        }
        let [user, account, partner] = ids.map(|id| id.unwrap_or(NO_ID) as u64);
        Some((self.checked_at, [user, account, partner, self.stamp.to_bits(), self.exp as u64]))
    }
}

impl From<Found> for Login {
    fn from((checked_at, record): Found) -> Self {
        let [user, account, partner, _, exp] = record;
        let id = |word: u64| Some(word as i64).filter(|id| *id != NO_ID);
        let (user_id, account_id, partner_id) = (id(user), id(account), id(partner));
        Self {
            checked_at,
            stamp: stamp_of(&record),
            exp: exp as i64,
            identity: Identity { user_id, user_name: None, account_id, partner_id },
            client: None,
        }
    }
}

fn stamp_of(record: &[u64; RECORD]) -> Stamp {
    Stamp::from_bits(record[3])
}

/// 64 bits of a whole token, and 64 of its end, under keys that never leave the process: nobody
/// outside can search for two tokens with one hash. The end is part of the signature, as good as
/// random: a guess meets one of 10 million entries with a probability of 2⁻¹⁰⁵.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TokenHash([u64; 2]);

/// Bytes of a token's end with an entropy of 96 bits: letters of base64.
const END: usize = 16;

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

impl Weighter<TokenHash, Login> for LoginWeight {
    fn weight(&self, _: &TokenHash, login: &Login) -> u64 {
        let name = login.identity.user_name.as_ref();
        let name = name.map_or(0, |name| name.len() as u64 + SHARED_BYTES);
        let app = login.client.as_ref().map_or(0, |app| app.bytes() as u64 + SHARED_BYTES);
        (size_of::<Login>() as u64 + TABLE_BYTES + name + app).max(self.least)
    }
}

type NamedLogins = Cache<TokenHash, Login, LoginWeight>;

/// What is kept, within bounds.
struct Entries {
    plain: LoginTable,
    named: NamedLogins,
    ttl_ms: i64,
}

impl Entries {
    fn new(config: &CacheConfig) -> Result<Self, ConfigError> {
        let (bytes, count) = (config.max_bytes.div_ceil(2), config.max_entries);
        let most = count - count / 8;
        let lines =
            usize::try_from(bytes / LINE_BYTES as u64).map_or(most, |lines| lines.min(most));
        let plain = LoginTable::new(lines).map_err(|_| ConfigError::Value {
            key: "cache.max_bytes",
            reason: format!("no address space for {lines} entries"),
        })?;
        let count = count.saturating_sub(plain.capacity()).max(1);
        let ttl_ms =
            i64::try_from(config.session_ttl_secs).unwrap_or(i64::MAX).saturating_mul(1000);
        Ok(Self { plain, named: named_logins(bytes, count), ttl_ms })
    }

    /// The login of a token whose end has the hash `end`, if it is fresh by its time and stamp.
    fn get(
        &self,
        whole: impl Fn() -> u64,
        end: u64,
        is_fresh: impl Fn(i64, Stamp) -> bool,
    ) -> Option<Login> {
        let plain = self.plain.get(&whole, end);
        let plain = plain.filter(|(checked_at, record)| is_fresh(*checked_at, stamp_of(record)));
        let is_fresh = |login: &Login| is_fresh(login.checked_at, login.stamp);
        let named = || self.named.get(&TokenHash([whole(), end])).filter(is_fresh);
        plain.map(Login::from).or_else(named)
    }

    /// Keeps a login, unless another thread is writing in its place.
    fn insert(&self, hash: TokenHash, login: &Login) {
        let fresh_since = login.checked_at.saturating_sub(self.ttl_ms);
        match login.found() {
            Some(found) => self.plain.insert(hash.0, found, fresh_since),
            None => self.named.insert(hash, login.clone()),
        }
    }
}

fn named_logins(bytes: u64, count: usize) -> NamedLogins {
    let least = bytes / count as u64;
    let entry = (size_of::<Login>() as u64 + TABLE_BYTES).max(least);
    // Decides how many evicted entries are remembered; tables grow as they fill.
    let estimate = usize::try_from(bytes / entry).unwrap_or(count);
    Cache::with_weighter(estimate.max(1), bytes, LoginWeight { least })
}

/// The cache.
pub struct LoginCache {
    entries: Arc<Entries>,
    look_ups: SingleFlight<TokenHash, Result<Login, Refusal>>,
    key: RandomState,
    stores: Stores,
}

impl LoginCache {
    /// Bounds and time to live from the configuration.
    ///
    /// # Errors
    /// Bounds beyond the address space.
    pub fn new(stores: Stores) -> Result<Self, ConfigError> {
        Ok(Self {
            entries: Arc::new(Entries::new(&stores.config.cache)?),
            look_ups: SingleFlight::default(),
            key: random_key(),
            stores,
        })
    }

    /// The token's login if it was checked recently enough before `now` (milliseconds since 1970).
    pub fn get(&self, token: &str, now: i64) -> Option<Login> {
        if self.entries.ttl_ms == 0 {
            return None;
        }
        let is_fresh = |checked_at, stamp| self.is_fresh(checked_at, stamp, now);
        self.entries.get(|| self.whole(token), self.end(token), is_fresh)
    }

    /// The outcome of `check`, which concurrent requests with this token share. A login is kept, a
    /// refusal is not.
    ///
    /// # Errors
    /// Those of `check`.
    pub async fn check<F>(&self, token: &str, check: impl Fn() -> F) -> Result<Login, Refusal>
    where
        F: Future<Output = Result<Login, Refusal>> + Send + 'static,
    {
        if self.entries.ttl_ms == 0 {
            return check().await;
        }
        let hash = TokenHash([self.whole(token), self.end(token)]);
        let look_up = || {
            let (entries, checking) = (Arc::clone(&self.entries), check());
            async move {
                let login = checking.await?;
                // Outdated by its stamp if its session has ended meanwhile.
                entries.insert(hash, &login);
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

    fn whole(&self, token: &str) -> u64 {
        self.key.hash_one(token.as_bytes())
    }

    fn end(&self, token: &str) -> u64 {
        let end = token.as_bytes().last_chunk::<END>();
        self.key.hash_one(end.map_or(0, |end| u128::from_le_bytes(*end)))
    }

    /// An age that a step of the clock made negative counts as too old.
    fn is_fresh(&self, checked_at: i64, stamp: Stamp, now: i64) -> bool {
        let ttl = self.entries.ttl_ms;
        let ttl = if self.invalidations().is_listening() { ttl } else { ttl.min(DEAF_TTL_MS) };
        let age = now.saturating_sub(checked_at);
        (0..ttl).contains(&age) && self.invalidations().is_current(stamp)
    }

    fn invalidations(&self) -> &Invalidations {
        &self.stores.invalidations
    }
}

fn random_key() -> RandomState {
    let [a, b, c, d] = rand::random::<[u64; 4]>();
    RandomState::with_seeds(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;

    fn login(ids: [Option<i64>; 3]) -> Login {
        let [user_id, account_id, partner_id] = ids;
        let identity = Identity { user_id, user_name: None, account_id, partner_id };
        let stamp = Invalidations::new(true).session("s");
        Login { checked_at: 1_700_000_000_123, stamp, exp: 1_700_003_600, identity, client: None }
    }

    #[test]
    fn numbers_are_read_back_as_they_were() {
        for ids in [[Some(1), Some(-1), Some(i64::MAX)], [None; 3], [Some(0), None, Some(7)]] {
            let login = login(ids);
            assert_eq!(login.found().map(Login::from), Some(login));
        }
    }

    #[test]
    fn what_is_more_than_numbers_keeps_its_names() {
        let app = ClientApp { id: "erp".into(), kind: "ERP".into() };
        let mut named =
            [login([Some(1); 3]), login([Some(1); 3]), login([Some(NO_ID), None, None])];
        named[0].identity.user_name = Some("x".into());
        named[1].client = Some(Arc::new(app));
        let config = Config::from_toml("").expect("defaults").cache;
        let entries = Entries::new(&config).expect("memory");
        for (end, login) in (0..).zip(named) {
            assert_eq!(login.found(), None);
            entries.insert(TokenHash([1, end]), &login);
            assert_eq!(entries.get(|| 1, end, |_, _| true), Some(login));
            assert_eq!(entries.get(|| 1, end, |_, _| false), None);
        }
    }

    #[test]
    fn bounds_beyond_the_address_space_are_refused() {
        let mut config = Config::from_toml("").expect("defaults").cache;
        (config.max_entries, config.max_bytes) = (usize::MAX, u64::MAX);
        assert!(Entries::new(&config).is_err());
    }
}
