//! Locations of the accounts.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, Statement,
};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Page, Paging, Sort, condition, like_pattern, read_page};
use crate::core::types::COUNTRY_NAMES;
use crate::modules::discovery::entity::locations::{Column, Counts, Entity, Model, Place};

/// `$1` is a pattern over the name, without the prefix that tells the kind.
const PLACES: &str = "
SELECT kind, name
FROM mv_location_master,
     split_part(location, '_', 1) AS kind,
     substr(location, length(kind) + 2) AS name
WHERE kind IN ('city', 'state', 'country') AND btrim(name) <> '' AND name ILIKE $1
ORDER BY lower(name), name, kind
LIMIT $2 OFFSET $3";

const NAMES: &str = "
SELECT location
FROM mv_location_master_tokens
WHERE location ILIKE $1
ORDER BY lower(location), location
LIMIT $2";

/// Rebuilds the places from the accounts; how many locations were added, changed or removed.
pub async fn refresh(db: &Db<'_>) -> Result<u64, Error> {
    let names: BTreeMap<&str, &str> = COUNTRY_NAMES.iter().copied().collect();
    let names = serde_json::to_value(names).map_err(|e| Error::internal("locations", e))?;
    let before = counts(db).await?;
    let sql = "SELECT refresh_locations($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [names.into()]);
    db.execute_raw(statement).await?;
    let after = counts(db).await?;
    let removed = before.all + after.added - after.all;
    Ok((after.added + after.changed + removed).unsigned_abs())
}

async fn counts(db: &Db<'_>) -> Result<Counts, Error> {
    let sql = "SELECT count(*) AS all, \
                      count(*) FILTER (WHERE created_at = CURRENT_TIMESTAMP) AS added, \
                      count(*) FILTER (WHERE created_at <> CURRENT_TIMESTAMP \
                                         AND updated_at = CURRENT_TIMESTAMP) AS changed \
               FROM locations";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let counts = Counts::find_by_statement(statement).one(db).await?;
    counts.ok_or_else(|| Error::internal("postgresql", "no row was returned"))
}

/// A page of the location list.
pub async fn list(
    db: &Db<'_>,
    clauses: &[Clause],
    sort: Sort,
    paging: &Paging,
) -> Result<Listed<Model>, Error> {
    read_page(db, Entity::find().filter(condition(clauses)), (sort, paging), Column::Id).await
}

/// Places whose name contains `text` in any case, by name.
pub async fn places(db: &Db<'_>, text: &str, page: Page) -> Result<Vec<Place>, DbErr> {
    let values = [like_pattern(text).into(), page.size.into(), page.offset().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, PLACES, values);
    Place::find_by_statement(statement).all(db).await
}

/// Up to `limit` location names that contain `text` in any case, alphabetically.
pub async fn names(db: &Db<'_>, text: &str, limit: u64) -> Result<Vec<String>, DbErr> {
    let values = [like_pattern(text).into(), limit.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, NAMES, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "location")).collect()
}
