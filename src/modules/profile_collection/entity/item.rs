//! Row of `profile_collection_item`.

use sea_orm::entity::prelude::*;

use super::collection;
use crate::core::children::child_row;

/// A creator of a collection.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_collection_item")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `INSTAGRAM`, `YOUTUBE` or `GCC`.
    pub platform: String,
    /// Account.
    pub platform_account_code: i64,
    /// Collection.
    pub profile_collection_id: i64,
    /// Owner of the collection.
    pub partner_id: i64,
    /// Handle of the account; on YouTube the channel's id.
    pub profile_social_id: Option<String>,
    /// Campaign profile of the account.
    pub campaign_profile_id: Option<i64>,
    /// How far the creator has come.
    pub shortlisting_status: Option<String>,
    /// Shortlist that it is on.
    pub shortlist_id: Option<String>,
    /// What the brand decided.
    pub brand_selection_status: Option<String>,
    /// What the brand says.
    pub brand_selection_remarks: Option<String>,
    /// What the creator costs; for the platform alone.
    pub internal_commercials: Option<String>,
    /// Whether others than the owner do not see it.
    pub hidden: bool,
    /// `false` = removed.
    pub enabled: bool,
    /// Place, from 1.
    pub rank: i64,
    /// Account, as text.
    pub created_by: String,
    /// When it was stored.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

child_row!(collection, ProfileCollectionId, [PlatformAccountCode, Platform]);
