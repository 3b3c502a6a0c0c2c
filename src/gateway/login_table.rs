//! The table under the session cache: open addressing, so that a look-up costs one place of the table
//! and the login itself in memory, whatever the number of entries. It grows as it fills, in shards
//! that grow apart. What it evicts is chosen by CLOCK over use counters: an entry that is asked often
//! survives many that are asked once.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::login_cache::Login;

/// Shards; a power of two, because the first bits of a hash choose.
const SHARDS: usize = 256;
/// Places of an empty shard; a power of two.
const FIRST_PLACES: usize = 8;
/// Uses that count: an entry outlives this many rounds of the hand.
const MAX_USES: u8 = 3;

/// 128 bits of a keyed hash of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub u128);

impl TokenHash {
    fn shard(self) -> usize {
        (self.0 >> 64) as usize % SHARDS
    }

    /// Where the search in a shard begins.
    fn home(self) -> usize {
        self.0 as usize
    }
}

/// Logins by token, bounded by count and bytes.
pub struct LoginTable {
    shards: Box<[RwLock<Shard>]>,
    bounds: Bounds,
}

/// What a shard may hold.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: usize,
    bytes: u64,
}

/// Aligned so that none lies across two lines of the processor's cache.
#[repr(align(32))]
struct Place {
    hash: TokenHash,
    login: Arc<Login>,
    uses: AtomicU8,
}

/// Places are found from their home onwards; at least one is always free.
struct Shard {
    places: Vec<Option<Place>>,
    entries: usize,
    bytes: u64,
    /// Where the search for something to evict goes on.
    hand: usize,
}

impl LoginTable {
    /// An empty table for about `max_entries` of together `max_bytes`, itself included.
    pub fn new(max_entries: usize, max_bytes: u64) -> Self {
        let bounds = Bounds {
            entries: (max_entries / SHARDS).max(1),
            bytes: (max_bytes / SHARDS as u64).max(1),
        };
        Self { shards: (0..SHARDS).map(|_| RwLock::new(Shard::new())).collect(), bounds }
    }

    /// The login of a token.
    pub fn get(&self, hash: TokenHash) -> Option<Arc<Login>> {
        let shard = self.shards[hash.shard()].read().unwrap_or_else(PoisonError::into_inner);
        let place = shard.places[shard.place(hash)].as_ref()?;
        // Two at once may count as one use: nothing depends on it.
        let uses = place.uses.load(Ordering::Relaxed);
        if uses < MAX_USES {
            place.uses.store(uses + 1, Ordering::Relaxed);
        }
        Some(Arc::clone(&place.login))
    }

    /// Keeps a login; others make room for it.
    pub fn insert(&self, hash: TokenHash, login: Arc<Login>) {
        let bytes = cost(&login);
        let mut shard = self.shards[hash.shard()].write().unwrap_or_else(PoisonError::into_inner);
        let old = shard.place(hash);
        shard.remove(old);
        if bytes > self.bounds.bytes {
            return;
        }
        while shard.entries >= self.bounds.entries || shard.bytes + bytes > self.bounds.bytes {
            shard.evict();
        }
        shard.grow_if_full();
        let free = shard.place(hash);
        shard.places[free] = Some(Place { hash, login, uses: AtomicU8::new(0) });
        shard.entries += 1;
        shard.bytes += bytes;
    }

    #[cfg(test)]
    fn entries(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().expect("not poisoned").entries).sum()
    }
}

impl Shard {
    fn new() -> Self {
        let places = (0..FIRST_PLACES).map(|_| None).collect();
        Self { places, entries: 0, bytes: 0, hand: 0 }
    }

    /// Places are a power of two.
    fn mask(&self) -> usize {
        self.places.len() - 1
    }

    /// Where the hash is, else the free place where it belongs.
    fn place(&self, hash: TokenHash) -> usize {
        let mut at = hash.home() & self.mask();
        while self.places[at].as_ref().is_some_and(|place| place.hash != hash) {
            at = (at + 1) & self.mask();
        }
        at
    }

    /// Empties a place and closes the gap: what was displaced past it moves back.
    fn remove(&mut self, mut gap: usize) {
        let Some(removed) = self.places[gap].take() else { return };
        self.entries -= 1;
        self.bytes -= cost(&removed.login);
        let mask = self.mask();
        let mut at = (gap + 1) & mask;
        while let Some(place) = &self.places[at] {
            let from_home = at.wrapping_sub(place.hash.home()) & mask;
            if from_home >= at.wrapping_sub(gap) & mask {
                self.places[gap] = self.places[at].take();
                gap = at;
            }
            at = (at + 1) & mask;
        }
    }

    /// Removes the next entry that was not used since the hand last passed often enough. The shard
    /// is not empty.
    fn evict(&mut self) {
        loop {
            let at = self.hand;
            self.hand = (at + 1) & self.mask();
            if let Some(place) = &mut self.places[at] {
                match place.uses.get_mut() {
                    0 => return self.remove(at),
                    uses => *uses -= 1,
                }
            }
        }
    }

    /// Doubles at three quarters, where searches begin to get long.
    fn grow_if_full(&mut self) {
        let places = self.places.len();
        if (self.entries + 1) * 4 <= places * 3 {
            return;
        }
        let doubled = (0..places * 2).map(|_| None).collect();
        for place in std::mem::replace(&mut self.places, doubled).into_iter().flatten() {
            let free = self.place(place.hash);
            self.places[free] = Some(place);
        }
    }
}

/// Bytes that an entry takes: its place with the free ones around it, the login and its texts, each
/// shared one behind two counters.
fn cost(login: &Login) -> u64 {
    const SHARED: usize = 2 * size_of::<usize>();
    let name = login.identity.user_name.as_ref().map_or(0, |name| name.len() + SHARED);
    let client = login.client.as_ref().map_or(0, |app| app.bytes() + SHARED);
    let entry = 2 * size_of::<Place>() + size_of::<Login>() + SHARED;
    (entry + login.sid.len() + SHARED + name + client) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand::RngExt as _;
    use rand::rngs::SmallRng;

    use super::*;
    use crate::core::invalidation::Invalidations;
    use crate::modules::identity::Identity;

    fn login(sid: &str) -> Arc<Login> {
        let stamp = Invalidations::new(true).session(sid);
        let identity = Identity::default();
        let sid = sid.into();
        Arc::new(Login { sid, identity, client: None, exp: None, checked_at: 0, stamp })
    }

    /// All in one shard, `home` chosen.
    fn hash(home: u64, number: u64) -> TokenHash {
        TokenHash(u128::from(number) << 80 | u128::from(home))
    }

    #[test]
    fn it_finds_what_a_map_would_find() {
        let mut random: SmallRng = rand::make_rng();
        let table = LoginTable::new(SHARDS * 100, u64::MAX);
        let mut expected = HashMap::new();
        for round in 0..2000 {
            // Few homes: long runs that displace each other.
            let hash = hash(random.random_range(0..4), random.random_range(0..20));
            if random.random_bool(0.4) {
                let mut shard = table.shards[0].write().expect("not poisoned");
                let place = shard.place(hash);
                shard.remove(place);
                expected.remove(&hash);
            } else {
                table.insert(hash, login(&round.to_string()));
                expected.insert(hash, round.to_string());
            }
            assert_eq!(table.entries(), expected.len());
            for (hash, sid) in &expected {
                assert_eq!(table.get(*hash).expect("kept").sid.as_ref(), sid);
            }
        }
    }

    #[test]
    fn it_stays_within_its_bounds_and_keeps_what_is_used() {
        let table = LoginTable::new(SHARDS * 10, u64::MAX);
        let used = hash(1, 1);
        table.insert(used, login("used"));
        for number in 2..200 {
            assert!(table.get(used).is_some(), "evicted by the {number}th");
            table.insert(hash(number, number), login("once"));
            assert!(table.entries() <= 10);
        }
        let bytes = cost(&login("used"));
        let table = LoginTable::new(usize::MAX, SHARDS as u64 * bytes * 3);
        for number in 0..20 {
            table.insert(hash(number, number), login("once"));
        }
        assert_eq!(table.entries(), 3);
        table.insert(hash(1, 1), login(&"x".repeat(10_000)));
        assert!(table.entries() <= 3, "larger than the shard: not kept");
    }
}
