//! Accounts that the collector delivered.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// An account to store, derived columns included.
#[derive(Debug, Clone, Default)]
pub struct InstagramImport {
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
    pub derived: ImportDerived,
}

/// A channel to store, derived columns included.
#[derive(Debug, Clone, Default)]
pub struct YoutubeImport {
    pub channel_id: String,
    pub title: Option<String>,
    pub thumbnail: Option<String>,
    pub followers: Option<i64>,
    pub uploads_count: Option<i64>,
    pub views_count: Option<i64>,
    pub derived: ImportDerived,
}

/// Columns that follow from the fetched ones; both search columns also serve as the admin's.
#[derive(Debug, Clone, Default)]
pub struct ImportDerived {
    pub label: Option<&'static str>,
    pub keywords: Vec<String>,
    pub search_phrase: String,
    pub enabled_for_saas: bool,
}

/// Gives the fetched id to an account that is stored under the handle without one.
pub async fn adopt_missing(tx: &Db<'_>, account: &InstagramImport) -> Result<(), Error> {
    let values = [account.ig_id.as_str().into(), account.handle.as_str().into()];
    tx.execute_raw(statement(include_str!("adopt_missing.sql"), values)).await?;
    Ok(())
}

/// Stores an Instagram account. One that is there keeps everything that was not fetched.
pub async fn upsert_instagram(tx: &Db<'_>, account: InstagramImport) -> Result<i64, Error> {
    let derived = account.derived;
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
        derived.label.into(),
        derived.keywords.into(),
        derived.search_phrase.into(),
        derived.enabled_for_saas.into(),
    ];
    upserted(tx, statement(include_str!("upsert_instagram.sql"), values)).await
}

/// Stores a YouTube channel. One that is there keeps everything that was not fetched.
pub async fn upsert_youtube(tx: &Db<'_>, account: YoutubeImport) -> Result<i64, Error> {
    let derived = account.derived;
    let values = [
        account.channel_id.into(),
        account.title.into(),
        account.thumbnail.into(),
        account.followers.into(),
        account.uploads_count.into(),
        account.views_count.into(),
        derived.label.into(),
        derived.keywords.into(),
        derived.search_phrase.into(),
        derived.enabled_for_saas.into(),
    ];
    upserted(tx, statement(include_str!("upsert_youtube.sql"), values)).await
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

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

async fn upserted(tx: &Db<'_>, statement: Statement) -> Result<i64, Error> {
    match tx.query_one_raw(statement).await? {
        Some(row) => Ok(row.try_get("", "id")?),
        None => Err(Error::internal("postgresql", "an upsert returned no row")),
    }
}
