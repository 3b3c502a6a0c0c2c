//! Rate limits: stacks of limits of which all must admit, shared by all replicas through Redis.
//!
//! A [`Limit`] is a bucket of the generic cell rate algorithm (`gcra`): it starts with `burst`
//! cells and gains one every `period / count`. A [`Stack`] is charged as a whole or not at all: in
//! Redis by one script call (`script`), without Redis in process (`local`), with the same rules.
//!
//! Asking Redis for every request would cost a round trip each, so a replica takes several cells at
//! once while a stack is busy (`lease`) and serves from them without I/O. Cells are charged when
//! they are taken and lose their worth at the pace at which the bucket refills, so over any time `t`
//! all replicas together admit at most `burst + t × rate`, exactly as without leases. What a lease
//! has left is given back with the next call. A replica that falls idle keeps at most one lease per
//! stack: what the fastest limit gains in a tenth of a second, never more than an eighth of what any
//! limit had left. A stack with little left is asked in Redis cell by cell.

mod gcra;
mod lease;
mod limiter;
mod local;
mod script;
mod stack;

pub use gcra::Limit;
pub use limiter::{Limiter, Unavailable};
pub use stack::{Decision, Stack, Standing};
