//! Whether row-level security binds this process: what its roles may do, and whether the policies are
//! those that the last migration made.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Statement, sqlx};

use super::db::{Db, failure};
use super::error::Error;
use super::stores::Stores;

/// A role that is or may become a superuser or one that bypasses policies, or that owns a table, of which it
/// may change the policies.
const ROLE: &str = "\
    SELECT current_user::text AS name, \
        CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolsuper AND pg_has_role(oid, 'MEMBER')) \
             THEN 'is a superuser' \
             WHEN EXISTS (SELECT FROM pg_roles WHERE rolbypassrls AND pg_has_role(oid, 'MEMBER')) \
             THEN 'bypasses row-level security' \
             WHEN EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                              AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'MEMBER')) \
             THEN 'owns tables of the schema' END AS weakness";
/// Tables whose policies are not those that the schema's last migration made.
const POLICIES: &str = "\
    SELECT relation FROM row_security \
    WHERE installed IS DISTINCT FROM row_security_of(relation) ORDER BY relation";

/// Why tenants are not kept apart as they should be.
#[derive(Debug, thiserror::Error)]
pub enum Breach {
    /// A role that policies do not bind for good.
    #[error(
        "role {role} of {key} {weakness}: row-level security is no second fence between tenants.\n\
         Give {key} a login that is a member of coffee_app and owns nothing (see ops/roles.sql)."
    )]
    Role {
        /// Name.
        role: String,
        /// Variable with its login.
        key: &'static str,
        /// What it is or does.
        weakness: String,
    },
    /// Policies that were dropped, disabled or changed.
    #[error(
        "row-level security of {tables} is not what the schema says.\n\
         Run `coffee migrate`, which makes the policies anew."
    )]
    Policies {
        /// Their names.
        tables: String,
    },
}

/// Everything that is wrong. A replica that does not answer is looked at by the next start.
///
/// # Errors
/// The primary does not answer.
pub async fn breaches(stores: &Stores) -> Result<Vec<Breach>, Error> {
    let mut found = Vec::new();
    found.extend(role(&stores.db(), "COFFEE__POSTGRES__URL").await?);
    if stores.config.is_pooled() {
        let row = sqlx::query(ROLE).fetch_one(stores.postgres.direct()).await;
        let row = QueryResult::from(row.map_err(failure)?);
        found.extend(breach(&row, "COFFEE__POSTGRES__DIRECT_URL")?);
    }
    if !stores.config.postgres.replica_url.is_empty() {
        let limit = Duration::from_millis(stores.config.postgres.connect_timeout_ms);
        let replica = stores.stale_read(Instant::now() + limit);
        match role(&replica, "COFFEE__POSTGRES__REPLICA_URL").await {
            Ok(breach) => found.extend(breach),
            Err(error) => tracing::warn!(%error, "the role on the replica cannot be looked at"),
        }
    }
    let rows = stores.db().query_all_raw(statement(POLICIES)).await?;
    let tables = rows.iter().map(|row| row.try_get("", "relation"));
    let tables: Vec<String> = tables.collect::<Result<_, _>>()?;
    if !tables.is_empty() {
        found.push(Breach::Policies { tables: tables.join(", ") });
    }
    Ok(found)
}

async fn role(db: &Db<'_>, key: &'static str) -> Result<Option<Breach>, Error> {
    let row = db.query_one_raw(statement(ROLE)).await?;
    Ok(row.map(|row| breach(&row, key)).transpose()?.flatten())
}

fn breach(row: &QueryResult, key: &'static str) -> Result<Option<Breach>, DbErr> {
    let weakness: Option<String> = row.try_get("", "weakness")?;
    let role = row.try_get("", "name")?;
    Ok(weakness.map(|weakness| Breach::Role { role, key, weakness }))
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, sql)
}
