//! Turns and memory of hashing: a hash takes 19 MiB and 20 ms of one core.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Block;
use tokio::sync::Semaphore;

use crate::core::error::Error;

/// Hashes at the same time, however many cores there are: each keeps its memory for good.
const MOST_TURNS: usize = 4;
/// Sign-ins that wait for one turn, at most; with 20 ms each the last waits some 1.3 s.
const WAITING_PER_TURN: usize = 64;

/// Memory of one turn. It is kept and used again: the allocator would cut and keep such large pieces
/// in every thread's own heap, and hardly give any of them back.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// `count` blocks with arbitrary content.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            self.0 = Vec::new();
            self.0.resize(count, Block::default());
        }
        self.0.get_mut(..count).unwrap_or_default()
    }
}

/// Runs hashes, no more at the same time than there are cores.
#[derive(Clone)]
pub(super) struct Hashing {
    shared: Arc<Shared>,
}

struct Shared {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    /// Memory of the turns that nobody has now.
    spare: Mutex<Vec<Memory>>,
}

impl Hashing {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with(cores.min(MOST_TURNS))
    }

    fn with(turns: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                turns: Arc::new(Semaphore::new(turns)),
                waiting: AtomicUsize::new(0),
                most_waiting: turns * WAITING_PER_TURN,
                spare: Mutex::default(),
            }),
        }
    }

    /// Runs `work` on a blocking thread. A request that gives up while its work runs keeps the turn
    /// until the work is done; one that gives up before leaves the queue.
    ///
    /// # Errors
    /// `Overloaded` when too many wait already.
    pub(super) async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let waiting = Waiting::join(&self.shared).ok_or(Error::Overloaded)?;
        let turn = Arc::clone(&self.shared.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Error::internal("argon2", error))?;
        drop(waiting);
        let shared = Arc::clone(&self.shared);
        let working = tokio::task::spawn_blocking(move || {
            let mut memory = shared.spare().pop().unwrap_or_default();
            let done = work(&mut memory);
            shared.spare().push(memory);
            drop(turn);
            done
        });
        working.await.map_err(|error| Error::internal("argon2", error))
    }
}

impl Shared {
    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Memory>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(shared: &'a Shared) -> Option<Self> {
        let place = Self(&shared.waiting);
        (shared.waiting.fetch_add(1, Ordering::Relaxed) < shared.most_waiting).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{join_all, poll_immediate};

    #[tokio::test]
    async fn turns_use_the_same_memory_again() {
        let hashing = Hashing::with(1);
        let address = |memory: &mut Memory| memory.blocks(8).as_ptr() as usize;
        let first = hashing.in_turn(address).await.expect("runs");
        assert_eq!(hashing.in_turn(address).await.expect("runs"), first);
        assert_eq!(hashing.shared.spare().len(), 1);
    }

    #[tokio::test]
    async fn who_comes_when_the_queue_is_full_is_refused_at_once() {
        let hashing = Hashing::with(1);
        let (start, gate) = std::sync::mpsc::channel::<()>();
        let long = tokio::spawn({
            let hashing = hashing.clone();
            async move { hashing.in_turn(move |_| gate.recv().is_ok()).await }
        });
        while hashing.shared.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let mut queue: Vec<_> =
            (0..WAITING_PER_TURN).map(|_| Box::pin(hashing.in_turn(|_| ()))).collect();
        for waiting in &mut queue {
            assert!(poll_immediate(waiting).await.is_none(), "waits");
        }
        assert!(matches!(hashing.in_turn(|_| ()).await, Err(Error::Overloaded)));
        queue.pop();
        assert!(poll_immediate(Box::pin(hashing.in_turn(|_| ()))).await.is_none(), "a place again");
        start.send(()).expect("still working");
        assert!(long.await.expect("no panic").expect("runs"));
        join_all(queue).await.into_iter().for_each(|done| done.expect("runs"));
    }
}
