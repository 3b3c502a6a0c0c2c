//! What the collector delivered of a stored account.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Delivered columns; a channel has fewer.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// The platform's own id.
    pub platform_id: Option<String>,
    pub handle: Option<String>,
    /// Name or title.
    pub name: Option<String>,
    pub bio: Option<String>,
    pub thumbnail: Option<String>,
    pub followers: Option<i64>,
    pub label: Option<&'static str>,
    pub following: Option<i64>,
    pub uploads: Option<i64>,
    /// YouTube only.
    pub views: Option<i64>,
    pub is_private: Option<bool>,
    /// Fraction.
    pub engagement_rate: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_reach: Option<f64>,
    pub image_reach: Option<i64>,
    pub reels_reach: Option<i64>,
    pub story_reach: Option<i64>,
    pub avg_reels_play_count: Option<f64>,
}

/// Writes them; false where the row has another id on the platform by now.
pub async fn write(
    tx: &Db<'_>,
    (platform, id): (Platform, i64),
    columns: Delivered,
) -> Result<bool, Error> {
    let (sql, values) = match platform {
        Platform::Instagram => (include_str!("refresh_instagram.sql"), instagram(id, columns)),
        Platform::Youtube => (include_str!("refresh_youtube.sql"), youtube(id, columns)),
    };
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() > 0)
}

fn instagram(id: i64, columns: Delivered) -> Vec<sea_orm::Value> {
    vec![
        id.into(),
        columns.platform_id.into(),
        columns.handle.into(),
        columns.name.into(),
        columns.bio.into(),
        columns.thumbnail.into(),
        columns.followers.into(),
        columns.label.into(),
        columns.following.into(),
        columns.uploads.into(),
        columns.is_private.into(),
        columns.engagement_rate.into(),
        columns.avg_likes.into(),
        columns.avg_comments.into(),
        columns.avg_reach.into(),
        columns.image_reach.into(),
        columns.reels_reach.into(),
        columns.story_reach.into(),
        columns.avg_reels_play_count.into(),
    ]
}

fn youtube(id: i64, columns: Delivered) -> Vec<sea_orm::Value> {
    vec![
        id.into(),
        columns.platform_id.into(),
        columns.name.into(),
        columns.thumbnail.into(),
        columns.followers.into(),
        columns.label.into(),
        columns.uploads.into(),
        columns.views.into(),
    ]
}
