//! Growth of accounts, from ClickHouse.

use chrono::NaiveDate;

use crate::core::db::clickhouse::ClickHouseSession;
use crate::core::error::Error;
use crate::core::query::{Clause, Page, Sort, bind_all, order_by, where_clause};
use crate::core::types::Platform;
use crate::modules::discovery::entity::time_series::{GrowthRow, WeekRow};

const TABLE: &str = "social_profile_time_series";

/// Which rows of one account to read.
pub struct GrowthQuery {
    pub platform: Platform,
    pub account_id: i64,
    pub clauses: Vec<Clause>,
    pub sort: Sort,
    pub page: Page,
}

/// A page of the growth of one account.
pub async fn growth(
    clickhouse: &ClickHouseSession,
    query: &GrowthQuery,
) -> Result<Vec<GrowthRow>, Error> {
    let condition = where_clause("enabled", &query.clauses);
    let sql = format!(
        "SELECT ?fields FROM {} WHERE platform = ? AND platform_profile_id = ? AND {} \
         ORDER BY {} LIMIT ? OFFSET ?",
        clickhouse.derived(TABLE),
        condition.text,
        order_by(query.sort)
    );
    let select = clickhouse.query(&sql).bind(query.platform.name()).bind(query.account_id);
    let select = bind_all(select, &condition.values);
    clickhouse.rows(select.bind(query.page.size).bind(query.page.offset())).await
}

/// Weeks all of whose days are from `from` to `to` (both included), by account and date.
pub async fn weeks(
    clickhouse: &ClickHouseSession,
    accounts: &[(Platform, i64)],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<WeekRow>, Error> {
    let accounts: Vec<(&str, i64)> =
        accounts.iter().map(|(platform, id)| (platform.name(), *id)).collect();
    let sql = format!(
        "SELECT ?fields FROM {} \
         WHERE (platform, platform_profile_id) IN ? AND monthly_stats = false AND enabled \
         AND date BETWEEN toDate(?) AND toDate(?) - 6 \
         ORDER BY platform, platform_profile_id, date",
        clickhouse.derived(TABLE)
    );
    let query = clickhouse.query(&sql).bind(accounts).bind(from.to_string()).bind(to.to_string());
    clickhouse.rows(query).await
}
