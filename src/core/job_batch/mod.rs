//! Batches of the job tracker: a message names work, the tracker hears what became of it.
//!
//! - [`JobBatch`]: the message, sent back with its statuses set.
//! - [`BatchHandler`]: runs the work once, keeps its outcome in `processed_batch` in the same
//!   transaction, and reports it as often as it takes.
//! - [`JobTracker`]: client of the tracker.

mod batch;
mod handler;
mod outcome;
mod tracker;

pub use batch::{BatchItem, JobBatch, JobEntry, Refusal, asked, missing_input};
pub use handler::BatchHandler;
pub use tracker::{JobAsset, JobTracker, NewJob};

use super::error::{Code, Error};
use super::unit_of_work::UnitOfWork;

/// Whether a batch has a sender with partner and account.
///
/// # Errors
/// `Unauthorized Access`.
pub fn check_sender(unit: &UnitOfWork) -> Result<(), Error> {
    unit.caller().user().map(drop).map_err(|_| unauthorized())
}

/// The sender may not have a batch worked on.
pub fn unauthorized() -> Error {
    Error::refused(Code::Unauthorized, "Unauthorized Access")
}
