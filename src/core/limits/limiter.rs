//! Decides requests: from the lease, else in Redis, else in process.

use std::time::Instant;

use super::gcra::Ask;
use super::local::LocalStore;
use super::script;
use super::stack::{Decision, Stack, decide};
use crate::core::db::redis::{Redis, is_pause};
use crate::core::stores::Stores;

/// Redis is configured and does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable;

/// Limits of one process.
pub struct Limiter {
    stores: Stores,
    local: LocalStore,
    origin: Instant,
}

impl Limiter {
    /// A limiter over Redis, or in process where none is configured.
    pub fn new(stores: Stores) -> Self {
        Self { stores, local: LocalStore::new(), origin: Instant::now() }
    }

    /// Charges one request to all limits of the stack, or to none.
    ///
    /// Cancel safe: a dropped future may have charged cells that nobody uses.
    ///
    /// # Errors
    /// Redis is configured and does not answer; the caller chooses between going on and
    /// [`Limiter::admit_locally`].
    pub async fn admit(&self, stack: &Stack) -> Result<Decision, Unavailable> {
        let Some(redis) = self.stores.redis() else { return Ok(self.admit_locally(stack)) };
        if let Some(decision) = self.draw(stack) {
            return Ok(decision);
        }
        // Boxed: the future of a draw stays small.
        Box::pin(self.stores.runtime.run(self.renew(redis, stack))).await
    }

    /// Takes a new lease, or a single cell where a lease would take too much.
    async fn renew(&self, redis: &Redis, stack: &Stack) -> Result<Decision, Unavailable> {
        if !stack.can_lease() {
            return self.ask(redis, stack, Ask::ONE).await;
        }
        let _waiting = stack.wait();
        let _turn = stack.turn.lock().await;
        if let Some(decision) = self.draw(stack) {
            return Ok(decision);
        }
        let ask = stack.lease().renew(stack.limits(), self.now(), stack.waiting());
        self.ask(redis, stack, ask).await
    }

    /// Charges one request to the limits as this process alone sees them.
    pub fn admit_locally(&self, stack: &Stack) -> Decision {
        let grant = self.local.charge(stack, self.now(), Ask::ONE);
        decide(stack.limits(), grant.ahead.iter().copied(), grant.cells == 1, 0)
    }

    fn draw(&self, stack: &Stack) -> Option<Decision> {
        stack.lease().draw(stack.limits(), self.now())
    }

    async fn ask(&self, redis: &Redis, stack: &Stack, ask: Ask) -> Result<Decision, Unavailable> {
        // Cells age from here: before Redis charges them.
        let sent_at = self.now();
        match script::charge(redis, stack, ask).await {
            Ok(grant) => {
                self.count(if grant.cells == 0 { "refused" } else { "granted" });
                Ok(stack.lease().settle(stack.limits(), sent_at, grant))
            }
            Err(error) if is_pause(&error) => Err(Unavailable),
            Err(error) => {
                self.count("error");
                tracing::warn!(%error, "limits cannot be asked");
                Err(Unavailable)
            }
        }
    }

    /// Microseconds of the process's clock.
    fn now(&self) -> f64 {
        self.origin.elapsed().as_nanos() as f64 / 1e3
    }

    fn count(&self, result: &str) {
        self.stores.metrics.limiter_calls.with_label_values(&[result]).inc();
    }
}
