//! From an announced account to what is stored, and to what follows from the merged row.

use super::super::dto::{InstagramAccountIn, YoutubeAccountIn};
use super::super::entity::facts::{
    DerivedColumns, Facts, InstagramFacts, Merged, Rest, YoutubeFacts,
};
use super::admin_search::AdminSearch;
use super::derived::{InstagramReach, Place, YoutubeReach, keywords, label, search_phrase};
use crate::core::error::{Code, Error};
use crate::core::types::{LARGEST_COUNT, Platform, shown_handle};

/// Longest text of an account, in bytes: several times what the platforms allow.
const LONGEST_TEXT: usize = 20_000;
/// Longest name, in characters: that of their columns.
const LONGEST_NAME: usize = 255;

/// What is known of an announced account.
///
/// # Errors
/// A blank id or handle, a text or number that no account has.
pub fn instagram(account: InstagramAccountIn) -> Result<InstagramFacts, Error> {
    let count = |value| number("a count", value, |count| count as f64);
    let average = |value| number("an average", value, |average| average);
    storable(InstagramFacts {
        ig_id: required("ig_id", account.ig_id)?,
        handle: required("handle", shown_handle(Platform::Instagram, &account.handle))?,
        business_id: name(account.business_id)?,
        thumbnail: text(account.profile_pic)?,
        bio: text(account.bio)?,
        name: name(account.name)?,
        followers: count(account.followers)?,
        following: count(account.following)?,
        post_count: count(account.num_of_posts)?,
        is_private: account.is_private,
        account_type: name(account.account_type)?,
        city: name(account.city)?,
        state: name(account.state)?,
        country: name(account.country)?,
        engagement_rate: average(account.avg_engagement)?,
        avg_likes: average(account.avg_likes)?,
        avg_comments: average(account.avg_comments)?,
        avg_reach: average(account.avg_reach)?,
        avg_views: average(account.avg_views_count)?,
        avg_reels_play_count: average(account.avg_play_count)?,
        ffratio: average(account.ffratio)?,
        image_reach: average(account.avg_static_reach)?.map(rounded),
        story_reach: average(account.story_reach)?.map(rounded),
    })
}

/// What is known of an announced channel.
///
/// # Errors
/// As [`instagram`].
pub fn youtube(account: YoutubeAccountIn) -> Result<YoutubeFacts, Error> {
    let count = |value| number("a count", value, |count| count as f64);
    storable(YoutubeFacts {
        channel_id: required("handle", shown_handle(Platform::Youtube, &account.handle))?,
        title: name(account.title)?,
        thumbnail: text(account.profile_pic)?,
        followers: count(account.subscribers)?,
        uploads_count: count(account.uploads)?,
        views_count: count(account.views)?,
        city: name(account.city)?,
        state: name(account.state)?,
        country: name(account.country)?,
    })
}

/// The columns that follow from a merged row.
pub fn derived(row: &Merged, admin: AdminSearch) -> DerivedColumns {
    let (name, handle) = (row.name.as_deref(), row.handle.as_deref());
    let place = place(row);
    DerivedColumns {
        label: label(row.followers),
        keywords: keywords(name, handle),
        search_phrase: search_phrase(name, handle),
        keywords_admin: admin.keywords,
        search_phrase_admin: admin.phrase,
        location: place.location(),
        location_list: place.location_list(),
        enabled_for_saas: enabled_for_saas(row, place.country.as_deref()),
    }
}

/// City, state and country of a merged row as they are stored.
pub fn place(row: &Merged) -> Place {
    let [city, state, country] = &row.place;
    Place::new(city.as_deref(), state.as_deref(), country.as_deref())
}

/// The same in the order of the columns.
pub fn stored_place(row: &Merged) -> [Option<String>; 3] {
    let Place { city, state, country } = place(row);
    [city, state, country]
}

fn enabled_for_saas(row: &Merged, country: Option<&str>) -> bool {
    if row.channel_id.is_some() {
        let (views_count, avg_views) = (row.views_count, row.avg_views);
        return YoutubeReach { country, followers: row.followers, views_count, avg_views }
            .enabled_for_saas();
    }
    let reach = InstagramReach {
        country,
        followers: row.followers,
        avg_reach: row.avg_reach,
        avg_likes: row.avg_likes,
        avg_comments: row.avg_comments,
        engagement_rate: row.engagement_rate,
    };
    reach.enabled_for_saas()
}

/// The facts, unless the form in which their place is stored is too long.
fn storable<F: Facts>(facts: F) -> Result<F, Error> {
    let place = place(&facts.merged(&Rest::default()));
    for part in [&place.city, &place.state, &place.country].into_iter().flatten() {
        short(part)?;
    }
    Ok(facts)
}

fn required(member: &'static str, text: String) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid_value(member, format!("invalid payload: {member} is blank")));
    }
    short(text)?;
    Ok(text.to_owned())
}

/// A short text; a blank one says nothing.
fn name(name: Option<String>) -> Result<Option<String>, Error> {
    let name = name.filter(|name| !name.trim().is_empty());
    name.as_deref().map(short).transpose()?;
    Ok(name)
}

fn short(name: &str) -> Result<(), Error> {
    if name.chars().count() > LONGEST_NAME { Err(too_long()) } else { clean(name) }
}

/// Refuses the character that no text of PostgreSQL holds.
fn clean(text: &str) -> Result<(), Error> {
    if text.contains('\0') {
        let text = "invalid payload: a text has a NUL character";
        return Err(Error::refused(Code::InvalidValue, text));
    }
    Ok(())
}

fn too_long() -> Error {
    Error::refused(Code::InvalidValue, "invalid payload: a text is too long")
}

/// A text; a blank one says nothing.
fn text(text: Option<String>) -> Result<Option<String>, Error> {
    let text = text.filter(|text| !text.trim().is_empty());
    if text.as_ref().is_some_and(|text| text.len() > LONGEST_TEXT) {
        return Err(too_long());
    }
    text.as_deref().map(clean).transpose()?;
    Ok(text)
}

fn number<T: Copy>(
    what: &str,
    value: Option<T>,
    size: impl Fn(T) -> f64,
) -> Result<Option<T>, Error> {
    match value {
        Some(value) if size(value).abs() > LARGEST_COUNT as f64 => {
            let text = format!("invalid payload: {what} is out of range");
            Err(Error::refused(Code::InvalidValue, text))
        }
        value => Ok(value),
    }
}

fn rounded(average: f64) -> i64 {
    average.round() as i64
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(more: Value) -> Result<InstagramFacts, String> {
        let mut payload = json!({"ig_id": "77", "handle": "asha"});
        for (member, value) in more.as_object().expect("members") {
            payload[member] = value.clone();
        }
        let account = serde_json::from_value(payload).map_err(|error| error.to_string())?;
        instagram(account).map_err(|error| error.to_string())
    }

    #[test]
    fn reaches_are_rounded_and_not_swapped() {
        let facts = read(json!({"avg_static_reach": 100.6, "story_reach": 40.4})).expect("facts");
        assert_eq!((facts.image_reach, facts.story_reach), (Some(101), Some(40)));
    }

    #[test]
    fn blank_texts_say_nothing_and_unknown_members_are_ignored() {
        let facts = read(json!({"name": " ", "city": "", "new": {"x": 1}})).expect("facts");
        assert_eq!((facts.name, facts.city), (None, None));
    }

    #[test]
    fn what_no_account_has_is_refused() {
        for bad in [
            json!({"ig_id": " "}),
            json!({"ig_id": null}),
            json!({"handle": ""}),
            json!({"handle": 5}),
            json!({"followers": i64::MAX}),
            json!({"followers": 1.5}),
            json!({"followers": "many"}),
            json!({"story_reach": 1e300}),
            json!({"avg_likes": "NaN"}),
            json!({"bio": "x".repeat(LONGEST_TEXT + 1)}),
            json!({"bio": "nul\u{0}character"}),
            json!({"handle": "h\u{0}"}),
            json!({"name": "ы".repeat(LONGEST_NAME + 1)}),
            json!({"ig_id": "7".repeat(LONGEST_NAME + 1)}),
            // In capitals it is twice as long.
            json!({"country": "ŉ".repeat(LONGEST_NAME)}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad:.40}");
        }
        let channel = json!({"handle": "\t", "views": 1});
        assert!(youtube(serde_json::from_value(channel).expect("a channel")).is_err());
    }

    #[test]
    fn the_longest_texts_are_possible() {
        let longest = json!({"name": "ы".repeat(LONGEST_NAME), "bio": "x".repeat(LONGEST_TEXT)});
        assert!(read(longest).is_ok());
    }

    #[test]
    fn everything_follows_from_the_merged_row() {
        let row = Merged {
            name: Some("Foo Bar".to_owned()),
            handle: Some("Foo.Bar".to_owned()),
            followers: Some(75_000),
            place: [Some("new delhi".to_owned()), None, Some("in".to_owned())],
            avg_reach: Some(1.0),
            avg_likes: Some(1.0),
            avg_comments: Some(1.0),
            engagement_rate: Some(0.1),
            ..Merged::default()
        };
        let columns = derived(&row, AdminSearch::default());
        assert_eq!(columns.label, Some("Macro"));
        assert_eq!(columns.keywords, ["foo", "bar", "foo.bar"]);
        assert_eq!(columns.search_phrase, "foo bar foo.bar");
        assert_eq!(columns.location, ["city_New Delhi", "country_IN"]);
        assert_eq!(columns.location_list, ["New Delhi", "India"]);
        assert!(columns.enabled_for_saas);
        let unknown = Merged { engagement_rate: None, ..row };
        assert!(!derived(&unknown, AdminSearch::default()).enabled_for_saas);
    }
}
