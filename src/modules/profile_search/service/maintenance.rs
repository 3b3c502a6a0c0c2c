//! Building the search table out of PostgreSQL, and folding its delta in.

use std::collections::BTreeSet;

use super::super::dao::{self, Rows};
use super::super::entity::{Partition, Standing};
use crate::core::db::SessionLock;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Key of the advisory lock that keeps those apart who replace partitions ("profpart" in hexadecimal).
const LOCK: i64 = 0x7072_6f66_7061_7274;

/// What is done to the search table as a whole.
pub struct Maintenance<'a> {
    stores: &'a Stores,
    clickhouse: &'a ClickHouse,
}

impl<'a> Maintenance<'a> {
    /// On the stores of a process; `None` without ClickHouse.
    pub fn new(stores: &'a Stores) -> Option<Self> {
        Some(Self { stores, clickhouse: stores.clickhouse.as_ref()? })
    }

    /// Builds the table if it never was, writes anew what somebody left behind who broke off, folds the delta in
    /// when it has `folded_from` rows, and removes from it what the table has. Leaves everything to one that is
    /// at it. The number of rows written or removed.
    ///
    /// # Errors
    /// A store fails; the next run goes on where this one stopped.
    pub async fn keep_up(&self, folded_from: u64) -> Result<u64, Error> {
        let Some(mut lock) = SessionLock::try_take(self.stores.postgres.direct(), LOCK).await?
        else {
            return Ok(0);
        };
        let mut done = dao::clean(self.clickhouse).await?;
        let (_, delta) = dao::size(self.clickhouse).await?;
        if !dao::is_ready(self.clickhouse).await? {
            done += self.build(&mut lock, false, |_| {}).await?;
        } else {
            for partition in self.broken_off().await? {
                done += self.write(&mut lock, partition).await?;
            }
            if delta >= folded_from {
                done += self.fold(&mut lock).await?;
            }
        }
        lock.release().await;
        Ok(done)
    }

    /// Builds the table from nothing while it serves; one that broke off goes on unless it `begins_anew`. Tells
    /// of each partition. The number of accounts.
    ///
    /// # Errors
    /// A store fails.
    pub async fn rebuild(
        &self,
        begins_anew: bool,
        tell: impl FnMut(Progress),
    ) -> Result<u64, Error> {
        let mut lock = SessionLock::wait(self.stores.postgres.direct(), LOCK).await?;
        let built = self.build(&mut lock, begins_anew, tell).await?;
        lock.release().await;
        Ok(built)
    }

    /// How the table stands.
    ///
    /// # Errors
    /// A store fails.
    pub async fn standing(&self) -> Result<Standing, Error> {
        let (db, (rows, delta)) = (self.stores.db(), dao::size(self.clickhouse).await?);
        Ok(Standing {
            is_ready: dao::is_ready(self.clickhouse).await?,
            rows,
            delta,
            waiting: dao::waiting(&db).await?,
            waiting_since: dao::oldest(&db).await?,
            rebuilt_at: dao::last_rebuild(self.clickhouse).await?,
        })
    }

    async fn build(
        &self,
        lock: &mut SessionLock,
        begins_anew: bool,
        mut tell: impl FnMut(Progress),
    ) -> Result<u64, Error> {
        let (rebuild, mut written) = dao::unfinished(self.clickhouse, begins_anew).await?;
        let broken_off = self.broken_off().await?;
        written.retain(|partition| !broken_off.contains(partition));
        let wanted = dao::postgres_partitions(&self.stores.db()).await?;
        let left: Vec<Partition> = wanted.difference(&written).copied().collect();
        for (done, partition) in left.iter().enumerate() {
            tell(Progress { done: wanted.len() - left.len() + done, of: wanted.len() });
            let begun_at = dao::clickhouse_time(self.clickhouse).await?;
            self.write(lock, *partition).await?;
            dao::record(self.clickhouse, (rebuild, Some(*partition)), begun_at).await?;
        }
        let mut stored = dao::clickhouse_partitions(self.clickhouse, "profile_search").await?;
        stored.extend(broken_off);
        for gone in stored.difference(&wanted) {
            dao::drop_partition(self.clickhouse, *gone).await?;
            dao::stage_nothing(self.clickhouse, *gone).await?;
        }
        let at = dao::clickhouse_time(self.clickhouse).await?;
        dao::record(self.clickhouse, (rebuild, None), at).await?;
        tell(Progress { done: wanted.len(), of: wanted.len() });
        Ok(dao::size(self.clickhouse).await?.0)
    }

    /// Partitions of which something is on the stage: whoever put it there was killed, or ClickHouse was, and
    /// then rows that were replaced may be back.
    async fn broken_off(&self) -> Result<BTreeSet<Partition>, Error> {
        dao::clickhouse_partitions(self.clickhouse, "profile_search_staging").await
    }

    /// Writes a partition out of PostgreSQL; the number of its accounts.
    async fn write(&self, lock: &mut SessionLock, partition: Partition) -> Result<u64, Error> {
        dao::stage_nothing(self.clickhouse, partition).await?;
        for run in partition.runs() {
            let rows = (partition.platform, Rows::Run(run));
            dao::copy(self.stores, self.clickhouse, rows, "profile_search_staging").await?;
        }
        self.replace(lock, partition).await
    }

    /// Puts what is staged in its place if nobody else may have staged it, too.
    async fn replace(&self, lock: &mut SessionLock, partition: Partition) -> Result<u64, Error> {
        lock.check().await?;
        let staged = dao::staged(self.clickhouse, partition).await?;
        dao::replace(self.clickhouse, partition).await?;
        Ok(staged)
    }

    /// Folds the delta in, partition by partition; the number of accounts that it had.
    async fn fold(&self, lock: &mut SessionLock) -> Result<u64, Error> {
        let (_, delta) = dao::size(self.clickhouse).await?;
        let table = "profile_search_delta";
        for partition in dao::clickhouse_partitions(self.clickhouse, table).await? {
            let until = dao::clickhouse_time(self.clickhouse).await?;
            dao::stage_nothing(self.clickhouse, partition).await?;
            dao::fold(self.clickhouse, partition, until).await?;
            self.replace(lock, partition).await?;
            dao::record(self.clickhouse, (0, Some(partition)), until).await?;
        }
        Ok(delta)
    }
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Partitions that are written.
    pub done: usize,
    /// All partitions.
    pub of: usize,
}
