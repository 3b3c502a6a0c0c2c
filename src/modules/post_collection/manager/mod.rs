//! Rules of post collections.

pub mod collection;
pub mod item;
pub mod link;
pub mod row;

use super::super::usage::Quota;

/// The source of collections that people make here.
pub const SAAS: &str = "SAAS";
/// The source that plans do not count.
pub const GCC_CAMPAIGN: &str = "GCC_CAMPAIGN";

/// Collections of a partner with the plan `FREE`.
pub const COLLECTIONS: Quota = Quota {
    name: "post_collection",
    free: 5,
    refusal: "you are not allowed to create more than 5 collections. Please upgrade your account",
};

/// Posts of one of its collections.
pub const POSTS: Quota = Quota {
    name: "post_collection_item",
    free: 10,
    refusal: "you are not allowed to add more than 10 posts in one collection. Please upgrade your account",
};

/// The same where a file adds them.
pub const POSTS_OF_FILE: Quota = Quota {
    refusal: "You are not allowed to add more than 10 posts in one collection. Please upgrade your account.",
    ..POSTS
};
