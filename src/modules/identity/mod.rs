//! Built-in identity: users, their accounts and sessions.
//!
//! Owns `identity_user`, `identity_account`, `identity_session`, `identity_refresh_token`. The
//! gateway asks it who a session belongs to; commands open sessions.

mod dao;
mod service;

pub use service::{Identity, IdentityService, NewSession};
