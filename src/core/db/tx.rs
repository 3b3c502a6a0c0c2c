//! The transaction of a unit of work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sea_orm::DbErr;
use sea_orm::sqlx::{self, Executor as _, PgConnection};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::{Loan, Pool, Scope, is_broken, query_error};

/// Time for the commit beyond what is left, in milliseconds.
const COMMIT_GRACE_MS: u128 = 2000;

/// Connections that may turn out to be dead before a transaction is given up.
const SPARE_CONNECTIONS: u32 = 5;

/// What a transaction is begun with.
#[derive(Debug, Clone, Copy)]
pub struct TxSettings {
    /// Whose rows row-level security admits; `None` admits no tenant row.
    pub scope: Option<Scope>,
    /// When the work has to be over.
    pub deadline: Instant,
    /// Tag of the connection while the transaction lasts, so that it can be found and cancelled.
    pub tag: Uuid,
}

/// An open transaction. Dropped without [`Tx::commit`], it is rolled back, and a statement that
/// still runs is cancelled on the server.
pub struct Tx {
    inner: Mutex<Open>,
    statement: RunningStatement,
}

impl Tx {
    /// Begins a transaction and applies its settings in one round trip.
    ///
    /// # Errors
    /// No connection by the deadline, or the server refuses.
    pub async fn begin(pool: &Pool, settings: TxSettings) -> Result<Self, DbErr> {
        Self::begin_with(pool, settings, "").await
    }

    /// The same, and runs a first `statement` in that round trip, which takes no values: whoever builds it
    /// quotes them with [`literal`].
    ///
    /// # Errors
    /// As [`Tx::begin`].
    pub async fn begin_with(
        pool: &Pool,
        settings: TxSettings,
        statement: &str,
    ) -> Result<Self, DbErr> {
        let tag = settings.tag;
        let mut spare = SPARE_CONNECTIONS;
        let open = loop {
            match Open::begin(pool, settings, statement).await {
                // A pooled connection that died shows at its first statement: nothing is done yet.
                Err(error) if spare > 0 && is_broken(&error) => spare -= 1,
                begun => break begun?,
            }
        };
        let statement = RunningStatement { runs: AtomicBool::new(false), pool: pool.clone(), tag };
        Ok(Self { inner: Mutex::new(open), statement })
    }

    /// Whether statements may stay prepared beyond the transaction.
    pub(super) fn keeps_statements(&self) -> bool {
        !self.statement.pool.is_pooled()
    }

    pub(super) async fn lock(&self) -> TxGuard<'_> {
        TxGuard { inner: self.inner.lock().await, statement: &self.statement }
    }

    /// Commits.
    ///
    /// # Errors
    /// The server refuses, or the connection broke: nothing is known to be stored.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.commit_with(String::new()).await
    }

    /// Runs a last `statement` and commits, in one round trip. The statement takes no values: whoever
    /// builds it quotes them with [`literal`].
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_with(self, mut statement: String) -> Result<(), DbErr> {
        if !statement.is_empty() {
            statement.push(';');
        }
        statement.push_str("COMMIT");
        let mut open = self.inner.into_inner();
        open.connection()?.execute(sqlx::AssertSqlSafe(statement)).await.map_err(query_error)?;
        open.0 = None;
        Ok(())
    }
}

/// Runs one statement by itself. Over a connection that turns out to be dead it is run again, so it must
/// do no harm if the first time counted. The statement takes no values, as in [`Tx::commit_with`].
///
/// # Errors
/// No connection by the deadline, or the server refuses.
pub async fn run_alone(pool: &Pool, deadline: Instant, statement: String) -> Result<(), DbErr> {
    let run = async || {
        let mut loan = pool.acquire(deadline).await?;
        // Both are one transaction.
        let limit = left_ms(deadline);
        let statement =
            format!("SELECT set_config('statement_timeout', '{limit}', true); {statement}");
        loan.connection()?.execute(sqlx::AssertSqlSafe(statement)).await.map_err(query_error)
    };
    let mut spare = SPARE_CONNECTIONS;
    loop {
        match run().await {
            Err(error) if spare > 0 && is_broken(&error) => spare -= 1,
            outcome => return outcome.map(drop),
        }
    }
}

/// A text as SQL, for a statement that takes no values. A NUL character, which no text of PostgreSQL
/// holds, is left out.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// Milliseconds until the deadline, at least one.
fn left_ms(deadline: Instant) -> u128 {
    deadline.saturating_duration_since(Instant::now()).as_millis().max(1)
}

/// The connection of a transaction that is not over: its drop rolls back.
struct Open(Option<Loan>);

impl Open {
    async fn begin(pool: &Pool, settings: TxSettings, statement: &str) -> Result<Self, DbErr> {
        let TxSettings { scope, deadline, tag } = settings;
        let mut open = Self(Some(pool.acquire(deadline).await?));
        let scope = scope.map_or_else(|| Scope::none().to_owned(), Scope::settings);
        // What is left now, after the wait for the connection.
        let limit = left_ms(deadline);
        // A process that is frozen or cut off must not keep what it locked.
        let idle = limit.saturating_add(COMMIT_GRACE_MS);
        // Numbers and a UUID only: nothing to escape.
        let begin = format!(
            "BEGIN; SELECT {scope}, \
             set_config('statement_timeout', '{limit}', true), \
             set_config('idle_in_transaction_session_timeout', '{idle}', true), \
             set_config('application_name', 'coffee {tag}', true); {statement}"
        );
        let begin = sqlx::AssertSqlSafe(begin);
        open.connection()?.execute(begin).await.map_err(query_error)?;
        Ok(open)
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DbErr> {
        let ended = || DbErr::Custom("the transaction is over".to_owned());
        self.0.as_mut().ok_or_else(ended)?.connection()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(loan) = self.0.take() {
            loan.roll_back();
        }
    }
}

/// Exclusive use of the transaction's connection.
pub(super) struct TxGuard<'a> {
    inner: MutexGuard<'a, Open>,
    statement: &'a RunningStatement,
}

impl TxGuard<'_> {
    /// The connection; the statement on it counts as running until [`TxGuard::finished`].
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, DbErr> {
        self.statement.runs.store(true, Ordering::Relaxed);
        self.inner.connection()
    }

    /// Marks the statement as answered.
    pub(super) fn finished(&self) {
        self.statement.runs.store(false, Ordering::Relaxed);
    }
}

/// Knows whether a statement is on its way. Its drop cancels one whose future was dropped: the
/// connection could not be rolled back and reused before that statement ends.
struct RunningStatement {
    runs: AtomicBool,
    pool: Pool,
    tag: Uuid,
}

impl Drop for RunningStatement {
    fn drop(&mut self) {
        if self.runs.load(Ordering::Relaxed) {
            self.pool.cancel(&format!("coffee {}", self.tag));
        }
    }
}
