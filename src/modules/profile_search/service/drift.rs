//! Finding and repairing what the search table was not told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::dao;
use super::super::entity::{Partition, Sum, Version};
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::types::Platform;

/// Pause before a difference is looked at again: what is on its way has arrived by then.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// Compares the accounts of both stores, version by version, and has those carried over again that differ
/// although no change of theirs waits. The number of such accounts.
///
/// # Errors
/// A store fails.
pub async fn find_lost(run: &JobRun) -> Result<u64, Error> {
    let Some(clickhouse) = &run.stores.clickhouse else { return Ok(0) };
    if !dao::is_ready(clickhouse).await? {
        return Ok(0);
    }
    let mut partitions = dao::postgres_partitions(&run.stores.db()).await?;
    for table in ["profile_search", "profile_search_delta"] {
        partitions.extend(dao::clickhouse_partitions(clickhouse, table).await?);
    }
    let mut lost = 0;
    for partition in partitions {
        for differing in differing_runs(run, clickhouse, partition).await? {
            lost += repair(run, clickhouse, partition.platform, differing).await?;
        }
    }
    run.stores.metrics.profile_search.lost.inc_by(lost);
    Ok(lost)
}

/// The runs of a partition that do not add up to the same.
async fn differing_runs(
    run: &JobRun,
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<Vec<i64>, Error> {
    let theirs = dao::sums_of_clickhouse(clickhouse, partition).await?;
    let theirs: BTreeMap<i64, Sum> = theirs.into_iter().map(|sum| (sum.run, sum)).collect();
    let mut differing = Vec::new();
    for number in partition.runs() {
        let ours = dao::sum_of_postgres(&run.stores.db(), partition.platform, number).await?;
        let nothing = Sum { run: number, accounts: 0, versions: 0 };
        if ours != theirs.get(&number).copied().unwrap_or(nothing) {
            differing.push(number);
        }
    }
    Ok(differing)
}

async fn repair(
    run: &JobRun,
    clickhouse: &ClickHouse,
    platform: Platform,
    number: i64,
) -> Result<u64, Error> {
    let first = differing(run, clickhouse, (platform, number)).await?;
    if first.is_empty() {
        return Ok(0);
    }
    tokio::time::sleep(SECOND_LOOK).await;
    let second = differing(run, clickhouse, (platform, number)).await?;
    // What changed between the looks is on its way.
    let lost = second.iter().filter(|(id, ours)| first.get(id) == Some(ours)).map(|(id, _)| *id);
    let mut announced = 0;
    for id in lost {
        announced += u64::from(dao::announce(&run.stores.db(), platform, id).await?);
    }
    Ok(announced)
}

/// Accounts of a run whose versions differ, with that in PostgreSQL if searches are to find them.
async fn differing(
    run: &JobRun,
    clickhouse: &ClickHouse,
    (platform, number): (Platform, i64),
) -> Result<BTreeMap<i64, Option<u32>>, Error> {
    let ours = dao::of_postgres(&run.stores.db(), platform, number).await?;
    let theirs = dao::of_clickhouse(clickhouse, platform, number).await?;
    let by_id = |versions: &[Version]| {
        versions.iter().map(|one| (one.id, one.version)).collect::<BTreeMap<_, _>>()
    };
    let (ours, theirs) = (by_id(&ours), by_id(&theirs));
    let all: BTreeSet<i64> = ours.keys().chain(theirs.keys()).copied().collect();
    let differ = |id: &i64| ours.get(id) != theirs.get(id);
    Ok(all.into_iter().filter(differ).map(|id| (id, ours.get(&id).copied())).collect())
}
