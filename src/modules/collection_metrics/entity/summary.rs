//! Sums over measured posts, and measured posts.

use clickhouse::Row;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{DateTimeUtc, Json};
use serde::Deserialize;

use super::{Counters, PostTypes, float, per};

/// Measured posts together.
#[derive(Debug, Clone, Default, PartialEq, FromQueryResult)]
pub struct Summary {
    /// Distinct short codes.
    pub total_posts: i64,
    /// Distinct handles.
    pub total_profiles: i64,
    /// The most followers of each profile, added up.
    pub total_followers: i64,
    /// Sums.
    #[sea_orm(nested)]
    pub counters: Counters,
    /// Posts by type.
    #[sea_orm(nested)]
    pub types: PostTypes,
    /// When a row of them was last written; none without posts.
    pub refreshed_at: Option<DateTimeUtc>,
}

impl Summary {
    /// What an account reached cost; none without reach. An unset budget counts as 0.
    pub fn cost_per_reach(&self, budget: Option<i64>) -> Option<f64> {
        per(float(budget.unwrap_or_default()), self.counters.reach)
    }
}

/// The same of one collection among others.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct CollectionSummary {
    /// Collection.
    pub collection_id: String,
    /// Its posts.
    #[sea_orm(nested)]
    pub summary: Summary,
}

/// The measured posts of one profile together.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct MeasuredProfile {
    /// Platform.
    pub platform: String,
    /// Handle; on YouTube the channel id.
    pub profile_handle: String,
    /// The platform's own id.
    pub profile_social_id: Option<String>,
    /// Name.
    pub profile_name: Option<String>,
    /// Address of a picture.
    pub profile_pic: Option<String>,
    /// The most followers that a row has.
    pub followers: i64,
    /// The highest cost that a row has.
    pub cost: Option<i64>,
    /// Distinct short codes.
    pub total_posts: i64,
    /// Sums.
    #[sea_orm(nested)]
    pub counters: Counters,
    /// Posts by type.
    #[sea_orm(nested)]
    pub types: PostTypes,
    /// Profiles of all pages.
    pub total: i64,
}

/// A measured post of a collection.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct MeasuredPost {
    /// Collection.
    pub collection_id: String,
    /// Platform.
    pub platform: String,
    /// What the platform calls the post.
    pub post_short_code: String,
    /// Type.
    pub post_type: String,
    /// Title.
    pub post_title: String,
    /// Address.
    pub post_link: String,
    /// Address of a picture of it.
    pub post_thumbnail: Option<String>,
    /// List of texts with `#`.
    pub hashtags: Option<Json>,
    /// Day of publication.
    pub published_at: chrono::NaiveDate,
    /// Item of the post collection.
    pub post_collection_item_id: Option<i64>,
    /// Handle of who posted it.
    pub profile_handle: String,
    /// Name of who posted it.
    pub profile_name: String,
    /// Picture of who posted it.
    pub profile_pic: Option<String>,
    /// Followers of who posted it.
    pub followers: i64,
    /// Cost.
    pub cost: Option<i64>,
    /// Counts.
    #[sea_orm(nested)]
    pub counters: Counters,
    /// Engagement as a fraction of the reach.
    pub er: f64,
    /// Posts of all pages.
    pub total: i64,
}

/// A hashtag or keyword of collections.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, Deserialize, Row)]
pub struct Word {
    /// A hashtag with its `#`.
    pub name: String,
    /// Posts that have it.
    pub tagged_count: i64,
    /// Those of them that others made; 0 for keywords.
    pub ugc_tagged_count: i64,
}
