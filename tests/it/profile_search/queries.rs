//! Searches as documented: every field with every operator, values that exist and others.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::accounts::{AGES, CITIES, GENDERS, NAMES, POSTS, WORDS};

const NUMBERS: &[&str] =
    &["0", "1", "-1", "7", "10", "999.5", "1000", "1000000", "3000000000", "0.035"];
const SHARES: &[&str] = &["0", "10", "40", "12.34", "1.5", "99.9", "55"];
const FLAGS: &[&str] = &["true", "false"];
const DATES: &[&str] = &["1990-02-28", "1999-12-31", "2001-01-01", "1910-01-01"];

/// What values a field has.
#[derive(Debug, Clone, Copy)]
enum Of {
    Text(&'static [&'static str]),
    List,
    Number,
    Share,
    Flag,
    Date,
}

use Of::{Date, Flag, List, Number, Share, Text};

const FIELDS: &[(&str, Of)] = &[
    ("keywords", List),
    ("search_phrase", Text(NAMES)),
    ("name", Text(NAMES)),
    ("gender", Text(&["MALE", "female"])),
    ("isBlacklisted", Flag),
    ("location", List),
    ("location_list", List),
    ("languages", List),
    ("categories", List),
    ("dateOfBirth", Date),
    ("followers", Number),
    ("numOfSubscribers", Number),
    ("numOfVideos", Number),
    ("flag_contact_info_available", Flag),
    ("profileLabel", Text(&["Micro", "micro", "acro"])),
    ("profile_type", Text(&["personal", "brand"])),
    ("avg_views", Number),
    ("averageVideoViews", Number),
    ("id", Number),
    ("city", Text(CITIES)),
    ("state", Text(CITIES)),
    ("country", Text(&["IN", "US"])),
    ("avg_likes", Number),
    ("averageLikes", Number),
    ("following", Number),
    ("ffratio", Number),
    ("engagement_rate", Number),
    ("averageEngagement", Number),
    ("post_count", Number),
    ("numOfPosts", Number),
    ("audience_age", Text(&["18-24", "25-34"])),
    ("audience_gender", Text(&["MALE", "FEMALE"])),
    ("audience_location.city.St. Louis", Share),
    ("audience_location.city.a.b", Share),
    ("audience_location.state.MH", Share),
    ("audience_location.country.IN", Share),
    ("name,search_phrase,city", Text(NAMES)),
    ("avg_likes,avg_views", Number),
    ("phone", Text(&["98", "97"])),
    ("onGcc", Flag),
    ("creatorCohorts", List),
    ("creatorPrograms", List),
    ("categoryIds", List),
    ("collectionId", Text(&["1", "2", "999"])),
    ("collectionShareId", Text(&["collection 1", "collection 2", ""])),
    ("campaignId", Text(&["11", "12"])),
    ("campaignProfileId", Text(&["1", "2", "3"])),
    ("shortlistId", Text(&["a", "b"])),
    ("shortlistingStatus", Text(&["YES", "NO"])),
    ("itemEnabled", Flag),
    ("itemHidden", Flag),
];

/// Documents with a number for each of these keys.
const DOCUMENTS: &[(&str, &[&str])] = &[
    ("audience_age", AGES),
    ("audience_gender", GENDERS),
    ("est_post_price", POSTS),
    ("est_reach", POSTS),
    ("est_impressions", POSTS),
];

const SORTS: &[&str] = &[
    "followers",
    "plays",
    "avg_likes",
    "engagement_rate",
    "avg_views",
    "views_count",
    "profile_collection_item.rank",
    "followers,reels_reach,engagement_rate",
    "engagement_rate,engagement_rate_grade_order,followers",
    "engagement_rate_grade_order,engagement_rate,followers",
    "image_reach,followers,engagement_rate",
    "reels_reach,followers,engagement_rate",
    "story_reach,followers,engagement_rate",
    "avg_likes,avg_likes_grade_order,followers",
    "avg_likes_grade_order,avg_likes,followers",
    "avg_comments,avg_likes,followers",
    "followers,views_30d,avg_views",
    "views_30d,views_30d_grade_order,followers",
    "views_30d_grade_order,views_30d,followers",
    "avg_views,followers,views_30d",
    "avg_posts_per_week,followers,views_30d",
    "nonsense",
];

/// The first page more often than others, and the last that there is.
const PAGES: &[u64] = &[1, 1, 1, 2, 3, 9, 999];

/// A search: path with its query, and the body.
#[derive(Debug, Clone)]
pub struct Query {
    pub path: String,
    pub body: Value,
    /// Whether all pages are asked for, each behind the one before.
    pub is_walk: bool,
}

fn filter() -> BoxedStrategy<Value> {
    let fields = FIELDS.iter().map(|(field, of)| ((*field).to_owned(), *of));
    let numbers = DOCUMENTS.iter().flat_map(|(document, keys)| {
        keys.iter().map(move |key| (format!("{document}.{key}"), Share))
    });
    let all: Vec<(String, Of)> = fields.chain(numbers).collect();
    select(all).prop_flat_map(|(field, of)| condition(field, of)).boxed()
}

fn condition(field: String, of: Of) -> BoxedStrategy<Value> {
    let orders = ["EQ", "NE", "GTE", "LTE", "GT", "LT"];
    let (operators, values): (Vec<&str>, &'static [&'static str]) = match of {
        Text(values) => (
            vec!["EQ", "EQ", "NE", "LIKE", "LIKE", "GTE", "LTE", "GT", "LT", "IN", "NOTIN"],
            values,
        ),
        List => (vec!["EQ", "NE", "IN", "NOTIN", "ARRAY", "ARRAY_IN"], WORDS),
        Number => ([&orders[..], &["IN", "NOTIN"]].concat(), NUMBERS),
        Share => ([&orders[..], &["IN", "NOTIN"]].concat(), SHARES),
        Flag => (vec!["BOOL", "EQ", "NE"], FLAGS),
        Date => ([&orders[..], &["IN", "NOTIN"]].concat(), DATES),
    };
    // Now and then a part of a text, or a list that is a set.
    let value = prop_oneof![
        8 => select(values).prop_map(str::to_owned),
        1 => (select(values), 0..4_usize).prop_map(|(text, n)| text.chars().skip(n).take(3).collect()),
        2 => prop::collection::vec(select(values), 2..5).prop_map(|some| some.join(",")),
        1 => select(values).prop_map(|one| {
            (0..40).map(|n| n.to_string()).chain([one.to_owned()]).collect::<Vec<_>>().join(",")
        }),
    ];
    (select(operators), value)
        .prop_map(move |(operator, value)| {
            json!({"filterType": operator, "field": field, "value": value})
        })
        .boxed()
}

/// A documented search.
pub fn query() -> impl Strategy<Value = Query> {
    let filters = prop::collection::vec(filter(), 0..4);
    let list = (
        select(SORTS),
        select(&["ASC", "DESC"][..]),
        select(PAGES),
        select(&[1_u64, 3, 10, 50][..]),
    );
    let platform = select(&["INSTAGRAM", "INSTAGRAM", "YOUTUBE", "ALL"][..]);
    (platform, filters, list, 0..8_u8).prop_map(|(platform, filters, (sort, direction, page, size), odd)| {
        let is_walk = odd == 0 && platform != "ALL";
        let paging = if is_walk { "paging=keyset".to_owned() } else { format!("cursor={page}") };
        let counts = match odd {
            1 => "&computeCounts=false",
            2 => "&campaignProfileJoin=true",
            _ => "",
        };
        let path = format!(
            "/discovery-service/api/profile/{platform}/search?sortBy={sort}&sortDir={direction}&size={size}&{paging}{counts}"
        );
        Query { path, body: json!({"filters": filters}), is_walk }
    })
}
