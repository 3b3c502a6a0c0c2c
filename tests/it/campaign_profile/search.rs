//! Lists of profiles.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{at, seed};
use crate::support::{Client, TestApp};

const STATEMENTS: &str = "coffee_postgres_statements_total";

pub async fn ids(client: &Client, query: &str, filters: &[(&str, &str, &str)]) -> Vec<i64> {
    let found = client.list(&at(format_args!("/search{query}")), filters).await.success();
    let ids = found["profiles"].as_array().expect("profiles").iter();
    ids.map(|profile| profile["id"].as_i64().expect("an id")).collect()
}

#[actix_web::test]
async fn every_entry_has_its_own_account_and_a_page_costs_four_statements() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    client.list(&at("/search"), &[]).await.success();
    for number in 0..99 {
        let (platform, account) = match number % 2 {
            0 => {
                let handle = json!({"handle": format!("h{number}")});
                ("INSTAGRAM", app.seed_instagram(&handle).await)
            }
            _ => {
                let channel = json!({"channel_id": format!("h{number}")});
                ("YOUTUBE", app.seed_youtube(&channel).await)
            }
        };
        let name = json!({"admin_details": {"name": format!("h{number}")}});
        seed(&app, (platform, account), &name).await;
    }
    let before = app.metric(STATEMENTS).await;
    let found = client.list(&at("/search?size=99&fetchSocials=1"), &[]).await.success();
    let spent = app.metric(STATEMENTS).await - before;
    assert!(spent <= 4.0, "{spent} statements");
    let profiles = found["profiles"].as_array().expect("profiles");
    assert_eq!(profiles.len(), 99);
    assert!(profiles.iter().all(|one| one["handle"] == one["adminDetails"]["name"]));
}

#[actix_web::test]
async fn collections_of_others_find_nothing_unless_they_are_shared() {
    let app = TestApp::start().await;
    let collection = app.seed_collection(20, "shared", &json!({})).await;
    let mut profiles = Vec::new();
    for (rank, hidden) in [(2, false), (1, true)] {
        let account = app.seed_instagram(&json!({})).await;
        let columns = json!({"rank": rank, "hidden": hidden});
        app.seed_item((20, collection), ("INSTAGRAM", account), &columns).await;
        profiles.push(seed(&app, ("INSTAGRAM", account), &json!({})).await);
    }
    let (owner, stranger) = (app.partner(20, Plan::Saas).await, app.partner(10, Plan::Saas).await);
    let admin = app.partner(-1, Plan::Saas).await;
    let number = collection.to_string();
    let own = [("EQ", "collectionId", number.as_str())];
    let by_rank = "?sortBy=profile_collection_item.rank&sortDir=ASC";
    let reversed: Vec<i64> = profiles.iter().rev().copied().collect();
    assert_eq!(ids(&owner, by_rank, &own).await, reversed);
    assert_eq!(ids(&admin, by_rank, &own).await, reversed);
    assert_eq!(ids(&stranger, "", &own).await, Vec::<i64>::new());
    let shared = [("EQ", "collectionShareId", "shared")];
    assert_eq!(ids(&stranger, "", &shared).await, [profiles[0]], "hidden items stay hidden");
    let inner = [shared[0], ("EQ", "itemHidden", "true")];
    let refused = stranger.list(&at("/search"), &inner).await;
    refused.refused("500", "invalid Request");
    let unranked = stranger.list(&at(format_args!("/search{by_rank}")), &[]).await;
    unranked.refused("500", "invalid Request");
}

#[actix_web::test]
async fn profiles_are_ranked_by_their_first_place_in_what_matches() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collections = [
        app.seed_collection(10, "a", &json!({})).await,
        app.seed_collection(10, "b", &json!({})).await,
    ];
    let mut profiles = Vec::new();
    for (number, ranks) in
        [[Some(5), Some(1)], [Some(2), None], [Some(3), Some(4)]].iter().enumerate()
    {
        let account = app.seed_instagram(&json!({})).await;
        for (collection, rank) in collections.iter().zip(ranks) {
            let Some(rank) = rank else { continue };
            app.seed_item((10, *collection), ("INSTAGRAM", account), &json!({"rank": rank})).await;
        }
        let gender = json!({"gender": if number == 1 { "OTHER" } else { "FEMALE" }});
        profiles.push(seed(&app, ("INSTAGRAM", account), &gender).await);
    }
    let [a, b] = collections.map(|id| id.to_string());
    let both = format!("{a},{b}");
    let page = async |query: &str, filters: &[(&str, &str, &str)]| {
        let path = at(format_args!("/search?sortBy=profile_collection_item.rank{query}"));
        let found = client.list(&path, filters).await.success();
        let ids = found["profiles"].as_array().map(|profiles| {
            profiles.iter().map(|one| one["id"].as_i64().expect("an id")).collect::<Vec<_>>()
        });
        (ids.unwrap_or_default(), found["status"]["filteredCount"].as_i64().unwrap_or(0))
    };
    let of = |numbers: &[usize]| numbers.iter().map(|number| profiles[*number]).collect::<Vec<_>>();
    let all = [("IN", "collectionId", both.as_str())];
    assert_eq!(page("&sortDir=ASC", &all).await, (of(&[0, 1, 2]), 3));
    assert_eq!(page("&sortDir=DESC", &all).await, (of(&[2, 1, 0]), 3));
    assert_eq!(page("&sortDir=ASC&size=2&cursor=2", &all).await, (of(&[2]), 3));
    assert_eq!(page("&sortDir=ASC&size=2&cursor=9", &all).await, (of(&[]), 3));
    let first = [("EQ", "collectionId", a.as_str())];
    assert_eq!(page("&sortDir=ASC", &first).await, (of(&[1, 2, 0]), 3));
    let others = [("EQ", "collectionId", b.as_str()), ("EQ", "gender", "OTHER")];
    assert_eq!(page("&sortDir=ASC", &others).await, (of(&[]), 0));
    let either = [all[0], ("EQ", "gender,shortlistId", "OTHER")];
    assert_eq!(page("&sortDir=ASC", &either).await, (of(&[1]), 1));
}

#[actix_web::test]
async fn every_field_can_be_asked_and_contacts_by_the_platform_alone() {
    let app = TestApp::start().await;
    let (admin, client) = (app.partner(-1, Plan::Paid).await, app.partner(10, Plan::Paid).await);
    let contract: Value =
        serde_json::from_str(include_str!("../../../openapi.json")).expect("JSON");
    let path = &contract["paths"][at("/search")]["post"]["requestBody"]["content"];
    let schema = &path["application/json"]["schema"]["allOf"][1]["x-fields"];
    let fields = schema.as_array().expect("fields");
    assert!(fields.len() > 50, "{}", fields.len());
    for field in fields {
        let name = field["name"].as_str().expect("a name");
        let value = match field["type"].as_str().expect("a type") {
            "integer" | "number" => "1",
            "date" | "instant" => "2024-07-01",
            "boolean" => "true",
            _ => "a",
        };
        let is_contact =
            ["phone", "email", "Phone", "updated_by"].iter().any(|end| name.ends_with(end))
                && name != "has_phone"
                && name != "has_email";
        for operator in field["operators"].as_array().expect("operators") {
            let operator = operator.as_str().expect("an operator");
            // One of two names is not another one.
            if name == "search_phrase" && matches!(operator, "NE" | "NOTIN") {
                continue;
            }
            let filter = [(operator, name, value)];
            admin.list(&at("/search"), &filter).await.success();
            let answer = client.list(&at("/search"), &filter).await;
            match is_contact {
                true => answer.refused("500", "invalid Request"),
                false => drop(answer.success()),
            }
        }
    }
}

#[actix_web::test]
async fn details_are_searched_by_what_is_stored() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let one = json!({"admin_details": {"name": "Asha Rao", "campaignCategoryIds": ["3", "4"],
        "isBlacklisted": true}});
    let two = json!({"user_details": {"name": "asha"}, "admin_details": {"creatorPrograms": "3"},
        "enabled": true});
    let off = json!({"admin_details": {"name": "Asha"}, "enabled": false});
    let one = seed(&app, ("GCC", 1), &one).await;
    let two = seed(&app, ("GCC", 2), &two).await;
    let off = seed(&app, ("GCC", 3), &off).await;
    for (filters, expected) in [
        (vec![("LIKE", "search_phrase", "ASHA")], vec![two, one]),
        (vec![("EQ", "search_phrase", "asha")], vec![two]),
        (vec![("ARRAY", "categoryIds", "9,4")], vec![one]),
        (vec![("NOTIN", "categoryIds", "9")], vec![one]),
        (vec![("ARRAY", "creatorPrograms", "3")], vec![]),
        (vec![("BOOL", "isBlacklisted", "false")], vec![two]),
        (vec![("EQ", "isBlacklisted", "true")], vec![one]),
        (vec![("EQ", "enabled", "false")], vec![off]),
        (vec![("LIKE", "admin_details.name", "%")], vec![]),
        (vec![("EQ", "platform", "GCC")], vec![two, one]),
    ] {
        assert_eq!(ids(&client, "", &filters).await, expected, "{filters:?}");
    }
    let first = client.list(&at("/search?size=1&paging=keyset"), &[]).await.success();
    let next = first["status"]["nextCursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(ids(&client, &format!("?size=1&paging=keyset&cursor={next}"), &[]).await, [one]);
}
