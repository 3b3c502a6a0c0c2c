//! The report on comments, as ClickHouse reads it.

use super::entity::SentimentRow;
use crate::core::error::Error;
use crate::core::report_file::ReportFile;
use crate::core::unit_of_work::UnitOfWork;

/// Rows by sentiment, in its order; other sentiments and empty ones are left out.
pub async fn sentiments(
    unit: &UnitOfWork,
    report: &ReportFile,
) -> Result<Vec<SentimentRow>, Error> {
    let table = report.table("sentiment Nullable(String)");
    let sql = format!(
        "SELECT assumeNotNull(sentiment) AS sentiment, count() AS rows FROM {table} AS report \
         WHERE report.sentiment IN ('positive', 'negative', 'neutral') \
         GROUP BY sentiment ORDER BY sentiment"
    );
    let clickhouse = unit.clickhouse().await?;
    clickhouse.rows(clickhouse.query(&sql)).await
}
