//! Generations of the derived tables: each rebuild writes rows of its own beside those that are read, and
//! one record makes them the ones that are read.

use std::collections::BTreeSet;

use super::derivation::TABLES;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::modules::warehouse::entity::{Generation, Observed};

/// The rebuilds, in their order.
pub(in crate::modules::warehouse) async fn generations(
    clickhouse: &ClickHouse,
) -> Result<Vec<Generation>, Error> {
    Ok(clickhouse.client().query(include_str!("../sql/generations.sql")).fetch_all().await?)
}

/// How new the observations are.
pub(in crate::modules::warehouse) async fn observed(
    clickhouse: &ClickHouse,
) -> Result<Observed, Error> {
    Ok(clickhouse.client().query(include_str!("../sql/observed.sql")).fetch_one().await?)
}

/// Records that a rebuild begins; from here on no earlier one is published.
pub(in crate::modules::warehouse) async fn begin(
    clickhouse: &ClickHouse,
    generation: u64,
) -> Result<(), Error> {
    let sql = "INSERT INTO derived_generations (generation, state) VALUES (?, 'begun')";
    Ok(clickhouse.client().query(sql).bind(generation).execute().await?)
}

/// Has answers read this generation from now on.
///
/// # Errors
/// A later rebuild began meanwhile.
pub(in crate::modules::warehouse) async fn publish(
    clickhouse: &ClickHouse,
    generation: u64,
) -> Result<(), Error> {
    let insert = clickhouse.client().query(include_str!("../sql/publish.sql"));
    insert.param("generation", generation).execute().await?;
    let is_published = "SELECT count() > 0 FROM derived_generations \
                        WHERE state = 'published' AND generation = ?";
    match clickhouse.client().query(is_published).bind(generation).fetch_one::<bool>().await? {
        true => Ok(()),
        false => Err(Error::internal("warehouse", "another rebuild began meanwhile")),
    }
}

/// The generations of which there are rows.
pub(in crate::modules::warehouse) async fn stored(
    clickhouse: &ClickHouse,
) -> Result<BTreeSet<u64>, Error> {
    let of = |table| format!("SELECT DISTINCT generation FROM {table}");
    let all: Vec<String> = TABLES.into_iter().map(of).collect();
    let rows = clickhouse.client().query(&all.join(" UNION DISTINCT ")).fetch_all().await?;
    Ok(rows.into_iter().collect())
}

/// Removes a generation.
pub(in crate::modules::warehouse) async fn remove(
    clickhouse: &ClickHouse,
    generation: u64,
) -> Result<(), Error> {
    for table in TABLES {
        let drop = format!("ALTER TABLE {table} DROP PARTITION {generation}");
        clickhouse.client().query_raw(&drop).execute().await?;
    }
    Ok(())
}
