//! The derived tables and the SELECTs that fill them.

use chrono_tz::Tz;
use clickhouse::Client;

use super::swap::Swap;
use crate::core::error::Error;

/// A derived table.
#[derive(Debug, Clone, Copy)]
pub(in crate::modules::warehouse) struct Derivation {
    table: &'static str,
    /// A `?` stands for the business time zone.
    select: &'static str,
}

/// In the order in which they depend on each other.
pub(in crate::modules::warehouse) const DERIVATIONS: [Derivation; 5] = [
    Derivation { table: "account_periods", select: include_str!("../sql/10_account_periods.sql") },
    Derivation {
        table: "social_profile_time_series",
        select: include_str!("../sql/20_social_profile_time_series.sql"),
    },
    Derivation { table: "leaderboard", select: include_str!("../sql/30_leaderboard.sql") },
    Derivation { table: "genre_overview", select: include_str!("../sql/40_genre_overview.sql") },
    Derivation {
        table: "trending_content",
        select: include_str!("../sql/50_trending_content.sql"),
    },
];

/// Rebuilds one table.
pub(in crate::modules::warehouse) async fn derive(
    clickhouse: &Client,
    Derivation { table, select }: Derivation,
    zone: Tz,
) -> Result<(), Error> {
    let swap = Swap::begin(clickhouse, table).await?;
    let insert = format!("INSERT INTO {} {select}", swap.next());
    let insert = match select.contains('?') {
        true => clickhouse.query(&insert).bind(zone.name()),
        false => clickhouse.query_raw(&insert),
    };
    insert.execute().await?;
    swap.publish().await
}
