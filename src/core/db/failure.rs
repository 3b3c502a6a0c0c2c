//! How failures of stores are told. PostgreSQL's driver adds a line of PostgreSQL's own source code, which
//! reads like one of ours; ClickHouse's keeps to itself what happened to a connection.

use std::fmt;

use sea_orm::{DbErr, sqlx};

use super::{query_error, sqlx_error};
use crate::core::error::{Error, chain};

/// A failure of PostgreSQL in the server's words, with its SQLSTATE.
#[derive(Debug)]
pub(super) struct Failure(pub DbErr);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match sqlx_error(&self.0) {
            Some(sqlx::Error::Database(inner)) => {
                let code = inner.code().unwrap_or_default();
                write!(f, "{} (SQLSTATE {code})", inner.message())
            }
            Some(inner) => inner.fmt(f),
            None => self.0.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// A failure of ClickHouse, with the causes of one of the network.
#[derive(Debug)]
pub(super) struct ClickHouseFailure(pub clickhouse::error::Error);

impl fmt::Display for ClickHouseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            clickhouse::error::Error::Network(cause) => {
                write!(f, "network error: {}", chain(cause.as_ref()))
            }
            other => other.fmt(f),
        }
    }
}

impl std::error::Error for ClickHouseFailure {}

/// A failure of PostgreSQL outside of a unit of work, whatever the server's reason.
pub fn failure(error: sqlx::Error) -> Error {
    Error::internal("postgresql", Failure(query_error(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_failures_are_told_in_the_drivers_words() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let failed = failure(sqlx::Error::Io(refused)).to_string();
        assert!(failed.ends_with("connection refused"), "{failed}");
    }
}
