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

/// Adds generated accounts behind those that were generated before. The search table is not told.
///
/// # Errors
/// PostgreSQL fails, and nothing is added to a platform.
pub async fn generate(config: &Config, profiles: u64) -> Result<(), ImportError> {
    let pool = connect_owner(config).await?;
    let mut connection = pool.acquire().await.map_err(failure)?;
    let channels = profiles / CHANNELS;
    for (table, count, rows) in [
        ("instagram_account", profiles - channels, include_str!("instagram.sql")),
        ("youtube_account", channels, include_str!("youtube.sql")),
    ] {
        let mut transaction = connection.begin().await.map_err(failure)?;
        run(&mut transaction, &include_str!("begin.sql").replace("{table}", table)).await?;
        run(&mut transaction, &rows.replace("{count}", &count.to_string())).await?;
        run(&mut transaction, &include_str!("end.sql").replace("{table}", table)).await?;
        transaction.commit().await.map_err(failure)?;
        run(&mut connection, &format!("SET statement_timeout = 0; VACUUM (ANALYZE) {table}"))
            .await?;
    }
    Ok(())
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), ImportError> {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(connection).await.map_err(failure)?;
    Ok(())
}
