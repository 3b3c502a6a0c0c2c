//! The stores: pools, connections and the way errors leave them.

pub mod amqp;
mod child;
pub mod clickhouse;
mod copy;
mod executor;
mod failure;
pub mod migrate;
mod pauses;
mod pool;
pub mod postgres;
pub mod redis;
mod runtime;
mod scope;
mod session_lock;
pub mod subscription;
mod tenant;
mod tx;

use std::ops::Range;

use sea_orm::{DbErr, RuntimeErr, sqlx};

pub use child::ChildEntity;
pub use copy::copy_out;
pub use executor::Db;
pub use failure::failure;
pub use pool::{Loan, Pool, Purpose};
pub use runtime::StoreRuntime;
pub use scope::{Scope, ShareOwner, TenantSql};
pub use session_lock::SessionLock;
pub use tenant::{Scoped, TenantDb, TenantEntity, assignments};
pub use tx::{Tx, TxSettings, literal, run_alone};

use super::error::Error;
use failure::{ClickHouseFailure, Failure};

/// Ids that operators may choose for partners, people and accounts; generated ones follow.
const GIVEN_IDS: Range<i64> = 1..1_000_000;
/// SQLSTATE of a statement that ran into `statement_timeout` or was cancelled.
const QUERY_CANCELED: &str = "57014";
/// SQLSTATEs of a violated unique constraint and of a foreign key to nothing.
const VIOLATIONS: [&str; 2] = ["23505", "23503"];
/// SQLSTATEs of a server that stops, starts or has no connection left.
const UNREACHABLE: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];
/// SQLSTATEs of values that no column takes: a NUL character, a text, number or date out of range.
const UNSTORABLE: [&str; 6] = ["22001", "22003", "22007", "22008", "22021", "22P05"];

/// Codes of a ClickHouse that has too much to do, lost its peers or is read-only for now:
/// TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR, TABLE_IS_READ_ONLY, TOO_MANY_PARTS,
/// KEEPER_EXCEPTION.
const AWAY_CODES: [u16; 6] = [202, 209, 210, 242, 252, 999];

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match database_error(&error).and_then(|inner| inner.code()) {
            Some(code) if code == QUERY_CANCELED => Self::TimedOut,
            Some(code) if UNSTORABLE.contains(&&*code) => Self::invalid_request(),
            _ => Self::internal("postgresql", Failure(error)),
        }
    }
}

impl From<::clickhouse::error::Error> for Error {
    fn from(error: ::clickhouse::error::Error) -> Self {
        // 159 = TIMEOUT_EXCEEDED: max_execution_time is what was left of the request.
        match &error {
            ::clickhouse::error::Error::BadResponse(text) if text.contains("Code: 159.") => {
                Self::TimedOut
            }
            _ => Self::internal("clickhouse", ClickHouseFailure(error)),
        }
    }
}

/// Whether operators may choose these ids.
///
/// # Errors
/// One that is none, or that the database may generate.
pub fn check_given_ids(ids: impl IntoIterator<Item = Option<i64>>) -> Result<(), Error> {
    if ids.into_iter().flatten().all(|id| GIVEN_IDS.contains(&id)) {
        return Ok(());
    }
    let text = format!("ids are {} to {}", GIVEN_IDS.start, GIVEN_IDS.end - 1);
    Err(Error::invalid_value("id", text))
}

/// Name of the unique constraint or the foreign key that a statement violated.
pub fn violated_constraint(error: &DbErr) -> Option<&str> {
    let inner = database_error(error)?;
    VIOLATIONS.contains(&&*inner.code()?).then(|| inner.constraint())?
}

/// Whether the connection is gone: the statement may be sent again over another one.
fn is_broken(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(sqlx::Error::Database(inner)) => {
            inner.code().is_some_and(|code| UNREACHABLE.contains(&&*code))
        }
        Some(sqlx::Error::Io(_)) => true,
        _ => false,
    }
}

/// Whether this is a wait for a connection that came to nothing.
pub fn waited_in_vain(error: &Error) -> bool {
    let Error::Internal { source, .. } = error else { return false };
    source
        .downcast_ref::<Failure>()
        .is_some_and(|Failure(error)| matches!(sqlx_error(error), Some(sqlx::Error::PoolTimedOut)))
}

/// Whether PostgreSQL could not be reached, or ended the connection: another time may do.
pub fn is_away(error: &Error) -> bool {
    let Error::Internal { source, .. } = error else { return false };
    source.downcast_ref::<Failure>().is_some_and(|Failure(error)| {
        let no_connection =
            matches!(sqlx_error(error), Some(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed));
        no_connection || is_broken(error)
    })
}

/// Whether ClickHouse could not be reached, or takes no inserts at present: another time may do.
pub fn clickhouse_is_away(error: &Error) -> bool {
    use ::clickhouse::error::Error as Cause;
    let Error::Internal { source, .. } = error else { return false };
    match source.downcast_ref::<ClickHouseFailure>().map(|ClickHouseFailure(cause)| cause) {
        Some(Cause::Network(_) | Cause::TimedOut) => true,
        Some(Cause::BadResponse(text)) => {
            AWAY_CODES.iter().any(|code| text.contains(&format!("Code: {code}.")))
        }
        _ => false,
    }
}

fn database_error(error: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    sqlx_error(error)?.as_database_error()
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)) => Some(inner),
        _ => None,
    }
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error)))
}
