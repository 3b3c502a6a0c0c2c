//! What the collector is asked for in the name of a creator.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// Access of a creator to their own account. It is told to the collector alone, never to a log.
#[derive(Clone, Copy)]
pub struct CreatorToken<'a> {
    /// Access token.
    pub token: &'a str,
    /// The creator's user id.
    pub user_id: &'a str,
}

impl fmt::Debug for CreatorToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreatorToken")
    }
}

/// Numbers by name; what is unknown is null.
pub type Counted = BTreeMap<String, Option<f64>>;

/// Audience of an account as the collector delivers it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CollectedAudience {
    /// People by city.
    pub city: Option<Counted>,
    /// People by gender and age bucket.
    pub gender_age: Option<BTreeMap<String, Option<Counted>>>,
}
