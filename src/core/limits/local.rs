//! Buckets of this process, for an installation without Redis and for the time Redis does not answer.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use super::gcra::{Ask, Grant, charge};
use super::stack::Stack;

const SHARDS: usize = 16;
/// Buckets per shard; the ones that are asked least are forgotten first.
const BUCKETS: usize = 16_384;

/// Theoretical arrival times by key. All keys of a stack are in one shard, so that its limits are
/// charged together.
pub(super) struct LocalStore {
    shards: [Mutex<Cache<Box<str>, f64>>; SHARDS],
    hasher: RandomState,
}

impl LocalStore {
    pub(super) fn new() -> Self {
        let shards = std::array::from_fn(|_| Mutex::new(Cache::new(BUCKETS)));
        Self { shards, hasher: RandomState::new() }
    }

    /// Charges all limits of the stack, or none.
    pub(super) fn charge(&self, stack: &Stack, now: f64, ask: Ask) -> Grant {
        let keys = stack.keys();
        let shard = self.hasher.hash_one(scope(&keys[0])) as usize % SHARDS;
        let mut buckets = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let mut tats: Vec<f64> = keys.iter().map(|key| *buckets.get(key).unwrap_or(&0.0)).collect();
        let grant = charge(stack.limits(), &mut tats, now, ask);
        if grant.cells > 0 {
            for (key, tat) in keys.iter().zip(tats) {
                buckets.insert(key.clone(), tat);
            }
        }
        grant
    }
}

/// The hash tag of a key.
fn scope(key: &str) -> &str {
    key.split_once('}').map_or(key, |(scope, _)| scope)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::gcra::Limit;
    use super::*;

    fn stack(scope: &str, class: &'static str) -> Stack {
        let per_second = Limit::per("second", 3, Duration::from_secs(1));
        let of_class = Limit::per(class, 2, Duration::from_secs(60));
        Stack::new(scope, [per_second, of_class]).expect("limits")
    }

    #[test]
    fn stacks_of_one_scope_share_the_limits_of_the_same_name() {
        let store = LocalStore::new();
        let admitted = |stack: &Stack| store.charge(stack, 1e9, Ask::ONE).cells == 1;
        let (read, write) = (stack("p1", "read"), stack("p1", "write"));
        assert!(admitted(&read) && admitted(&read));
        assert!(!admitted(&read), "its own class is used up");
        assert!(admitted(&write));
        assert!(!admitted(&write), "the shared second is used up");
        assert!(admitted(&stack("p2", "write")));
    }

    #[test]
    fn memory_is_bounded() {
        let store = LocalStore::new();
        for number in 0..3 * SHARDS * BUCKETS / 2 {
            store.charge(&stack(&format!("a{number}"), "read"), 1e9, Ask::ONE);
        }
        for shard in &store.shards {
            assert!(shard.lock().expect("not poisoned").len() <= BUCKETS);
        }
    }
}
