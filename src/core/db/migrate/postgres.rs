//! The migration of PostgreSQL, while older servers go on serving.

use std::time::Duration;

use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::step::{Migrations, POSTGRES, Step, statements};
use super::{Migrated, Report, version};
use crate::core::db::{Failure, failure, query_error};
use crate::core::error::Error;

/// Key of the advisory lock that keeps replicas from migrating at once ("coffee" in hexadecimal).
const LOCK: i64 = 0x636f_6666_6565;
/// How often a migration that waits for another one asks again.
const LOCK_POLL: Duration = Duration::from_millis(200);
/// Statements of servers queue up behind a step that waits for a table, so it does not wait for long.
const TABLE_WAIT: &str = "SET LOCAL lock_timeout = '2s'";
/// How often a step asks for its tables before it is given up, and the pause after each time.
const ATTEMPTS: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);
/// SQLSTATEs of a lock that was not to be had, and of a deadlock.
const LOCKED: [&str; 2] = ["55P03", "40P01"];

/// Migrates PostgreSQL on a connection of the schema's owner.
///
/// # Errors
/// A statement fails; nothing of a step that runs in a transaction is kept.
pub async fn postgres(connection: &mut PgConnection) -> Result<Migrated, Error> {
    postgres_with(connection, POSTGRES, &|_| {}).await
}

/// The same with other steps, and a report of what happens.
///
/// # Errors
/// As [`postgres`].
pub async fn postgres_with(
    connection: &mut PgConnection,
    migrations: Migrations,
    report: Report<'_>,
) -> Result<Migrated, Error> {
    lock(connection, report).await?;
    let outcome = locked(connection, migrations, report).await;
    let unlock = sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK);
    unlock.execute(&mut *connection).await.map_err(failure)?;
    outcome
}

/// Keeps other migrations away as long as the connection lasts.
///
/// # Errors
/// The connection breaks.
pub async fn lock(connection: &mut PgConnection, report: Report<'_>) -> Result<(), Error> {
    let mut waiting = false;
    loop {
        // Asks instead of waiting in the server: CREATE INDEX CONCURRENTLY waits for whoever waits there.
        let query = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LOCK);
        if query.fetch_one(&mut *connection).await.map_err(failure)? {
            return Ok(());
        }
        if !std::mem::replace(&mut waiting, true) {
            report("another migration is running; waiting for its end");
        }
        tokio::time::sleep(LOCK_POLL).await;
    }
}

async fn locked(
    connection: &mut PgConnection,
    migrations: Migrations,
    report: Report<'_>,
) -> Result<Migrated, Error> {
    connection.execute("SET statement_timeout = 0").await.map_err(failure)?;
    connection.execute("SET search_path = public").await.map_err(failure)?;
    // Policies bind the owner too: what a step changes, it changes for all partners.
    connection.execute("SET app.partner_id = '-1'").await.map_err(failure)?;
    let from = version::of_postgres(&mut *connection).await?;
    let plan = migrations.plan(from);
    match from {
        None => {
            let record = record(migrations.version());
            patiently(connection, "schema", &[migrations.schema, &record], report).await?;
            return Ok(plan);
        }
        // Whoever is newer knows better what to repeat.
        Some(from) if from > migrations.version() => return Ok(plan),
        Some(from) => {
            for (version, step) in migrations.after(from) {
                report(&step.to_string());
                if step.in_transaction() {
                    let record = record(version);
                    patiently(connection, step.name, &[step.sql, &record], report).await?;
                } else {
                    alone(connection, step).await.map_err(|error| of_step(step.name, error))?;
                    connection.execute(AssertSqlSafe(record(version))).await.map_err(failure)?;
                }
            }
        }
    }
    if let Some(repeated) = migrations.repeated() {
        patiently(connection, "functions, policies and rights", &[repeated], report).await?;
    }
    Ok(plan)
}

fn record(version: i32) -> String {
    format!("INSERT INTO schema_version (version) VALUES ({version})")
}

/// One transaction, begun again while a table that it needs is in use.
async fn patiently(
    connection: &mut PgConnection,
    name: &str,
    scripts: &[&str],
    report: Report<'_>,
) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match in_transaction(connection, scripts).await {
            Err(error) if attempt < ATTEMPTS && is_locked(&error) => {
                report(&format!("{name}: a table is in use, trying again ({attempt})"));
                attempt += 1;
                tokio::time::sleep(PAUSE).await;
            }
            outcome => return outcome.map_err(|error| of_step(name, error)),
        }
    }
}

async fn in_transaction(
    connection: &mut PgConnection,
    scripts: &[&str],
) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    tx.execute(TABLE_WAIT).await?;
    for script in scripts {
        tx.execute(AssertSqlSafe((*script).to_owned())).await?;
    }
    tx.commit().await
}

/// Each statement by itself. What an earlier attempt left unfinished is removed first, what it finished is
/// skipped by the statements themselves.
async fn alone(connection: &mut PgConnection, step: &Step) -> Result<(), sqlx::Error> {
    const OPERATORS: &str = "gin_trgm_ops";
    const TRIGRAMS: &str = "SELECT n.nspname::text FROM pg_extension e \
        JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'";
    const BROKEN: &str = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
        WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace";
    connection.execute("SET lock_timeout = 0").await?;
    let broken: Vec<String> = sqlx::query_scalar(BROKEN).fetch_all(&mut *connection).await?;
    for index in broken.iter().filter(|index| step.sql.contains(index.as_str())) {
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS \"{index}\"");
        connection.execute(AssertSqlSafe(drop)).await?;
    }
    // An installation may do without the extension, and it may lie in any schema.
    let trigrams: Option<String> =
        sqlx::query_scalar(TRIGRAMS).fetch_optional(&mut *connection).await?;
    for statement in statements(step.sql) {
        let statement = match &trigrams {
            Some(schema) => statement.replace(OPERATORS, &format!("\"{schema}\".{OPERATORS}")),
            None if statement.contains(OPERATORS) => continue,
            None => statement,
        };
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(())
}

fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| LOCKED.contains(&&*code))
}

fn of_step(name: &str, error: sqlx::Error) -> Error {
    Error::internal("postgresql", format!("{name}: {}", Failure(query_error(error))))
}
