//! Series over the posts of collections, from ClickHouse.

use chrono_tz::Tz;
use clickhouse::query::Query;

use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::dto::{
    CollectionType, Measured, PostFilters, Rollup, Window,
};
use crate::modules::collection_metrics::entity::{ClicksPoint, DailyViews, SeriesPoint};

/// Longest statement that ClickHouse reads, in bytes: it may name every post of a collection.
pub(super) const STATEMENT_LIMIT: &str = "16777216";

/// What is larger the later an observation was made, and written: days before milliseconds in one number, which
/// is compared in a third of the time of a pair.
pub(super) const AGE: &str =
    "toInt64(stats_date) * 100000000000000 + toUnixTimestamp64Milli(updated_at)";

/// Posts and their latest counts, by day or week. An observation that was written twice counts once.
pub async fn posts(
    unit: &UnitOfWork,
    measured: Measured<'_>,
    window: Window,
    rollup: Rollup,
) -> Result<Vec<SeriesPoint>, Error> {
    let zone = unit.stores().config.app.time_zone;
    let step = step(rollup);
    let filters = measured.filters;
    let conditions = conditions(filters);
    let sql = format!(
        "SELECT starts_on, count() AS posts, toFloat64(ifNull(sum(last_views), 0)) AS views, \
                toInt64(ifNull(sum(last_likes), 0)) AS likes, \
                toInt64(ifNull(sum(last_comments), 0)) AS comments, \
                toFloat64(ifNull(sum(last_impressions), 0)) AS impressions, \
                toFloat64(ifNull(sum(last_reach), 0)) AS reach \
         FROM (SELECT {step} AS starts_on, post_short_code, \
                      argMax(views, {AGE}) AS last_views, \
                      argMax(likes, {AGE}) AS last_likes, \
                      argMax(comments, {AGE}) AS last_comments, \
                      argMax(impressions, {AGE}) AS last_impressions, \
                      argMax(reach, {AGE}) AS last_reach \
               FROM mart_collection_post_ts \
               WHERE collection_id IN ? AND collection_type = ? AND stats_date BETWEEN ? AND ?{conditions} \
               GROUP BY starts_on, post_short_code) \
         GROUP BY starts_on ORDER BY starts_on"
    );
    let clickhouse = unit.clickhouse().await?;
    let query = bound(clickhouse.query(&sql), measured, window);
    let query = bound_filters(query, filters, zone);
    clickhouse.rows(query).await
}

/// Clicks by day or week.
pub async fn clicks(
    unit: &UnitOfWork,
    measured: Measured<'_>,
    window: Window,
    rollup: Rollup,
) -> Result<Vec<ClicksPoint>, Error> {
    let step = step(rollup);
    let PostFilters { handles, short_codes, .. } = measured.filters;
    let own = PostFilters {
        handles: handles.clone(),
        short_codes: short_codes.clone(),
        ..PostFilters::default()
    };
    let conditions = conditions(&own);
    let sql = format!(
        "SELECT {step} AS starts_on, sum(clicks) AS clicks FROM ( \
             SELECT stats_date, clicks FROM mart_collection_clicks_ts FINAL \
             WHERE collection_id IN ? AND collection_type = ? AND stats_date BETWEEN ? AND ?{conditions}) \
         GROUP BY starts_on ORDER BY starts_on"
    );
    let clickhouse = unit.clickhouse().await?;
    let query = bound(clickhouse.query(&sql), measured, window);
    let query = bound_filters(query, &own, Tz::UTC);
    clickhouse.rows(query).await
}

/// Views of posts of a collection on their first days.
pub async fn daily_views(
    unit: &UnitOfWork,
    (kind, id): (CollectionType, &str),
    codes: &[String],
    days: i64,
) -> Result<Vec<DailyViews>, Error> {
    let sql = format!(
        "SELECT platform, post_short_code, toInt64(last_on - first_on) + 1 AS last_day, \
                arrayFilter(one -> one.1 <= ?, arrayMap( \
                    one -> (toInt64(one.1 - first_on) + 1, one.2), arraySort(points))) AS days \
         FROM (SELECT upper(toString(on_platform)) AS platform, post_short_code, \
                      min(stats_date) AS first_on, max(stats_date) AS last_on, \
                      groupArray((stats_date, last_views)) AS points \
               FROM (SELECT platform AS on_platform, post_short_code, stats_date, \
                            toFloat64(ifNull(argMax(views, {AGE}), 0)) AS last_views \
                     FROM mart_collection_post_ts \
                     WHERE collection_id = ? AND collection_type = ? AND post_short_code IN ? \
                     GROUP BY on_platform, post_short_code, stats_date) \
               GROUP BY platform, post_short_code)"
    );
    let clickhouse = unit.clickhouse().await?;
    let query = clickhouse.query(&sql).with_setting("max_query_size", STATEMENT_LIMIT);
    let query = query.bind(days).bind(id).bind(kind.name()).bind(codes);
    clickhouse.rows(query).await
}

fn step(rollup: Rollup) -> &'static str {
    match rollup {
        Rollup::Daily => "stats_date",
        // Mode 0: weeks begin on Sunday.
        Rollup::Weekly => "toStartOfWeek(stats_date, 0)",
    }
}

fn bound(query: Query, measured: Measured<'_>, window: Window) -> Query {
    let day = |day: chrono::NaiveDate| day.to_string();
    query
        .with_setting("max_query_size", STATEMENT_LIMIT)
        .bind(measured.ids)
        .bind(measured.kind.name())
        .bind(day(window.from))
        .bind(day(window.to))
}

/// Conditions that [`bound_filters`] gives their values, in the same order.
pub(super) fn conditions(filters: &PostFilters) -> String {
    let mut sql = String::new();
    let mut add = |is_there: bool, condition: &str| {
        if is_there {
            sql.push_str(" AND ");
            sql.push_str(condition);
        }
    };
    add(filters.post_types.is_some(), "has(?, post_type)");
    add(filters.published_from.is_some(), "toDate(published_at, ?) >= ?");
    add(filters.published_to.is_some(), "toDate(published_at, ?) <= ?");
    for _ in &filters.hashtags {
        add(true, "hasAny(arrayMap(tag -> lowerUTF8(tag), hashtags), ?)");
    }
    add(filters.handles.is_some(), "has(?, profile_handle)");
    add(filters.short_codes.is_some(), "post_short_code IN ?");
    add(!filters.except_accounts.is_empty(), "ifNull(profile_social_id, '') NOT IN ?");
    sql
}

pub(super) fn bound_filters(mut query: Query, filters: &PostFilters, zone: Tz) -> Query {
    if let Some(types) = &filters.post_types {
        query = query.bind(types);
    }
    for day in [filters.published_from, filters.published_to].into_iter().flatten() {
        query = query.bind(zone.name()).bind(day.to_string());
    }
    for tags in &filters.hashtags {
        query = query.bind(tags);
    }
    for list in [&filters.handles, &filters.short_codes].into_iter().flatten() {
        query = query.bind(list);
    }
    match filters.except_accounts.is_empty() {
        true => query,
        false => query.bind(&filters.except_accounts),
    }
}
