//! Every field of the search, once per platform: one account matches, another one does not.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{ALL_COUNTRIES, PLATFORMS, id_list, search_by};
use crate::support::{Client, TestApp};

/// Operator, field, value; columns of the account that matches and of the one that does not.
pub struct Case {
    operator: &'static str,
    field: String,
    value: &'static str,
    matching: Value,
    other: Value,
}

fn case(
    (operator, field, value): (&'static str, &str, &'static str),
    matching: Value,
    other: Value,
) -> Case {
    Case { operator, field: field.to_owned(), value, matching, other }
}

fn on_both_platforms() -> Vec<Case> {
    vec![
        case(
            ("ARRAY", "keywords", "food"),
            json!({"keywords": ["food", "x"]}),
            json!({"keywords": ["foo"]}),
        ),
        case(
            ("LIKE", "search_phrase", "SHA r"),
            json!({"search_phrase": "asha rao"}),
            json!({"search_phrase": "asharao"}),
        ),
        case(("EQ", "gender", "female"), json!({"gender": "FEMALE"}), json!({"gender": "MALE"})),
        case(
            ("BOOL", "isBlacklisted", "true"),
            json!({"is_blacklisted": true}),
            json!({"is_blacklisted": false}),
        ),
        case(
            ("ARRAY", "location", "city_Pune"),
            json!({"location": ["city_Pune"]}),
            json!({"location": ["city_Goa"]}),
        ),
        case(
            ("ARRAY", "location_list", "Pune,Goa"),
            json!({"location_list": ["Goa"]}),
            json!({"location_list": ["Agra"]}),
        ),
        case(
            ("ARRAY", "languages", "hi"),
            json!({"languages": ["en", "hi"]}),
            json!({"languages": ["en"]}),
        ),
        case(
            ("GTE", "dateOfBirth", "1990-01-02"),
            json!({"dob": "1990-01-02"}),
            json!({"dob": "1990-01-01"}),
        ),
        case(("GTE", "followers", "5000"), json!({"followers": 5000}), json!({"followers": 4999})),
        case(
            ("ARRAY_IN", "categories", "Food"),
            json!({"categories": ["Food"]}),
            json!({"categories": ["Art"]}),
        ),
        case(
            ("BOOL", "flag_contact_info_available", "1"),
            json!({"flag_contact_info_available": true}),
            json!({}),
        ),
        case(("EQ", "profileLabel", "Mega"), json!({"label": "Mega"}), json!({"label": "Macro"})),
        case(("LTE", "avg_views", "10.5"), json!({"avg_views": 10.5}), json!({"avg_views": 10.6})),
        case(
            ("GT", "averageVideoViews", "10"),
            json!({"avg_views": 10.1}),
            json!({"avg_views": 10}),
        ),
        case(
            ("EQ", "profile_type", "CREATOR"),
            json!({"profile_type": "CREATOR"}),
            json!({"profile_type": "BUSINESS"}),
        ),
        case(("IN", "city", "Pune, Goa"), json!({"city": "Goa"}), json!({"city": "Agra"})),
        case(("NE", "state", "Goa"), json!({"state": "Bihar"}), json!({"state": "Goa"})),
        case(("EQ", "country", "US"), json!({"country": "US"}), json!({"country": "IN"})),
        case(
            ("GTE", "audience_location.city.St. Louis (East)", "2.5"),
            json!({"audience_location": {"city": {"St. Louis (East)": 2.5}}}),
            json!({"audience_location": {"city": {"St": 9}}}),
        ),
        case(
            ("GTE", "audience_location.state.Goa", "10"),
            json!({"audience_location": {"state": {"Goa": 11}}}),
            json!({"audience_location": {"state": {"Goa": 9}}}),
        ),
        case(
            ("LT", "audience_location.country.IN", "50"),
            json!({"audience_location": {"country": {"IN": 49.9}}}),
            json!({"audience_location": {"country": {"IN": 50}}}),
        ),
        case(
            ("EQ", "audience_gender", "MALE"),
            json!({"audience_gender": {"male_per": 40}}),
            json!({"audience_gender": {"male_per": 39.9}}),
        ),
        case(
            ("LTE", "audience_gender", "FEMALE"),
            json!({"audience_gender": {"female_per": 40}}),
            json!({"audience_gender": {"female_per": 39.9}}),
        ),
        case(
            ("EQ", "audience_age", "65+"),
            json!({"audience_age": {"65+": 10}}),
            json!({"audience_age": {"65+": 9.9}}),
        ),
    ]
}

fn documents() -> Vec<Case> {
    let buckets = ["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"];
    let genders = ["male_per", "female_per", "other_per"];
    let keys = buckets.map(|key| ("audience_age", key));
    let keys = keys.into_iter().chain(genders.map(|key| ("audience_gender", key)));
    keys.map(|(column, key)| number_at(column, key)).collect()
}

fn number_at(column: &str, key: &str) -> Case {
    case(
        ("GTE", &format!("{column}.{key}"), "10.5"),
        json!({column: {key: 10.5}}),
        json!({column: {key: 10, "x": 99}}),
    )
}

fn posts(kinds: &[&str]) -> Vec<Case> {
    let columns = ["est_post_price", "est_reach", "est_impressions"];
    columns.iter().flat_map(|column| kinds.iter().map(|kind| number_at(column, kind))).collect()
}

fn on_instagram() -> Vec<Case> {
    let likes = || (json!({"avg_likes": 1.5}), json!({"avg_likes": 1.6}));
    let rate = || (json!({"engagement_rate": 0.035}), json!({"engagement_rate": 0.0349}));
    let mut cases = posts(&["image_posts", "reel_posts", "story_posts"]);
    cases.extend([
        case(("LIKE", "name", "rao"), json!({"name": "Asha Rao"}), json!({"name": "Asha"})),
        case(("LTE", "avg_likes", "1.5"), likes().0, likes().1),
        case(("EQ", "averageLikes", "1.5"), likes().0, likes().1),
        case(("GT", "following", "9"), json!({"following": 10}), json!({"following": 9})),
        case(("LT", "ffratio", "0.5"), json!({"ffratio": 0.4}), json!({"ffratio": 0.5})),
        case(("GTE", "engagement_rate", "3.5"), rate().0, rate().1),
        case(("GTE", "averageEngagement", "3.5"), rate().0, rate().1),
        case(("GTE", "post_count", "7"), json!({"post_count": 7}), json!({"post_count": 6})),
        case(("GTE", "numOfPosts", "6.5"), json!({"post_count": 7}), json!({"post_count": 6})),
    ]);
    cases
}

fn on_youtube() -> Vec<Case> {
    let mut cases = posts(&["video_posts", "short_posts"]);
    cases.extend([
        case(("LIKE", "name", "rao"), json!({"title": "Asha Rao"}), json!({"title": "Asha"})),
        case(("GTE", "numOfSubscribers", "9"), json!({"followers": 9}), json!({"followers": 8})),
        case(
            ("LTE", "numOfVideos", "9"),
            json!({"uploads_count": 9}),
            json!({"uploads_count": 10}),
        ),
    ]);
    cases
}

/// Runs every case in the company of other accounts that would match it.
pub async fn run(app: &TestApp, client: &Client, platform: &str, cases: Vec<Case>) {
    for Case { operator, field, value, matching, other } in cases {
        let matching = app.seed_on(platform, &matching).await;
        let other = app.seed_on(platform, &other).await;
        let either = id_list(&[matching, other]);
        let filters = [("IN", "id", &*either), (operator, &*field, value)];
        let answer = search_by(client, platform, "", &filters).await.success();
        assert_eq!(super::found(&answer), [matching], "{platform} {field} {operator} {value}");
        assert_eq!(answer["status"]["filteredCount"], 1, "{platform} {field}");
    }
}

#[actix_web::test]
async fn every_field_finds_what_matches_and_nothing_else() {
    let app = TestApp::start_with(ALL_COUNTRIES).await;
    let client = app.partner(10, Plan::Paid).await;
    for platform in PLATFORMS {
        run(&app, &client, platform, on_both_platforms()).await;
        run(&app, &client, platform, documents()).await;
    }
    run(&app, &client, "INSTAGRAM", on_instagram()).await;
    run(&app, &client, "YOUTUBE", on_youtube()).await;
}

#[actix_web::test]
async fn fields_of_the_other_platform_and_unknown_ones_are_ignored() {
    let app = TestApp::start_with(ALL_COUNTRIES).await;
    let client = app.partner(10, Plan::Paid).await;
    let everywhere = [
        ("EQ", "shoe_size", "9"),
        ("EQ", "phone", "9876543210"),
        ("EQ", "email", "asha@example.com"),
        ("EQ", "mycity", "Pune"),
        ("EQ", "city.x", "Pune"),
        ("EQ", "account.country", "US"),
        ("EQ", "audience_location.town.Pune", "1"),
        ("EQ", "audience_location.city.", "1"),
        ("EQ", "audience_age.18-25", "1"),
        ("EQ", "audience_gender.all", "1"),
        ("EQ", "est_post_price.any", "1"),
        ("EQ", "enabled_for_saas", "true"),
        ("NEAR", "followers", ""),
    ];
    let instagram = [
        ("GTE", "numOfSubscribers", "999999999"),
        ("GTE", "numOfVideos", "999999999"),
        ("GTE", "est_reach.short_posts", "1"),
        ("GTE", "est_post_price.video_posts", "1"),
        ("EQ", "title", "x"),
    ];
    let youtube = [
        ("GTE", "engagement_rate", "3.5"),
        ("GTE", "averageEngagement", "3.5"),
        ("GTE", "avg_likes", "1"),
        ("GTE", "averageLikes", "1"),
        ("GTE", "following", "1"),
        ("GTE", "ffratio", "1"),
        ("GTE", "post_count", "1"),
        ("GTE", "numOfPosts", "1"),
        ("GTE", "est_impressions.reel_posts", "1"),
    ];
    for (platform, own) in [("INSTAGRAM", &instagram[..]), ("YOUTUBE", &youtube[..])] {
        let account = app.seed_on(platform, &json!({"phone": "1", "email": "x@y.in"})).await;
        for filter in everywhere.iter().chain(own) {
            let answer = search_by(&client, platform, "", &[*filter]).await.success();
            assert_eq!(super::found(&answer), [account], "{platform} {filter:?}");
        }
    }
}

#[actix_web::test]
async fn an_account_is_found_by_its_own_id_alone() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in PLATFORMS {
        let wanted = app.seed_on(platform, &json!({})).await;
        app.seed_on(platform, &json!({})).await;
        let id = wanted.to_string();
        let answer = search_by(&client, platform, "", &[("EQ", "id", &id)]).await.success();
        assert_eq!(super::found(&answer), [wanted]);
    }
}

#[actix_web::test]
async fn deleted_and_disabled_accounts_and_other_countries_are_not_found() {
    let app = TestApp::start().await;
    let (tenant, admin) = (app.partner(10, Plan::Paid).await, app.partner(-1, Plan::Free).await);
    for platform in PLATFORMS {
        app.seed_on(platform, &json!({"deleted": true})).await;
        app.seed_on(platform, &json!({"enabled": false})).await;
        app.seed_on(platform, &json!({"country": null})).await;
        let abroad = app.seed_on(platform, &json!({"country": "US"})).await;
        let home = app.seed_on(platform, &json!({"enabled_for_saas": false})).await;
        for (client, query, expected) in [
            (&tenant, "", vec![home]),
            (&tenant, "?source=GCC", vec![home]),
            (&admin, "", vec![home]),
        ] {
            let answer = search_by(client, platform, query, &[]).await.success();
            assert_eq!(super::found(&answer), expected, "{platform} {query}");
        }
        let exempt = search_by(&admin, platform, "?source=GCC&sortDir=asc", &[]).await.success();
        assert_eq!(super::found(&exempt).len(), 3);
        assert!(super::found(&exempt).contains(&abroad));
        let asked = [("EQ", "country", "US")];
        let answer = search_by(&tenant, platform, "", &asked).await.success();
        assert_eq!(super::found(&answer), [0; 0], "the country of the installation holds too");
    }
}
