//! What happens after a commit: events leave the outbox, messages have their effect once.
//!
//! - [`Subscription`]: one queue, its payload type and its handler; modules register theirs.
//! - [`Delivery`] and [`Failure`]: one message, and why it had no effect.

mod delivery;
mod subscription;

pub use delivery::{Attempt, Delivery, Failure};
pub use subscription::{Handler, Queue, Subscription, parse};
