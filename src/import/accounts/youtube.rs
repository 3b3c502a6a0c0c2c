//! Channels whose videos were observed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{name, snapshot};
use crate::import::entity::Totals;
use crate::modules::discovery::AdminSearch;
use crate::modules::discovery::derived::{Place, YoutubeReach, keywords, label, search_phrase};

/// What is stored about a channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::import) struct Stored {
    pub(in crate::import) id: i64,
    pub(in crate::import) channel_id: String,
    title: Option<String>,
    username: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    followers: Option<i64>,
    categories: Option<Vec<String>>,
    last_synced_at: Option<DateTime<Utc>>,
    admin_details: Option<Value>,
    user_details: Option<Value>,
}

/// What is written, named like the columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::import) struct Columns {
    id: i64,
    title: Option<String>,
    country: Option<String>,
    categories: Option<Vec<String>>,
    views_count: Option<i64>,
    uploads_count: u64,
    avg_views: Option<f64>,
    latest_video_publish_time: DateTime<Utc>,
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
pub(in crate::import) fn merge(stored: Stored, totals: &Totals) -> Option<Columns> {
    let snapshot = snapshot(totals.last_observed_on);
    if stored.last_synced_at.is_some_and(|synced| synced > snapshot) {
        return None;
    }
    let title = name(&totals.name).or(stored.title);
    let country = totals.country.as_deref().or(stored.country.as_deref());
    let place = Place::new(stored.city.as_deref(), stored.state.as_deref(), country);
    let (title_text, username) = (title.as_deref(), stored.username.as_deref());
    let admin = AdminSearch::new(
        [stored.admin_details.as_ref(), stored.user_details.as_ref()],
        [title_text, username],
        Some(&stored.channel_id),
    );
    let reach = YoutubeReach {
        country: place.country.as_deref(),
        followers: stored.followers,
        views_count: totals.views_count,
        avg_views: totals.avg_views,
    };
    Some(Columns {
        id: stored.id,
        categories: totals.category.clone().map(|one| vec![one]).or(stored.categories),
        views_count: totals.views_count,
        uploads_count: totals.uploads_count,
        avg_views: totals.avg_views,
        latest_video_publish_time: totals.latest_video_publish_time,
        last_synced_at: snapshot,
        label: label(stored.followers),
        keywords: keywords(title_text, username),
        search_phrase: search_phrase(title_text, username),
        search_phrase_admin: admin.phrase,
        keywords_admin: admin.keywords,
        location: place.location(),
        location_list: place.location_list(),
        enabled_for_saas: reach.enabled_for_saas(),
        country: place.country,
        title,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn totals() -> Totals {
        let day = NaiveDate::from_ymd_opt(2018, 6, 14).expect("a day");
        Totals {
            platform_id: "title-1".to_owned(),
            name: "Asha Cooks".to_owned(),
            category: None,
            country: Some("IN".to_owned()),
            views_count: Some(10),
            uploads_count: 4,
            avg_views: Some(2.5),
            latest_video_publish_time: snapshot(day),
            last_observed_on: day,
        }
    }

    #[test]
    fn observed_values_win_and_absent_ones_stay() {
        let stored = Stored {
            id: 7,
            channel_id: "title-1".to_owned(),
            title: Some("Old".to_owned()),
            username: Some("@asha".to_owned()),
            city: Some("pune".to_owned()),
            followers: Some(2_000),
            categories: Some(vec!["Food".to_owned()]),
            ..Stored::default()
        };
        let row = merge(stored, &totals()).expect("written");
        assert_eq!((row.id, row.title.as_deref()), (7, Some("Asha Cooks")));
        assert_eq!(row.categories, Some(vec!["Food".to_owned()]));
        assert_eq!((row.label, row.enabled_for_saas), (Some("Micro"), true));
        assert_eq!(row.search_phrase, "asha cooks @asha");
        assert_eq!(row.keywords_admin, ["asha", "cooks", "@asha", "title-1"]);
        assert_eq!(row.location, ["city_Pune", "country_IN"]);
        assert_eq!(row.location_list, ["Pune", "India"]);
    }

    #[test]
    fn what_is_known_from_a_later_day_stays() {
        let later = snapshot(totals().last_observed_on) + chrono::Duration::days(1);
        let stored = Stored { last_synced_at: Some(later), ..Stored::default() };
        assert_eq!(merge(stored, &totals()), None);
    }
}
