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

/// Whether a short code stands in several of the collections, or on several platforms.
const DOUBLED: &str = "SELECT count() > 0 FROM ( \
         SELECT post_short_code FROM ( \
             SELECT DISTINCT collection_id, platform, post_short_code FROM mart_collection_post_ts \
             WHERE collection_id IN ? AND collection_type = ?) \
         GROUP BY post_short_code HAVING count() > 1)";

/// Posts and their latest counts, by day or week; a count that is not known is 0.
///
/// `FINAL` leaves one row for each day of a post in a collection. The rows of a day are added up as they are:
/// to find the latest of each post takes five times as long, and only weeks and doubled short codes need it.
pub async fn posts(
    unit: &UnitOfWork,
    measured: Measured<'_>,
    window: Window,
    rollup: Rollup,
) -> Result<Vec<SeriesPoint>, Error> {
    let zone = unit.stores().config.app.time_zone;
    let filters = measured.filters;
    let rows = format!(
        "FROM mart_collection_post_ts FINAL \
         WHERE collection_id IN ? AND collection_type = ? AND stats_date BETWEEN ? AND ?{}",
        conditions(filters)
    );
    let latest = |condition: &str| {
        let counts = counts(|count| format!("argMax(ifNull({count}, 0), {AGE})"));
        let step = step(rollup);
        // A number is found in half the time of a text.
        format!(
            "SELECT {step} AS starts_on, {counts} {rows}{condition} \
             GROUP BY starts_on, cityHash64(post_short_code)"
        )
    };
    let (with, from) = match rollup {
        Rollup::Weekly => (String::new(), latest("")),
        Rollup::Daily => {
            let counts = counts(|count| format!("ifNull({count}, 0)"));
            let plain = format!("SELECT stats_date AS starts_on, {counts} {rows} AND NOT doubled");
            let from = format!("{plain} UNION ALL {}", latest(" AND doubled"));
            (format!("WITH ({DOUBLED}) AS doubled"), from)
        }
    };
    let sql = format!(
        "{with} SELECT starts_on, count() AS posts, sum(n_views) AS views, sum(n_likes) AS likes, \
                sum(n_comments) AS comments, sum(n_impressions) AS impressions, sum(n_reach) AS reach \
         FROM ({from}) GROUP BY starts_on ORDER BY starts_on"
    );
    let clickhouse = unit.clickhouse().await?;
    let mut query = clickhouse.query(&sql);
    if rollup == Rollup::Daily {
        query = bound_filters(
            bound(bound_collections(query, measured), measured, window),
            filters,
            zone,
        );
    }
    let query = bound_filters(bound(query, measured, window), filters, zone);
    clickhouse.rows(query).await
}

/// The counts of a point, each as `n_` and its name.
fn counts(one: impl Fn(&str) -> String) -> String {
    let counts = ["views", "likes", "comments", "impressions", "reach"];
    counts.map(|count| format!("{} AS n_{count}", one(count))).join(", ")
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
    let query = query.with_setting("max_query_size", STATEMENT_LIMIT);
    bound_collections(query, measured).bind(day(window.from)).bind(day(window.to))
}

fn bound_collections(query: Query, measured: Measured<'_>) -> Query {
    query.bind(measured.ids).bind(measured.kind.name())
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
