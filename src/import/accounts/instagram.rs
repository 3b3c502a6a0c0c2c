//! Profiles of a list of Instagram profiles.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{name, snapshot};
use crate::import::country::country_code;
use crate::import::instagram::Profile;
use crate::import::post_price::PostPrice;
use crate::modules::discovery::AdminSearch;
use crate::modules::discovery::derived::{InstagramReach, Place, keywords, label, search_phrase};

/// What is stored about a profile.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::import) struct Stored {
    /// Handle that led to the account.
    pub(in crate::import) wanted: String,
    pub(in crate::import) id: i64,
    pub(in crate::import) ig_id: String,
    handle: String,
    name: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    followers: Option<i64>,
    authentic_engagement: Option<i64>,
    engagement_rate: Option<f64>,
    avg_reach: Option<f64>,
    avg_likes: Option<f64>,
    avg_comments: Option<f64>,
    categories: Option<Vec<String>>,
    last_synced_at: Option<DateTime<Utc>>,
    admin_details: Option<Value>,
    user_details: Option<Value>,
}

impl Stored {
    /// What another list of the same day said, together with this one.
    fn with(&self, profile: &Profile) -> Profile {
        let mut both = profile.clone();
        let engagement = self.engagement_rate.zip(self.followers);
        both.absorb(Profile {
            handle: self.handle.clone(),
            name: self.name.clone(),
            followers: self.followers,
            country: self.country.as_deref().and_then(country_code),
            authentic_engagement: self.authentic_engagement,
            average_engagement: engagement
                .map(|(rate, count)| (rate * count as f64).round() as i64),
            categories: self.categories.clone().unwrap_or_default(),
            repairs: Vec::new(),
        });
        both
    }
}

/// What is written, named like the columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::import) struct Columns {
    id: i64,
    name: Option<String>,
    country: Option<String>,
    followers: Option<i64>,
    authentic_engagement: Option<i64>,
    /// `None` keeps what is stored, to the last digit.
    engagement_rate: Option<f64>,
    categories: Option<Vec<String>>,
    /// As `engagement_rate`.
    est_post_price: Option<PostPrice>,
    last_synced_at: DateTime<Utc>,
    label: Option<&'static str>,
    keywords: Vec<String>,
    keywords_admin: Vec<String>,
    search_phrase: String,
    search_phrase_admin: String,
    location: Vec<String>,
    location_list: Vec<String>,
    enabled_for_saas: bool,
}

/// The account's row after the import; `None` if it is known from a later day.
pub(in crate::import) fn merge(
    stored: Stored,
    profile: &Profile,
    observed_on: NaiveDate,
) -> Option<Columns> {
    let snapshot = snapshot(observed_on);
    if stored.last_synced_at.is_some_and(|synced| synced > snapshot) {
        return None;
    }
    let profile = match stored.last_synced_at {
        Some(synced) if synced == snapshot => &stored.with(profile),
        _ => profile,
    };
    let name = profile.name.as_deref().and_then(name).or(stored.name);
    let country = profile.country.or(stored.country.as_deref());
    let place = Place::new(stored.city.as_deref(), stored.state.as_deref(), country);
    let followers = profile.followers.or(stored.followers);
    let engagement_rate = profile.engagement_rate().or(stored.engagement_rate);
    let categories = (!profile.categories.is_empty()).then(|| profile.categories.clone());
    let (name_text, handle) = (name.as_deref(), Some(stored.handle.as_str()));
    let admin = AdminSearch::new(
        [stored.admin_details.as_ref(), stored.user_details.as_ref()],
        [name_text, handle],
        None,
    );
    let reach = InstagramReach {
        country: place.country.as_deref(),
        followers,
        avg_reach: stored.avg_reach,
        avg_likes: stored.avg_likes,
        avg_comments: stored.avg_comments,
        engagement_rate,
    };
    Some(Columns {
        id: stored.id,
        followers,
        authentic_engagement: profile.authentic_engagement.or(stored.authentic_engagement),
        engagement_rate: profile.engagement_rate(),
        categories: categories.or(stored.categories),
        est_post_price: PostPrice::estimate(followers, engagement_rate),
        last_synced_at: snapshot,
        label: label(followers),
        keywords: keywords(name_text, handle),
        search_phrase: search_phrase(name_text, handle),
        search_phrase_admin: admin.phrase,
        keywords_admin: admin.keywords,
        location: place.location(),
        location_list: place.location_list(),
        enabled_for_saas: reach.enabled_for_saas(),
        country: place.country,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_file_win_and_absent_ones_stay() {
        let stored = Stored {
            handle: "asha".to_owned(),
            name: Some("Asha Rao".to_owned()),
            country: Some("IN".to_owned()),
            followers: Some(5),
            avg_reach: Some(1.0),
            avg_likes: Some(1.0),
            avg_comments: Some(1.0),
            ..Stored::default()
        };
        let profile = Profile {
            handle: "asha".to_owned(),
            name: None,
            followers: Some(10_000),
            country: None,
            authentic_engagement: None,
            average_engagement: Some(500),
            categories: Vec::new(),
            repairs: Vec::new(),
        };
        let day = NaiveDate::from_ymd_opt(2022, 9, 30).expect("a day");
        let row = merge(stored.clone(), &profile, day).expect("written");
        assert_eq!((row.name.as_deref(), row.country.as_deref()), (Some("Asha Rao"), Some("IN")));
        assert_eq!((row.followers, row.engagement_rate), (Some(10_000), Some(0.05)));
        assert_eq!((row.label, row.enabled_for_saas), (Some("Micro"), true));
        assert_eq!(row.keywords, ["asha", "rao"]);
        assert!(row.est_post_price.is_some() && row.categories.is_none());
        // Two lists of one day, in either order.
        let other = Profile {
            name: Some("Rao".to_owned()),
            followers: Some(20_000),
            average_engagement: Some(400),
            ..profile.clone()
        };
        let after = |first: &Profile, second: &Profile| {
            let row = merge(stored.clone(), first, day).expect("written");
            let stored = Stored {
                name: row.name,
                followers: row.followers,
                engagement_rate: row.engagement_rate,
                last_synced_at: Some(row.last_synced_at),
                ..stored.clone()
            };
            merge(stored, second, day).expect("written")
        };
        assert_eq!(after(&profile, &other), after(&other, &profile));
        assert_eq!(after(&profile, &other).engagement_rate, Some(0.025));
        let later = Stored { last_synced_at: Some(Utc::now()), ..stored };
        assert_eq!(merge(later, &profile, day), None);
    }
}
