//! A table that is filled beside the one in use.

use clickhouse::Client;

use crate::core::error::Error;

/// The successor of a table. The statements take constant names only, so nothing needs escaping.
pub(super) struct Swap<'a> {
    client: &'a Client,
    table: &'static str,
    next: String,
}

impl<'a> Swap<'a> {
    /// Creates an empty successor; what an earlier attempt left behind is dropped.
    pub(super) async fn begin(client: &'a Client, table: &'static str) -> Result<Self, Error> {
        let swap = Self { client, table, next: format!("{table}_next") };
        let next = &swap.next;
        swap.run(format!("DROP TABLE IF EXISTS {next}")).await?;
        swap.run(format!("CREATE TABLE {next} AS {table}")).await?;
        Ok(swap)
    }

    /// Name of the successor.
    pub(super) fn next(&self) -> &str {
        &self.next
    }

    /// Puts the successor in the table's place and drops the old rows.
    pub(super) async fn publish(self) -> Result<(), Error> {
        let (table, next) = (self.table, &self.next);
        self.run(format!("EXCHANGE TABLES {next} AND {table}")).await?;
        self.run(format!("TRUNCATE TABLE {next}")).await?;
        self.run(format!("DROP TABLE {next}")).await
    }

    async fn run(&self, sql: String) -> Result<(), Error> {
        Ok(self.client.query_raw(&sql).execute().await?)
    }
}
