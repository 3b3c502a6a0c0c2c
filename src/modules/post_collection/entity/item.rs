//! Row of `post_collection_item`.

use sea_orm::entity::prelude::*;

use super::collection;
use crate::core::children::child_row;

/// A post of a collection.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_collection_item")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `INSTAGRAM` or `YOUTUBE`.
    pub platform: String,
    /// What the platform calls the post.
    pub short_code: String,
    /// `reels`, `image`, `story`, `video`, `short` or `carousel`.
    pub post_type: String,
    /// Collection.
    pub post_collection_id: String,
    /// Whether its owner marked it.
    pub bookmarked: bool,
    /// `false` = removed.
    pub enabled: bool,
    /// In units of the currency.
    pub cost: Option<i64>,
    /// Who posted it: a handle, on YouTube a channel id.
    pub posted_by_handle: Option<String>,
    /// List of addresses.
    pub sponsor_links: Option<Json>,
    /// Title.
    pub post_title: Option<String>,
    /// Address of a picture of it.
    pub post_thumbnail: Option<String>,
    /// Address of the post.
    pub post_link: Option<String>,
    /// How often posts are measured, as the collector reads it.
    pub metrics_ingestion_freq: String,
    /// Whether it is measured; older rows do not say.
    pub retrieve_data: Option<bool>,
    /// Whether analytics show it; older rows do not say.
    pub show_in_report: Option<bool>,
    /// Campaign profile of who posted it.
    pub posted_by_cp_id: Option<i64>,
    /// Account, as text.
    pub created_by: String,
    /// When it was stored.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

child_row!(collection, PostCollectionId, [Platform, ShortCode]);
