//! Pages of measured posts and profiles.

use sea_orm::{FromQueryResult, Value};

use super::statement::{measured, sums, values};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::core::query::{Direction, Page};
use crate::core::types::Platform;
use crate::modules::collection_metrics::dto::Measured;
use crate::modules::collection_metrics::entity::{MeasuredPost, MeasuredProfile};

/// Columns of a [`MeasuredPost`] but for `total`.
macro_rules! columns {
    () => {
        "m.collection_id, m.platform, m.post_short_code, m.post_type, m.post_title, m.post_link, \
         m.post_thumbnail, m.hashtags, m.published_at, m.post_collection_item_id, m.profile_handle, \
         m.profile_name, m.profile_pic, m.followers, m.cost, m.er, \
         m.views, m.likes, m.comments, m.impressions, m.saves, m.plays, m.reach, m.swipe_ups, \
         m.mentions, m.sticker_taps, m.shares, m.story_exits, m.story_back_taps, m.story_forward_taps, \
         m.link_clicks, m.orders, m.delivered_orders, m.completed_orders, m.leaderboard_overall_orders, m.leaderboard_delivered_orders, m.leaderboard_completed_orders"
    };
}

const PROFILES: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    ", g AS (SELECT m.platform, m.profile_handle, m.profile_social_id, \
           max(m.profile_name COLLATE \"C\") AS profile_name, max(m.profile_pic COLLATE \"C\") AS profile_pic, \
           max(m.followers) AS followers, max(m.cost) AS cost, ",
    sums!(),
    " FROM m GROUP BY m.platform, m.profile_handle, m.profile_social_id) \
     SELECT g.*, count(*) OVER () AS total FROM g \
     ORDER BY $14::int * CASE $13::text \
             WHEN 'views' THEN g.views::numeric WHEN 'plays' THEN g.plays WHEN 'likes' THEN g.likes \
             WHEN 'er' THEN coalesce((g.likes::numeric + g.comments) / nullif(g.reach, 0), 0) \
             ELSE g.reach END NULLS LAST, \
         g.platform COLLATE \"C\", g.profile_handle COLLATE \"C\", g.profile_social_id COLLATE \"C\" \
     LIMIT $15 OFFSET $16",
));

const PROFILE_COUNT: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    " SELECT count(*) AS total FROM ( \
         SELECT FROM m GROUP BY m.platform, m.profile_handle, m.profile_social_id) g",
));

const POSTS: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    " SELECT ",
    columns!(),
    ", count(*) OVER () AS total FROM m \
     ORDER BY $14::int * CASE $13::text \
             WHEN 'views' THEN m.views::numeric WHEN 'plays' THEN m.plays WHEN 'likes' THEN m.likes \
             WHEN 'er' THEN m.er::numeric ELSE m.reach END NULLS LAST, \
         m.post_short_code COLLATE \"C\", m.platform, m.collection_id COLLATE \"C\" \
     LIMIT $15 OFFSET $16",
));

const POST_COUNT: TenantSql =
    TenantSql::of_scope(concat!(measured!(), " SELECT count(*) AS total FROM m"));

const TOP: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    " SELECT ",
    columns!(),
    ", m.total FROM ( \
         SELECT m.*, count(*) OVER (PARTITION BY m.collection_id) AS total, row_number() OVER ( \
             PARTITION BY m.collection_id \
             ORDER BY m.reach DESC, m.post_short_code COLLATE \"C\", m.platform) AS place \
         FROM m WHERE $14::text IS NULL OR upper(m.platform) = $14::text) m \
     WHERE m.place <= $13 ORDER BY m.collection_id COLLATE \"C\", m.place",
));

const CODES: TenantSql =
    TenantSql::of_scope(concat!(measured!(), " SELECT DISTINCT m.post_short_code AS code FROM m",));

/// A page of profiles, and how many there are.
pub async fn profiles(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    order: (&str, Direction),
    page: Page,
) -> Result<(Vec<MeasuredProfile>, i64), Error> {
    let found = page_of::<MeasuredProfile>(rows, PROFILES, measured, order, page).await?;
    let total = total(rows, PROFILE_COUNT, measured, found.first().map(|one| one.total)).await?;
    Ok((found, total))
}

/// A page of posts, and how many there are.
pub async fn posts(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    order: (&str, Direction),
    page: Page,
) -> Result<(Vec<MeasuredPost>, i64), Error> {
    let found = page_of::<MeasuredPost>(rows, POSTS, measured, order, page).await?;
    let total = total(rows, POST_COUNT, measured, found.first().map(|one| one.total)).await?;
    Ok((found, total))
}

/// The first posts of each collection by reach, of one platform if one is named.
pub async fn top(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    (most, platform): (i64, Option<Platform>),
) -> Result<Vec<MeasuredPost>, Error> {
    let mut bound = values(measured)?;
    bound.extend([most.into(), platform.map(Platform::name).into()]);
    read(rows, TOP, bound).await
}

/// Short codes.
pub async fn codes(rows: &TenantDb<'_>, measured: Measured<'_>) -> Result<Vec<String>, Error> {
    let found = rows.all(CODES, values(measured)?).await?;
    found.iter().map(|row| Ok(row.try_get("", "code")?)).collect()
}

async fn page_of<R: FromQueryResult>(
    rows: &TenantDb<'_>,
    sql: TenantSql,
    measured: Measured<'_>,
    (by, direction): (&str, Direction),
    page: Page,
) -> Result<Vec<R>, Error> {
    let sign = match direction {
        Direction::Ascending => 1,
        Direction::Descending => -1,
    };
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut bound = values(measured)?;
    bound.extend([by.into(), sign.into(), number(page.size).into(), number(page.offset()).into()]);
    read(rows, sql, bound).await
}

/// What the page's rows say, else a count: a page behind the last one has no row.
async fn total(
    rows: &TenantDb<'_>,
    count: TenantSql,
    measured: Measured<'_>,
    known: Option<i64>,
) -> Result<i64, Error> {
    if let Some(total) = known {
        return Ok(total);
    }
    let row = rows.one(count, values(measured)?).await?;
    Ok(row.map(|row| row.try_get("", "total")).transpose()?.unwrap_or_default())
}

async fn read<R: FromQueryResult>(
    rows: &TenantDb<'_>,
    sql: TenantSql,
    bound: Vec<Value>,
) -> Result<Vec<R>, Error> {
    let found = rows.all(sql, bound).await?;
    found.iter().map(|row| Ok(R::from_query_result(row, "")?)).collect()
}
