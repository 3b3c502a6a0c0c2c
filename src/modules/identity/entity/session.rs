//! Sessions and their refresh tokens.

use super::Identity;

/// The session of a refresh token.
pub struct RefreshedSession {
    pub sid: String,
    pub identity: Identity,
    pub alive: bool,
}

/// What is stored of a token.
pub struct StoredToken {
    /// Whether it was used before.
    pub is_used: bool,
    /// Whether it was used so recently that the answer is given again.
    pub is_repeatable: bool,
    /// Whether its time is over.
    pub is_expired: bool,
    /// Of the token that followed it.
    pub successor_salt: Option<Vec<u8>>,
}

/// Redis key whose existence says that the session lives.
pub fn session_key(sid: &str) -> String {
    format!("session:{sid}")
}
