//! Rows of the identity tables, and what statements read of several of them together.

mod attempt;
mod session;
mod user;

pub use attempt::{Count, Counts, Origin};
pub use session::{RefreshedSession, StoredToken, session_key};
pub use user::{Credentials, Identity, UserRow};
