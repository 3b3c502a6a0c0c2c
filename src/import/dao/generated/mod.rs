//! Accounts that nobody has, for development and measurements: as many as wanted, the same ones every time.
//!
//! What they are like follows from their number alone: followers, rates and views as they are distributed
//! among real accounts (few large ones, many small ones), values that are missing in the proportions of real
//! lists, names out of syllables. All rows of a platform and their indexes are one transaction.

use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, PgConnection};

use super::ImportError;
use crate::core::config::Config;
use crate::core::db::failure;
use crate::core::db::postgres::connect_owner;

/// One in so many accounts is a channel on YouTube.
const CHANNELS: u64 = 5;
/// Accounts of one statement: PostgreSQL keeps its rows aside for triggers, even for those that are disabled.
const AT_ONCE: usize = 100_000;

/// Adds generated accounts behind those that were generated before. The search table is not told.
///
/// # Errors
/// PostgreSQL fails, and nothing is added to a platform.
pub async fn generate(config: &Config, profiles: u64) -> Result<(), ImportError> {
    let pool = connect_owner(config).await?;
    let mut connection = pool.acquire().await.map_err(failure)?;
    let channels = profiles / CHANNELS;
    for (table, key, count, rows) in [
        ("instagram_account", "ig_id", profiles - channels, include_str!("instagram.sql")),
        ("youtube_account", "channel_id", channels, include_str!("youtube.sql")),
    ] {
        let of_table = |sql: &str| sql.replace("{table}", table);
        let mut transaction = connection.begin().await.map_err(failure)?;
        run(&mut transaction, &of_table(include_str!("begin.sql"))).await?;
        let there = format!("SELECT count(*) FROM {table} WHERE {key} LIKE 'generated-%'");
        let there = sqlx::query_scalar::<_, i64>(AssertSqlSafe(there));
        let there = there.fetch_one(&mut *transaction).await.map_err(failure)?.unsigned_abs();
        for first in (there + 1..=there + count).step_by(AT_ONCE) {
            let last = (first + AT_ONCE as u64 - 1).min(there + count);
            let drawn = include_str!("drawn.sql");
            let drawn = drawn.replace("{first}", &first.to_string());
            let drawn = drawn.replace("{last}", &last.to_string());
            run(&mut transaction, &(drawn + rows)).await?;
        }
        run(&mut transaction, &of_table(include_str!("end.sql"))).await?;
        transaction.commit().await.map_err(failure)?;
        run(&mut connection, "SET statement_timeout = 0").await?;
        run(&mut connection, &format!("VACUUM (ANALYZE) {table}")).await?;
    }
    Ok(())
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), ImportError> {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(connection).await.map_err(failure)?;
    Ok(())
}
