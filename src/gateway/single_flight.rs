//! Concurrent questions with one key share one look-up and its outcome, failures included: a
//! service that hangs is asked once, and everybody waits for it once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sentry::{Hub, SentryFutureExt as _};
use tokio::sync::watch;
use tracing::Instrument as _;

type Running<K, V> = HashMap<K, watch::Receiver<Option<V>>>;

/// Look-ups that are under way.
pub struct SingleFlight<K, V>(Arc<Mutex<Running<K, V>>>)
where
    K: Eq + Hash;

impl<K: Eq + Hash, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The outcome of the look-up under way for `key`, or of `look_up`, which is begun then.
    /// `None` only when the look-up panicked.
    ///
    /// Cancel safe: the look-up goes on, whoever stops waiting for it.
    pub async fn run<F>(&self, key: K, look_up: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut outcome = self.join(key, look_up);
        let known = outcome.wait_for(Option::is_some).await.ok()?;
        known.clone()
    }

    fn join<F>(&self, key: K, look_up: impl FnOnce() -> F) -> watch::Receiver<Option<V>>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut running = lock(&self.0);
        if let Some(outcome) = running.get(&key) {
            return outcome.clone();
        }
        let (sender, outcome) = watch::channel(None);
        running.insert(key, outcome.clone());
        drop(running);
        let entry = Entry { running: Arc::clone(&self.0), key };
        let look_up = look_up();
        let task = async move {
            let found = look_up.await;
            drop(entry);
            // Nobody may be waiting any more.
            let _ = sender.send(Some(found));
        };
        // What fails in it is told with the request that asked first.
        tokio::spawn(task.in_current_span().bind_hub(Hub::current()));
        outcome
    }
}

fn lock<K, V>(running: &Mutex<Running<K, V>>) -> MutexGuard<'_, Running<K, V>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A look-up's place in the table; dropped when it is over, also by a panic.
struct Entry<K: Eq + Hash, V> {
    running: Arc<Mutex<Running<K, V>>>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Entry<K, V> {
    fn drop(&mut self) {
        lock(&self.running).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn those_who_ask_together_share_one_outcome() {
        let flights = SingleFlight::<&str, Result<u8, &str>>::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = || {
            flights.run("k", || {
                let asked = Arc::clone(&asked);
                async move {
                    asked.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Err("down")
                }
            })
        };
        let answers = tokio::join!(ask(), ask(), ask());
        assert_eq!(answers, (Some(Err("down")), Some(Err("down")), Some(Err("down"))));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(lock(&flights.0).is_empty());
        assert_eq!(ask().await, Some(Err("down")));
        assert_eq!(asked.load(Ordering::SeqCst), 2, "a later question is a new one");
    }

    #[tokio::test]
    async fn a_panic_leaves_nothing_behind() {
        let flights = SingleFlight::<&str, u8>::default();
        assert_eq!(flights.run("k", || async { panic!("a defect") }).await, None);
        assert!(lock(&flights.0).is_empty());
        assert_eq!(flights.run("k", || async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn a_look_up_survives_those_who_leave() {
        let flights = SingleFlight::<&str, u8>::default();
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        {
            let leaving = flights.run("k", || async {
                let _ = released.await;
                1
            });
            tokio::select! {
                biased;
                _ = leaving => panic!("not released yet"),
                () = tokio::task::yield_now() => {}
            }
        }
        let waiting = flights.run("k", || async { 2 });
        release.send(()).expect("the look-up waits");
        assert_eq!(waiting.await, Some(1));
    }
}
