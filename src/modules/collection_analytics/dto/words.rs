//! Hashtags and keywords of collections.

use serde::Serialize;
use utoipa::ToSchema;

use super::is_zero;
use crate::core::envelope::envelope;

/// A hashtag; zeros are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionHashtagOut {
    /// With its `#`.
    pub hashtag_name: String,
    /// Posts that have it.
    #[serde(skip_serializing_if = "is_zero")]
    pub tagged_count: i64,
    /// Those of them that others made.
    #[serde(skip_serializing_if = "is_zero")]
    pub ugc_tagged_count: i64,
}

/// A keyword; zeros are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionKeywordOut {
    /// Word.
    pub keyword_name: String,
    /// Posts that have it.
    #[serde(skip_serializing_if = "is_zero")]
    pub tagged_count: i64,
}

envelope! {
    /// Answer with hashtags.
    pub CollectionHashtagsOut {
        /// The most frequent ones first, at most 100; empty on errors.
        list: Vec<CollectionHashtagOut>
    }
    fails with ERROR, empty
}

envelope! {
    /// Answer with keywords.
    pub CollectionKeywordsOut {
        /// The most frequent ones first, at most 100; empty on errors.
        list: Vec<CollectionKeywordOut>
    }
    fails with ERROR, empty
}
