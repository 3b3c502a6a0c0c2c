//! Use cases in two phases: a foreign service is asked between two transactions, while none is open.
//!
//! ```text
//! let first = unit.apart();
//! let draft = insert(&first, …).await?;
//! first.commit().await?;                         // others see it, a crash leaves it
//! let undo = unit.undo(move |own| remove(own, draft.id).boxed());
//! let job = tracker.enqueue(&draft).await?;      // outside: nothing is open meanwhile
//! let second = unit.apart();
//! finish(&second, draft.id, job).await?;
//! second.commit().await?;
//! undo.disarm();
//! ```
//!
//! The request's own unit of work begins nothing before, with one exception: a route that honours an
//! `Idempotency-Key` says `unit.take_key()` first. The key is then taken before anything is stored apart, and
//! the transaction that has it stays open meanwhile; requests without a key hold none.
//!
//! A process that dies in between leaves what the first phase stored, so that has to show that it is not
//! complete: whoever looks next goes on from there or removes it. What must happen after a commit and needs
//! no answer is an event (`UnitOfWork::emit`), not a second phase.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;

use super::error::Error;
use super::unit_of_work::UnitOfWork;

/// Time for undoing a first phase, whatever is left of the request.
const UNDO_LIMIT: Duration = Duration::from_secs(5);

type Work = dyn for<'a> FnOnce(&'a UnitOfWork) -> BoxFuture<'a, Result<(), Error>> + Send;

impl UnitOfWork {
    /// Begins the transaction where the request brings a key, so that a repeated request waits for this one
    /// before it stores anything apart.
    ///
    /// # Errors
    /// A store error, also where another request had the key first.
    pub async fn take_key(&self) -> Result<(), Error> {
        if self.has_key() { self.write().await.map(drop) } else { Ok(()) }
    }

    /// A unit of work of its own with the same caller and deadline: what it commits stays, whatever becomes
    /// of this one; dropped before, it stores nothing.
    pub fn apart(&self) -> Self {
        beside(self, self.remaining())
    }

    /// Has `work` run in a unit of work of its own unless the guard is disarmed: after an error, a panic,
    /// the deadline, and when the client leaves.
    pub fn undo<F>(&self, work: F) -> Undo
    where
        F: for<'a> FnOnce(&'a UnitOfWork) -> BoxFuture<'a, Result<(), Error>> + Send + 'static,
    {
        Undo(Some((beside(self, Duration::ZERO), Box::new(work))))
    }
}

/// Undoes a first phase when it is dropped.
#[must_use]
pub struct Undo(Option<(UnitOfWork, Box<Work>)>);

impl Undo {
    /// The second phase is stored: nothing is undone.
    pub fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        let Some((unit, work)) = self.0.take() else { return };
        let runtime = unit.stores().runtime.clone();
        runtime.spawn(async move {
            let own = beside(&unit, UNDO_LIMIT);
            let undone = async {
                work(&own).await?;
                own.commit().await.map(drop)
            };
            let undone = tokio::time::timeout(UNDO_LIMIT, undone).await;
            if let Err(error) = undone.unwrap_or(Err(Error::TimedOut)) {
                tracing::error!(%error, "a first phase could not be undone and is left as it is");
            }
        });
    }
}

/// A unit of work of the same caller.
fn beside(unit: &UnitOfWork, limit: Duration) -> UnitOfWork {
    let caller = Arc::new(unit.caller().clone());
    UnitOfWork::new(unit.stores().clone(), caller, Instant::now() + limit)
}
