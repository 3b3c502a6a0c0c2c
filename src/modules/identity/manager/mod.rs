//! Rules of signing in: passwords, attempts and tokens.

pub(super) mod attempts;
mod hashing;
mod password;
mod tokens;

pub(super) use password::{Passwords, Verdict, check_new};
pub(super) use tokens::{Issued, hash, issue, new_refresh_token, new_salt, successor};
