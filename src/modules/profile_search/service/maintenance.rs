//! Building the search table out of PostgreSQL, and folding its delta in.

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

    /// Builds the table if it never was, folds the delta in when it has `folded_from` rows, and removes from it
    /// what the table has. Leaves everything to one that is at it. The number of rows written or removed.
    ///
    /// # Errors
    /// A store fails; the next run goes on where this one stopped.
    pub async fn keep_up(&self, folded_from: u64) -> Result<u64, Error> {
        let Some(lock) = SessionLock::try_take(self.stores.postgres.direct(), LOCK).await? else {
            return Ok(0);
        };
        let mut done = dao::clean(self.clickhouse).await?;
        let (_, delta) = dao::size(self.clickhouse).await?;
        if !dao::is_ready(self.clickhouse).await? {
            done += self.build(false, |_| {}).await?;
        } else if delta >= folded_from {
            done += self.fold().await?;
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
        let lock = SessionLock::wait(self.stores.postgres.direct(), LOCK).await?;
        let built = self.build(begins_anew, tell).await?;
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

    async fn build(&self, begins_anew: bool, mut tell: impl FnMut(Progress)) -> Result<u64, Error> {
        let (rebuild, written) = dao::unfinished(self.clickhouse, begins_anew).await?;
        let wanted = dao::postgres_partitions(&self.stores.db()).await?;
        let left: Vec<Partition> = wanted.difference(&written).copied().collect();
        for (done, partition) in left.iter().enumerate() {
            tell(Progress { done: written.len() + done, of: wanted.len() });
            let begun_at = dao::clickhouse_time(self.clickhouse).await?;
            self.write(*partition).await?;
            dao::record(self.clickhouse, (rebuild, Some(*partition)), begun_at).await?;
        }
        let stored = dao::clickhouse_partitions(self.clickhouse, "profile_search").await?;
        for gone in stored.difference(&wanted) {
            dao::drop_partition(self.clickhouse, *gone).await?;
        }
        let at = dao::clickhouse_time(self.clickhouse).await?;
        dao::record(self.clickhouse, (rebuild, None), at).await?;
        tell(Progress { done: wanted.len(), of: wanted.len() });
        Ok(dao::size(self.clickhouse).await?.0)
    }

    /// Writes a partition out of PostgreSQL.
    async fn write(&self, partition: Partition) -> Result<(), Error> {
        dao::stage_nothing(self.clickhouse, partition).await?;
        for run in partition.runs() {
            let rows = (partition.platform, Rows::Run(run));
            dao::copy(self.stores, self.clickhouse, rows, "profile_search_staging").await?;
        }
        dao::replace(self.clickhouse, partition).await
    }

    /// Folds the delta in, partition by partition; the number of accounts that it had.
    async fn fold(&self) -> Result<u64, Error> {
        let (_, delta) = dao::size(self.clickhouse).await?;
        let table = "profile_search_delta";
        for partition in dao::clickhouse_partitions(self.clickhouse, table).await? {
            let until = dao::clickhouse_time(self.clickhouse).await?;
            dao::stage_nothing(self.clickhouse, partition).await?;
            dao::fold(self.clickhouse, partition, until).await?;
            dao::replace(self.clickhouse, partition).await?;
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
