//! Failed attempts to sign in, as they are counted.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::core::types::address_key;

/// Who an attempt is for, and where it comes from; nothing tells whether there is such a person.
#[derive(Debug, Clone)]
pub struct Origin {
    /// SHA-256 of the address's key.
    pub person: Vec<u8>,
    /// Network address.
    pub place: String,
}

impl Origin {
    /// `network` is unknown without a connection.
    pub fn new(email: &str, network: Option<IpAddr>) -> Self {
        let place = network.map_or_else(|| "unknown".to_owned(), |network| network.to_string());
        Self { person: Sha256::digest(address_key(email)).to_vec(), place }
    }
}

/// A count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// Failures in a row.
    pub failures: i32,
    /// Attempts are refused until then.
    pub blocked_until: Option<DateTime<Utc>>,
    /// Of a pair: the person signed in here, which counts until then.
    pub familiar_until: Option<DateTime<Utc>>,
    /// Of a person: when the person was told last.
    pub told_at: Option<DateTime<Utc>>,
    /// Last change.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Counts of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of a place, whoever it tries to be.
    pub place: Count,
    /// Of a person at a place.
    pub pair: Count,
    /// Of a person, wherever.
    pub person: Count,
}
