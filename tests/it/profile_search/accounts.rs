//! Accounts as they come: values that are missing, odd, equal, huge, of the wrong type.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

pub const NAMES: &[&str] = &[
    "Asha",
    "asha rao",
    "ÅSHA",
    "50% off",
    "a_b\\c",
    "O'Brien",
    "कुमार",
    "Zürich",
    "ﬁne\ttab",
    "",
    "line\nbreak",
    "😀 smile",
    "K\u{212A}elvin",
    "\"quoted\"",
];
pub const WORDS: &[&str] =
    &["Food", "food", "Travel", "a,b", "x'y", "\\N", "ज़", "", "Beauty & Care"];
pub const CITIES: &[&str] = &["Pune", "pune", "St. Louis", "Zürich", "Navi Mumbai", ""];
pub const AGES: &[&str] = &["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+", "other"];
pub const GENDERS: &[&str] = &["male_per", "female_per", "other_per"];
pub const POSTS: &[&str] =
    &["image_posts", "reel_posts", "story_posts", "video_posts", "short_posts"];
const NUMBERS: &[i64] = &[0, 1, -1, 7, 7, 7, 10, 1_000, 99_999, 1_000_000, 3_000_000_000];
const DECIMALS: &[f64] =
    &[0.0, 0.035, 0.035, 0.1, 1.5, 1.5, 12.34, 99.9, 1e-9, 123_456_789.25, -2.5];
const GRADES: &[&str] = &["Poor", "Average", "Good", "Very Good", "Excellent", "poor", "?"];

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 3 => value].boxed()
}

fn text(of: &'static [&'static str]) -> BoxedStrategy<Value> {
    maybe(select(of).prop_map(Value::from))
}

fn list() -> BoxedStrategy<Value> {
    let element = prop_oneof![1 => Just(Value::Null), 9 => select(WORDS).prop_map(Value::from)];
    maybe(prop::collection::vec(element, 0..4).prop_map(Value::from))
}

fn number() -> BoxedStrategy<Value> {
    maybe(select(NUMBERS).prop_map(Value::from))
}

fn decimal() -> BoxedStrategy<Value> {
    maybe(select(DECIMALS).prop_map(Value::from))
}

/// A document whose values are numbers, but for some.
fn document(keys: &'static [&'static str]) -> BoxedStrategy<Value> {
    let value = prop_oneof![
        6 => select(DECIMALS).prop_map(Value::from),
        2 => select(&[0_i64, 10, 40, 55][..]).prop_map(Value::from),
        1 => Just(json!("40")),
        1 => Just(Value::Null),
        1 => Just(json!({"deep": 1})),
    ];
    let entries = prop::collection::vec((select(keys), value), 0..5);
    let document = entries.prop_map(|entries| {
        Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    });
    maybe(prop_oneof![9 => document, 1 => Just(json!([1, 2]))])
}

fn places() -> BoxedStrategy<Value> {
    let level = |keys| document(keys);
    let all = (
        level(&["Pune", "St. Louis", "Zürich", "a.b"]),
        level(&["MH", "KA"]),
        level(&["IN", "US"]),
    );
    maybe(all.prop_map(
        |(city, state, country)| json!({"city": city, "state": state, "country": country}),
    ))
}

/// What both platforms have, and what one of them has.
fn columns(platform: &str) -> Vec<(&'static str, BoxedStrategy<Value>)> {
    let flag = || maybe(any::<bool>().prop_map(Value::from));
    let mut all = vec![
        ("search_phrase", text(NAMES)),
        ("search_phrase_admin", text(NAMES)),
        ("gender", text(&["MALE", "FEMALE"])),
        ("label", text(&["Micro", "Macro"])),
        ("profile_type", text(&["personal", "Brand"])),
        ("city", text(CITIES)),
        ("state", text(CITIES)),
        ("country", prop_oneof![4 => Just(json!("IN")), 1 => text(&["US", "in"])].boxed()),
        ("is_blacklisted", flag()),
        ("flag_contact_info_available", flag()),
        ("dob", text(&["1990-02-28", "1999-12-31", "2001-01-01", "1850-05-05", "2500-01-01"])),
        ("keywords", list()),
        ("keywords_admin", list()),
        ("location", list()),
        ("location_list", list()),
        ("languages", list()),
        ("categories", list()),
        ("followers", number()),
        ("avg_views", decimal()),
        ("audience_age", document(AGES)),
        ("audience_gender", document(GENDERS)),
        ("audience_location", places()),
        ("est_post_price", document(POSTS)),
        ("est_reach", document(POSTS)),
        ("est_impressions", document(POSTS)),
        ("enabled", prop_oneof![9 => Just(json!(true)), 1 => Just(json!(false))].boxed()),
        ("deleted", prop_oneof![9 => Just(json!(false)), 1 => flag()].boxed()),
    ];
    if platform == "INSTAGRAM" {
        all.push(("name", text(NAMES)));
        for column in
            ["following", "post_count", "plays_30d", "reels_reach", "image_reach", "story_reach"]
        {
            all.push((column, number()));
        }
        for column in ["avg_likes", "avg_comments", "ffratio", "engagement_rate"] {
            all.push((column, decimal()));
        }
        all.push(("engagement_rate_grade", text(GRADES)));
        all.push(("avg_likes_grade", text(GRADES)));
    } else {
        all.push(("title", text(NAMES)));
        for column in ["uploads_count", "views_count", "views_30d", "avg_posts_per_week"] {
            all.push((column, number()));
        }
        all.push(("views_30d_grade", text(GRADES)));
    }
    all
}

/// Columns of an account.
pub fn account(platform: &str) -> impl Strategy<Value = Value> + use<> {
    let (names, values): (Vec<_>, Vec<_>) = columns(platform).into_iter().unzip();
    values.prop_map(move |values| {
        let columns = names.iter().zip(values);
        let columns: Map<String, Value> =
            columns.map(|(name, value)| ((*name).to_owned(), value)).collect();
        Value::Object(columns)
    })
}
