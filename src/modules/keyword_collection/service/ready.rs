//! Reports that come, and those that do not.

use chrono::TimeDelta;

use super::super::dao::collection;
use super::super::dto::ReportReady;
use super::super::entity::Entity;
use super::super::manager;
use super::collections::ask_for_report;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::unit_of_work::UnitOfWork;

/// How long a report may take.
const PATIENCE: TimeDelta = TimeDelta::hours(2);
/// Collections whose jobs one transaction publishes.
const PAGE: u64 = 500;

/// Notes where the report of a collection is.
///
/// # Errors
/// A message that is no report of an enabled collection, or names a file that may not be read.
pub async fn report_ready(unit: &UnitOfWork, ready: ReportReady) -> Result<(), Error> {
    let (id, report) = manager::ready(ready, &unit.stores().config)?;
    unit.tenant().await?.patch::<Entity, _>(id, report).await.map(drop)
}

/// Publishes the jobs again of collections whose reports have not come; their number.
///
/// # Errors
/// A store error; what was published before stays.
pub async fn ask_again(run: &JobRun) -> Result<u64, Error> {
    let (before, mut after, mut asked) = (run.now - PATIENCE, String::new(), 0);
    loop {
        let unit = run.as_platform();
        let tenant = unit.tenant().await?;
        let rows = collection::without_report(&tenant, before, (&after, PAGE)).await?;
        let Some(last) = rows.last() else { return Ok(asked) };
        after.clone_from(&last.id);
        for row in &rows {
            ask_for_report(&unit, row)?;
        }
        unit.commit().await?;
        asked += rows.len() as u64;
        if (rows.len() as u64) < PAGE {
            return Ok(asked);
        }
    }
}
