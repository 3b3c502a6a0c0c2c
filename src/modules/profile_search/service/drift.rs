//! Finding and repairing what the search table was not told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::dao;
use super::super::entity::{PARTITION, Partition, Sum, Version};
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::types::Platform;

/// Accounts that are announced at once.
const BATCH: usize = 10_000;
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
    let mut partitions = BTreeSet::new();
    for table in ["profile_search", "profile_search_delta"] {
        partitions.extend(dao::clickhouse_partitions(clickhouse, table).await?);
    }
    for platform in [Platform::Instagram, Platform::Youtube] {
        if let Some(highest) = dao::highest_ids(&run.stores.db(), platform).await? {
            let numbers = 0..=highest.max(0) / PARTITION;
            partitions.extend(numbers.map(|number| Partition { platform, number }));
        }
    }
    let mut lost = 0;
    for partition in partitions {
        for differing in runs(run, clickhouse, partition).await? {
            lost += repair(run, clickhouse, partition.platform, differing).await?;
        }
    }
    run.stores.metrics.profile_search.lost.inc_by(lost);
    Ok(lost)
}

/// The runs of a partition that do not add up to the same.
async fn runs(
    run: &JobRun,
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<Vec<i64>, Error> {
    let ours = dao::sums_of_postgres(&run.stores.db(), partition).await?;
    let theirs = dao::sums_of_clickhouse(clickhouse, partition).await?;
    let by_run = |sums: &[Sum]| sums.iter().map(|sum| (sum.run, *sum)).collect::<BTreeMap<_, _>>();
    let (ours, theirs) = (by_run(&ours), by_run(&theirs));
    let all: BTreeSet<i64> = ours.keys().chain(theirs.keys()).copied().collect();
    Ok(all.into_iter().filter(|run| ours.get(run) != theirs.get(run)).collect())
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
    let lost: Vec<i64> =
        second.iter().filter(|(id, ours)| first.get(id) == Some(ours)).map(|(id, _)| *id).collect();
    let mut announced = 0;
    for some in lost.chunks(BATCH) {
        announced += dao::announce(&run.stores.db(), platform, some).await?;
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
