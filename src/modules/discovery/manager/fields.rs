//! Fields that a search can filter by, and what they stand for.

use crate::core::query::{Kind, Operand};
use crate::core::types::Platform;
use Kind::{Bool, Date, Float, Integer, JsonArray, JsonBool, JsonNumber, Name, Text, TextArray};

/// How the value of a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As stored.
    Plain,
    /// In any case; stored in upper case.
    UpperCase,
    /// In percent; stored as a fraction.
    Percent,
}

/// Where a field lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The account.
    Account,
    /// Its campaign profile.
    Campaign,
    /// The collections it is in, and its items there.
    Collection,
}

/// What a field stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub home: Home,
    pub operand: Operand,
    pub reading: Reading,
}

/// Name, column of an Instagram account, column of a channel, type.
type AccountField = (&'static str, Option<&'static str>, Option<&'static str>, Kind);

#[rustfmt::skip]
const ACCOUNT: &[AccountField] = &[
    both("keywords", "account.keywords", TextArray),
    both("search_phrase", "account.search_phrase", Name("account.search_text")),
    both("gender", "account.gender", Text),
    both("isBlacklisted", "account.is_blacklisted", Bool),
    both("location", "account.location", TextArray),
    both("location_list", "account.location_list", TextArray),
    both("languages", "account.languages", TextArray),
    both("categories", "account.categories", TextArray),
    both("dateOfBirth", "account.dob", Date),
    both("followers", "account.followers", Integer),
    both("flag_contact_info_available", "account.flag_contact_info_available", Bool),
    both("profileLabel", "account.label", Text),
    both("profile_type", "account.profile_type", Text),
    both("avg_views", "account.avg_views", Float),
    both("averageVideoViews", "account.avg_views", Float),
    both("id", "account.id", Integer),
    both("city", "account.city", Text),
    both("state", "account.state", Text),
    both("country", "account.country", Text),
    ("name", Some("account.name"), Some("account.title"), Name("account.name_text")),
    ("numOfSubscribers", None, Some("account.followers"), Integer),
    ("numOfVideos", None, Some("account.uploads_count"), Integer),
    ("avg_likes", Some("account.avg_likes"), None, Float),
    ("averageLikes", Some("account.avg_likes"), None, Float),
    ("following", Some("account.following"), None, Integer),
    ("ffratio", Some("account.ffratio"), None, Float),
    ("engagement_rate", Some("account.engagement_rate"), None, Float),
    ("averageEngagement", Some("account.engagement_rate"), None, Float),
    ("post_count", Some("account.post_count"), None, Integer),
    ("numOfPosts", Some("account.post_count"), None, Integer),
];

const fn both(name: &'static str, column: &'static str, kind: Kind) -> AccountField {
    (name, Some(column), Some(column), kind)
}

/// Name, column, type, JSON key.
type JoinedField = (&'static str, &'static str, Kind, Option<&'static str>);

const DETAILS: &str = "campaign.admin_details";

#[rustfmt::skip]
const JOINED: &[JoinedField] = &[
    ("onGcc", "campaign.on_gcc", Bool, None),
    ("creatorCohorts", DETAILS, JsonArray, Some("creatorCohorts")),
    ("creatorPrograms", DETAILS, JsonArray, Some("creatorPrograms")),
    ("categoryIds", DETAILS, JsonArray, Some("campaignCategoryIds")),
    ("shortlistId", "item.shortlist_id", Text, None),
    ("shortlistingStatus", "item.shortlisting_status", Text, None),
    ("campaignProfileId", "item.campaign_profile_id", Integer, None),
    ("itemEnabled", "item.enabled", Bool, None),
    ("itemHidden", "item.hidden", Bool, None),
    ("campaignId", "collection.campaign_id", Integer, None),
    ("collectionId", "collection.id", Integer, None),
    ("collectionShareId", "collection.share_id", Text, None),
];

/// What fields mean to the platform's own partner, where that differs. A phone number can be
/// confirmed by nobody else.
#[rustfmt::skip]
const ADMIN: &[JoinedField] = &[
    ("keywords", "account.keywords_admin", TextArray, None),
    ("search_phrase", "account.search_phrase_admin", Name("account.search_text_admin"), None),
    ("gender", "campaign.gender", Text, None),
    ("phone", "campaign.phone", TextArray, None),
    ("isBlacklisted", DETAILS, JsonBool, Some("isBlacklisted")),
    ("location_list", "campaign.location", TextArray, None),
    ("languages", "campaign.languages", TextArray, None),
    ("dateOfBirth", "campaign.dob", Date, None),
];

const AGE_BUCKETS: &[&str] = &["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"];
const GENDERS: &[&str] = &["male_per", "female_per", "other_per"];
const INSTAGRAM_POSTS: &[&str] = &["image_posts", "reel_posts", "story_posts"];
const YOUTUBE_POSTS: &[&str] = &["video_posts", "short_posts"];
const PLACES: &[&str] = &["city", "state", "country"];

/// What a field of this name stands for; `None` for names that a search ignores.
pub fn target(name: &str, platform: Platform, is_admin: bool) -> Option<Target> {
    let admin = if is_admin { ADMIN } else { &[] };
    let joined = admin.iter().chain(JOINED).find(|(known, ..)| *known == name);
    let operand = match joined {
        Some((_, column, kind, key)) => {
            let path = key.iter().map(|key| (*key).to_owned()).collect();
            Operand { column, kind: *kind, path }
        }
        None => account_column(name, platform).or_else(|| document(name, platform))?,
    };
    let reading = match name {
        "gender" => Reading::UpperCase,
        "engagement_rate" | "averageEngagement" => Reading::Percent,
        _ => Reading::Plain,
    };
    Some(Target { home: home(operand.column), operand, reading })
}

/// Whether the name stands for something on a platform, for whomever.
pub fn is_known(name: &str) -> bool {
    [Platform::Instagram, Platform::Youtube].into_iter().any(|p| target(name, p, true).is_some())
}

/// Whether the field is one of names, which are found whatever form they are written in.
pub fn is_name(field: &str) -> bool {
    let target = target(field, Platform::Instagram, false);
    target.is_some_and(|target| matches!(target.operand.kind, Name(_)))
}

fn account_column(name: &str, platform: Platform) -> Option<Operand> {
    let (_, instagram, youtube, kind) = ACCOUNT.iter().find(|(known, ..)| *known == name)?;
    let column = match platform {
        Platform::Instagram => instagram,
        Platform::Youtube => youtube,
    };
    Some(Operand { column: (*column)?, kind: *kind, path: Vec::new() })
}

/// Numbers in documents. A place is the whole rest of the name, dots and blanks included.
fn document(name: &str, platform: Platform) -> Option<Operand> {
    let (first, rest) = name.split_once('.')?;
    let posts = match platform {
        Platform::Instagram => INSTAGRAM_POSTS,
        Platform::Youtube => YOUTUBE_POSTS,
    };
    let (column, keys) = match first {
        "audience_age" => ("account.audience_age", AGE_BUCKETS),
        "audience_gender" => ("account.audience_gender", GENDERS),
        "est_post_price" => ("account.est_post_price", posts),
        "est_reach" => ("account.est_reach", posts),
        "est_impressions" => ("account.est_impressions", posts),
        "audience_location" => ("account.audience_location", PLACES),
        _ => return None,
    };
    let path = if first == "audience_location" {
        let (level, place) = rest.split_once('.').filter(|(_, place)| !place.is_empty())?;
        vec![level.to_owned(), place.to_owned()]
    } else {
        vec![rest.to_owned()]
    };
    let is_known = path.first().is_some_and(|key| keys.contains(&key.as_str()));
    is_known.then_some(Operand { column, kind: JsonNumber, path })
}

fn home(column: &str) -> Home {
    match column.split('.').next() {
        Some("campaign") => Home::Campaign,
        Some("item" | "collection") => Home::Collection,
        _ => Home::Account,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(
        name: &str,
        platform: Platform,
        is_admin: bool,
    ) -> Option<(&'static str, Vec<String>)> {
        target(name, platform, is_admin).map(|target| (target.operand.column, target.operand.path))
    }

    #[test]
    fn platforms_have_their_own_fields() {
        let name = |platform| column("name", platform, false).map(|(column, _)| column);
        assert_eq!(name(Platform::Instagram), Some("account.name"));
        assert_eq!(name(Platform::Youtube), Some("account.title"));
        assert_eq!(column("engagement_rate", Platform::Youtube, false), None);
        assert_eq!(column("numOfVideos", Platform::Instagram, false), None);
        assert!(column("est_reach.short_posts", Platform::Youtube, false).is_some());
        assert_eq!(column("est_reach.short_posts", Platform::Instagram, false), None);
    }

    #[test]
    fn the_platforms_partner_searches_campaign_profiles() {
        let of = |name, is_admin| target(name, Platform::Instagram, is_admin).map(|t| t.home);
        assert_eq!(of("phone", false), None);
        assert_eq!(of("phone", true), Some(Home::Campaign));
        assert_eq!(of("isBlacklisted", false), Some(Home::Account));
        assert_eq!(of("isBlacklisted", true), Some(Home::Campaign));
        assert_eq!(of("collectionId", false), Some(Home::Collection));
    }

    #[test]
    fn place_names_are_free_and_other_keys_are_not() {
        assert_eq!(
            column("audience_location.city.St. Louis", Platform::Instagram, false),
            Some(("account.audience_location", vec!["city".into(), "St. Louis".into()]))
        );
        for name in [
            "audience_location.city.",
            "audience_location.city",
            "audience_location.town.Pune",
            "audience_age.18-25",
            "audience_age",
            "mycity') OR 1=1 --",
            "city.x",
        ] {
            assert_eq!(column(name, Platform::Instagram, true), None, "{name}");
        }
    }
}
