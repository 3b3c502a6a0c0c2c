//! Columns of an account that follow from its other columns. Everything that writes accounts
//! recomputes them from the merged row.

use crate::core::types::country_name;

/// Country whose accounts can be offered to tenants.
const SAAS_COUNTRY: &str = "IN";

/// Label by size of the audience; none where that is unknown.
pub fn label(followers: Option<i64>) -> Option<&'static str> {
    followers.map(|followers| match followers {
        ..1_000 => "Nano",
        1_000..75_000 => "Micro",
        75_000..1_000_000 => "Macro",
        _ => "Mega",
    })
}

/// Words of both names, lower-cased, each once, in order: `name` and `handle` of an Instagram
/// account, `title` and `username` of a channel.
pub fn keywords(name: Option<&str>, handle: Option<&str>) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    for text in [name, handle].into_iter().flatten() {
        for word in text.to_lowercase().split_whitespace() {
            if !keywords.iter().any(|known| known == word) {
                keywords.push(word.to_owned());
            }
        }
    }
    keywords
}

/// Both names in one lower-cased text.
pub fn search_phrase(name: Option<&str>, handle: Option<&str>) -> String {
    let text = format!("{} {}", name.unwrap_or_default(), handle.unwrap_or_default());
    text.trim().to_lowercase()
}

/// What decides whether an Instagram account can be offered to tenants.
#[derive(Debug, Clone, Copy, Default)]
pub struct InstagramReach<'a> {
    /// Country code.
    pub country: Option<&'a str>,
    /// Followers.
    pub followers: Option<i64>,
    /// Average reach of a post.
    pub avg_reach: Option<f64>,
    /// Average likes of a post.
    pub avg_likes: Option<f64>,
    /// Average comments of a post.
    pub avg_comments: Option<f64>,
    /// Fraction; unknown counts as 0.
    pub engagement_rate: Option<f64>,
}

impl InstagramReach<'_> {
    /// Value of `enabled_for_saas`.
    pub fn enabled_for_saas(&self) -> bool {
        self.country == Some(SAAS_COUNTRY)
            && self.followers.is_some()
            && self.avg_reach.is_some()
            && self.avg_likes.is_some()
            && self.avg_comments.is_some()
            && self.engagement_rate.is_some_and(|rate| rate != 0.0)
    }
}

/// What decides whether a channel can be offered to tenants.
#[derive(Debug, Clone, Copy, Default)]
pub struct YoutubeReach<'a> {
    /// Country code.
    pub country: Option<&'a str>,
    /// Subscribers.
    pub followers: Option<i64>,
    /// Views of all videos.
    pub views_count: Option<i64>,
    /// Average views of a video.
    pub avg_views: Option<f64>,
}

impl YoutubeReach<'_> {
    /// Value of `enabled_for_saas`.
    pub fn enabled_for_saas(&self) -> bool {
        self.country == Some(SAAS_COUNTRY)
            && self.followers.is_some()
            && self.views_count.is_some()
            && self.avg_views.is_some()
    }
}

/// City, state and country of an account as its location columns hold them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Each word with a capital.
    pub city: Option<String>,
    /// Each word with a capital.
    pub state: Option<String>,
    /// Country code in upper case.
    pub country: Option<String>,
}

impl Place {
    /// Brings the parts into their stored form; blank ones are none.
    pub fn new(city: Option<&str>, state: Option<&str>, country: Option<&str>) -> Self {
        let present = |text: &&str| !text.trim().is_empty();
        Self {
            city: city.filter(present).map(capitalised),
            state: state.filter(present).map(capitalised),
            country: country.filter(present).map(|code| code.trim().to_uppercase()),
        }
    }

    /// Column `location`: the parts with their kind as prefix.
    pub fn location(&self) -> Vec<String> {
        let parts = [("city", &self.city), ("state", &self.state), ("country", &self.country)];
        let present = parts.into_iter().filter_map(|(kind, part)| Some((kind, part.as_ref()?)));
        present.map(|(kind, part)| format!("{kind}_{part}")).collect()
    }

    /// Column `location_list`: the plain names.
    pub fn location_list(&self) -> Vec<String> {
        let country = self.country.as_deref().map(|code| country_name(code).to_owned());
        [self.city.clone(), self.state.clone(), country].into_iter().flatten().collect()
    }
}

/// Words begin after blanks and any other ASCII character that is no letter or digit. All but their first
/// letters stay as they are: `JNPT`, `Navi-Mumbai`.
fn capitalised(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut capitals = String::with_capacity(text.len());
    let mut begins = true;
    for letter in words.join(" ").chars() {
        if begins {
            capitals.extend(letter.to_uppercase());
        } else {
            capitals.push(letter);
        }
        begins = letter.is_ascii() && !letter.is_ascii_alphanumeric();
    }
    capitals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_change_at_their_bounds() {
        let labels = [999, 1_000, 74_999, 75_000, 1_000_000].map(|count| label(Some(count)));
        assert_eq!(labels, ["Nano", "Micro", "Micro", "Macro", "Mega"].map(Some));
        assert_eq!(label(None), None);
    }

    #[test]
    fn names_become_words_and_one_phrase() {
        let names = (Some("Foo Bar"), Some("Foo.Bar"));
        assert_eq!(keywords(names.0, names.1), ["foo", "bar", "foo.bar"]);
        assert_eq!(search_phrase(names.0, names.1), "foo bar foo.bar");
        assert_eq!(search_phrase(None, Some("Foo")), "foo");
        assert_eq!(keywords(None, None), Vec::<String>::new());
    }

    #[test]
    fn saas_needs_the_country_and_every_metric() {
        let reach = InstagramReach {
            country: Some("IN"),
            followers: Some(1),
            avg_reach: Some(0.0),
            avg_likes: Some(0.0),
            avg_comments: Some(0.0),
            engagement_rate: Some(0.01),
        };
        assert!(reach.enabled_for_saas());
        assert!(!InstagramReach { country: Some("US"), ..reach }.enabled_for_saas());
        assert!(!InstagramReach { avg_reach: None, ..reach }.enabled_for_saas());
        for engagement_rate in [None, Some(0.0)] {
            assert!(!InstagramReach { engagement_rate, ..reach }.enabled_for_saas());
        }
        let channel = YoutubeReach {
            country: Some("IN"),
            followers: Some(1),
            views_count: Some(1),
            avg_views: Some(1.0),
        };
        assert!(channel.enabled_for_saas());
        assert!(!YoutubeReach { avg_views: None, ..channel }.enabled_for_saas());
    }

    #[test]
    fn places_are_stored_by_kind_and_by_name() {
        let place = Place::new(Some("new delhi"), Some(" "), Some("in"));
        assert_eq!(place.location(), ["city_New Delhi", "country_IN"]);
        assert_eq!(place.location_list(), ["New Delhi", "India"]);
        for (sent, stored) in [
            (" JNPT ", "JNPT"),
            ("navi-Mumbai", "Navi-Mumbai"),
            ("st. o'fallon (west)", "St. O'Fallon (West)"),
            ("élan  24x7", "Élan 24x7"),
            ("पुणे", "पुणे"),
        ] {
            assert_eq!(Place::new(Some(sent), None, None).city.as_deref(), Some(stored));
        }
    }
}
