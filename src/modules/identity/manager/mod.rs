//! Rules of signing in: passwords and tokens.

mod password;
mod tokens;

pub(super) use password::{Passwords, check_new};
pub(super) use tokens::{Issued, hash, issue, new_refresh_token};

/// Redis key whose existence says that the session lives.
pub fn session_key(sid: &str) -> String {
    format!("session:{sid}")
}
