//! One at a time per key in this process: whoever waits holds nothing meanwhile, no connection to a store
//! in particular.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Queues<K> = HashMap<K, Arc<tokio::sync::Mutex<()>>>;

/// Partner, account and `Idempotency-Key`.
pub type ScopedKey = (i64, i64, String);
/// Idempotency keys of the requests that this process works on.
pub type KeysInUse = Turns<ScopedKey>;

/// Keys that are being worked on.
#[derive(Debug)]
pub struct Turns<K: Eq + Hash>(Mutex<Queues<K>>);

/// The turn of a key; ends when dropped.
pub struct Turn<'a, K: Clone + Eq + Hash> {
    turns: &'a Turns<K>,
    key: K,
    guard: Option<OwnedMutexGuard<()>>,
}

impl<K: Eq + Hash> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Turns<K> {
    /// Waits for the turn of a key.
    ///
    /// Cancel safe: a dropped future gives its place up.
    pub async fn enter(&self, key: K) -> Turn<'_, K> {
        let queue = Arc::clone(self.queues().entry(key.clone()).or_default());
        let mut turn = Turn { turns: self, key, guard: None };
        turn.guard = Some(queue.lock_owned().await);
        turn
    }

    fn queues(&self) -> MutexGuard<'_, Queues<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Drop for Turn<'_, K> {
    /// Forgets the key when nobody else waits for it.
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        self.guard = None;
        if queues.get(&self.key).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_left_behind() {
        let (turns, inside) = (Turns::default(), AtomicUsize::new(0));
        let work = async || {
            let _turn = turns.enter("asha").await;
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
            tokio::task::yield_now().await;
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        tokio::join!(work(), work(), work());
        assert!(turns.queues().is_empty());
    }

    #[tokio::test]
    async fn a_waiter_that_gives_up_leaves_nothing_behind() {
        let turns = Turns::default();
        let turn = turns.enter(1).await;
        let waiting = turns.enter(1);
        tokio::select! {
            biased;
            _ = waiting => panic!("the turn is taken"),
            () = std::future::ready(()) => {}
        }
        drop(turn);
        assert!(turns.queues().is_empty());
    }
}
