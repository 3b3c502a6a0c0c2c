//! Accounts that someone delivered: what they know wins, what they do not know stays.
//!
//! The upsert returns the merged row and holds it until the commit, so that the columns which follow
//! from it are computed from what is stored, whoever else delivers the same account meanwhile.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// What is known of an Instagram account.
#[derive(Debug, Clone, Default)]
pub struct InstagramFacts {
    pub ig_id: String,
    pub handle: String,
    pub business_id: Option<String>,
    pub thumbnail: Option<String>,
    pub bio: Option<String>,
    pub name: Option<String>,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub post_count: Option<i64>,
    pub is_private: Option<bool>,
    pub account_type: Option<String>,
    pub place: [Option<String>; 3],
    /// Fraction.
    pub engagement_rate: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_reach: Option<f64>,
    pub avg_views: Option<f64>,
    pub avg_reels_play_count: Option<f64>,
    pub ffratio: Option<f64>,
    pub image_reach: Option<i64>,
    pub story_reach: Option<i64>,
}

/// What is known of a YouTube channel.
#[derive(Debug, Clone, Default)]
pub struct YoutubeFacts {
    pub channel_id: String,
    pub title: Option<String>,
    pub thumbnail: Option<String>,
    pub followers: Option<i64>,
    pub uploads_count: Option<i64>,
    pub views_count: Option<i64>,
    pub place: [Option<String>; 3],
}

/// The merged row, as far as other columns follow from it.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    pub id: i64,
    /// Whether the upsert created it.
    pub is_new: bool,
    /// Name or title.
    pub name: Option<String>,
    /// Handle or user name.
    pub handle: Option<String>,
    /// YouTube only.
    pub channel_id: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub gender: Option<String>,
    pub languages: Option<Vec<String>>,
    /// City, state, country.
    pub place: [Option<String>; 3],
    pub followers: Option<i64>,
    /// YouTube only.
    pub views_count: Option<i64>,
    pub avg_views: Option<f64>,
    /// This and the following: Instagram only.
    pub avg_reach: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub engagement_rate: Option<f64>,
}

/// Columns that follow from a merged row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DerivedColumns {
    pub label: Option<&'static str>,
    pub keywords: Vec<String>,
    pub search_phrase: String,
    pub keywords_admin: Vec<String>,
    pub search_phrase_admin: String,
    /// City, state, country.
    pub place: [Option<String>; 3],
    pub location: Vec<String>,
    pub location_list: Vec<String>,
    pub enabled_for_saas: bool,
}

/// Gives its id to an account that is stored under the handle without one.
pub async fn adopt_missing(tx: &Db<'_>, account: &InstagramFacts) -> Result<(), Error> {
    let values = [account.ig_id.as_str().into(), account.handle.as_str().into()];
    tx.execute_raw(statement(include_str!("adopt_missing.sql"), values)).await?;
    Ok(())
}

/// Stores an Instagram account.
pub async fn instagram(tx: &Db<'_>, account: InstagramFacts) -> Result<Merged, Error> {
    let [city, state, country] = account.place;
    let values = [
        account.ig_id.into(),
        account.handle.into(),
        account.business_id.into(),
        account.thumbnail.into(),
        account.bio.into(),
        account.name.into(),
        account.followers.into(),
        account.following.into(),
        account.post_count.into(),
        account.is_private.into(),
        account.account_type.into(),
        city.into(),
        state.into(),
        country.into(),
        account.engagement_rate.into(),
        account.avg_likes.into(),
        account.avg_comments.into(),
        account.avg_reach.into(),
        account.avg_views.into(),
        account.avg_reels_play_count.into(),
        account.ffratio.into(),
        account.image_reach.into(),
        account.story_reach.into(),
    ];
    let row = stored(tx, statement(include_str!("upsert_instagram.sql"), values)).await?;
    Ok(Merged {
        avg_reach: row.try_get("", "avg_reach")?,
        avg_likes: row.try_get("", "avg_likes")?,
        avg_comments: row.try_get("", "avg_comments")?,
        engagement_rate: row.try_get("", "engagement_rate")?,
        ..merged(&row)?
    })
}

/// Stores a YouTube channel.
pub async fn youtube(tx: &Db<'_>, account: YoutubeFacts) -> Result<Merged, Error> {
    let [city, state, country] = account.place;
    let values = [
        account.channel_id.into(),
        account.title.into(),
        account.thumbnail.into(),
        account.followers.into(),
        account.uploads_count.into(),
        account.views_count.into(),
        city.into(),
        state.into(),
        country.into(),
    ];
    let row = stored(tx, statement(include_str!("upsert_youtube.sql"), values)).await?;
    Ok(Merged {
        channel_id: row.try_get("", "channel_id")?,
        views_count: row.try_get("", "views_count")?,
        avg_views: row.try_get("", "avg_views")?,
        ..merged(&row)?
    })
}

/// Writes what follows from a merged row, and shows the account.
pub async fn write_derived(
    tx: &Db<'_>,
    (platform, id): (Platform, i64),
    columns: DerivedColumns,
) -> Result<(), Error> {
    let sql = match platform {
        Platform::Instagram => include_str!("write_derived_instagram.sql"),
        Platform::Youtube => include_str!("write_derived_youtube.sql"),
    };
    let [city, state, country] = columns.place;
    let values = [
        id.into(),
        columns.label.into(),
        columns.keywords.into(),
        columns.search_phrase.into(),
        columns.keywords_admin.into(),
        columns.search_phrase_admin.into(),
        city.into(),
        state.into(),
        country.into(),
        columns.location.into(),
        columns.location_list.into(),
        columns.enabled_for_saas.into(),
    ];
    tx.execute_raw(statement(sql, values)).await?;
    Ok(())
}

/// Fills the profile codes of an account that lacks them.
pub async fn fill_profile_codes(tx: &Db<'_>, platform: Platform, id: i64) -> Result<(), Error> {
    let sql = match platform {
        Platform::Instagram => FILL_INSTAGRAM,
        Platform::Youtube => FILL_YOUTUBE,
    };
    tx.execute_raw(statement(sql, [id.into(), platform.profile_code(id).into()])).await?;
    Ok(())
}

const FILL_INSTAGRAM: &str = "UPDATE instagram_account SET updated_at = now(), \
    profile_id = coalesce(nullif(profile_id, ''), $2), \
    gcc_profile_id = coalesce(nullif(gcc_profile_id, ''), $2) WHERE id = $1";
const FILL_YOUTUBE: &str = "UPDATE youtube_account SET updated_at = now(), \
    profile_id = coalesce(nullif(profile_id, ''), $2), \
    gcc_profile_id = coalesce(nullif(gcc_profile_id, ''), $2) WHERE id = $1";

fn merged(row: &QueryResult) -> Result<Merged, DbErr> {
    Ok(Merged {
        id: row.try_get("", "id")?,
        is_new: row.try_get("", "is_new")?,
        name: row.try_get("", "name")?,
        handle: row.try_get("", "handle")?,
        email: row.try_get("", "email")?,
        phone: row.try_get("", "phone")?,
        gender: row.try_get("", "gender")?,
        languages: row.try_get("", "languages")?,
        place: [row.try_get("", "city")?, row.try_get("", "state")?, row.try_get("", "country")?],
        followers: row.try_get("", "followers")?,
        ..Merged::default()
    })
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

async fn stored(tx: &Db<'_>, statement: Statement) -> Result<QueryResult, Error> {
    let row = tx.query_one_raw(statement).await?;
    row.ok_or_else(|| Error::internal("postgresql", "an upsert returned no row"))
}
