//! What becomes of an account: the rows of a file merged with what is stored.
//!
//! A value of the file wins, one that the file lacks stays; then everything that follows from the
//! merged row is computed again. `enabled`, `deleted`, contacts and links are never touched, nor is an
//! account that was synchronised after the snapshot.

pub(super) mod instagram;
pub(super) mod youtube;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// PostgreSQL holds names of this many characters.
const MAX_NAME: usize = 255;

/// The instant that stands for a day of observation.
fn snapshot(observed_on: NaiveDate) -> DateTime<Utc> {
    observed_on.and_time(NaiveTime::MIN).and_utc()
}

/// The part of a name that PostgreSQL can hold.
fn name(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.chars().take(MAX_NAME).collect())
}
