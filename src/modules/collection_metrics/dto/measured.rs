//! Which posts are meant, over which time.

use chrono::NaiveDate;

use super::CollectionType;

/// The measured posts of collections of one kind that pass filters.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// Kind of the collections.
    pub kind: CollectionType,
    /// Ids of the collections, as text.
    pub ids: &'a [String],
    /// Which of their posts.
    pub filters: &'a PostFilters,
}

/// Conditions on posts, all of which hold. A list admits what equals one of its elements; an empty one
/// admits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostFilters {
    /// Types, in the case in which they are stored.
    pub post_types: Option<Vec<String>>,
    /// First day of publication.
    pub published_from: Option<NaiveDate>,
    /// Last day of publication, as a whole.
    pub published_to: Option<NaiveDate>,
    /// Lists of hashtags in lower case; a post has one of each list.
    pub hashtags: Vec<Vec<String>>,
    /// Handles of profiles.
    pub handles: Option<Vec<String>>,
    /// Short codes.
    pub short_codes: Option<Vec<String>>,
    /// Ids of items of post collections.
    pub items: Option<Vec<i64>>,
    /// The platforms' own ids of accounts whose posts do not count.
    pub except_accounts: Vec<String>,
}

impl PostFilters {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Days of the business time zone, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// Length of the steps of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollup {
    /// Calendar days.
    Daily,
    /// Weeks from Sunday to Saturday.
    Weekly,
}
