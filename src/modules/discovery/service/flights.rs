//! At most one collector call per account at a time in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::core::types::Platform;

type Key = (Platform, String);

/// Accounts that are being fetched.
#[derive(Debug, Default)]
pub(super) struct Flights {
    running: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

/// The turn to fetch an account; ends when dropped.
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    key: Key,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Flights {
    /// Waits for the turn to fetch an account.
    ///
    /// Cancel safe: a dropped future gives its place up.
    pub(super) async fn enter(&self, platform: Platform, handle: &str) -> Flight<'_> {
        let key = (platform, handle.to_owned());
        let lock = Arc::clone(self.lock().entry(key.clone()).or_default());
        let mut flight = Flight { flights: self, key, turn: None };
        flight.turn = Some(lock.lock_owned().await);
        flight
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<tokio::sync::Mutex<()>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight<'_> {
    /// Forgets the account when nobody else waits for it.
    fn drop(&mut self) {
        let mut running = self.flights.lock();
        self.turn = None;
        if running.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            running.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_left_behind() {
        let (flights, inside) = (Flights::default(), AtomicUsize::new(0));
        let fetch = async || {
            let _flight = flights.enter(Platform::Instagram, "asha").await;
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
            tokio::task::yield_now().await;
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        tokio::join!(fetch(), fetch(), fetch());
        assert!(flights.lock().is_empty());
    }

    #[tokio::test]
    async fn a_waiter_that_gives_up_leaves_nothing_behind() {
        let flights = Flights::default();
        let flight = flights.enter(Platform::Youtube, "UC1").await;
        let waiting = flights.enter(Platform::Youtube, "UC1");
        tokio::select! {
            biased;
            _ = waiting => panic!("the turn is taken"),
            () = std::future::ready(()) => {}
        }
        drop(flight);
        assert!(flights.lock().is_empty());
    }
}
