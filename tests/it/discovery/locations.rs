//! Locations of the accounts.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::BASE;
use crate::support::{Client, TestApp};

async fn seed(app: &TestApp, places: &[&str], names: &[&str]) {
    app.seed_instagram(&json!({"location": places, "location_list": names})).await;
    app.seed_youtube(&json!({"location": places, "location_list": names})).await;
    app.execute("SELECT refresh_locations('{\"IN\": \"India\", \"US\": \"United States\"}')").await;
}

/// `fullName/type` of the entries.
fn entries(answer: &Value) -> Vec<String> {
    let locations = answer["locations"].as_array().expect("locations").iter();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    locations.map(|entry| format!("{}/{}", text(entry, "fullName"), text(entry, "type"))).collect()
}

async fn suggest(client: &Client, query: &str, text: &str) -> Vec<String> {
    let path = format!("{BASE}/locations_new{query}");
    entries(&client.list(&path, &[("EQ", "other", "x"), ("LIKE", "any", text)]).await.success())
}

#[actix_web::test]
async fn suggestions_match_the_name_without_its_prefix() {
    let app = TestApp::start().await;
    let client = app.without_partner().await;
    let places = ["city_Agra", "state_Goa", "country_IN", "country_US", "city_50%_Off", "city_"];
    seed(&app, &places, &[]).await;
    let answer = client.list(&format!("{BASE}/locations_new"), &[("LIKE", "name", "a")]).await;
    let expected = json!({
        "status": {"status": "SUCCESS", "filteredCount": 2,
            "message": "Profile Locations successfully retrieved"},
        "locations": [
            {"name": "Agra", "fullName": "Agra, India", "type": "city"},
            {"name": "Goa", "fullName": "Goa, India", "type": "state"},
        ],
    });
    assert_eq!(answer.success(), expected);
    assert_eq!(suggest(&client, "", "in").await, ["India/country"]);
    assert_eq!(suggest(&client, "", "us").await, ["United States/country"]);
    assert_eq!(suggest(&client, "", "0%_").await, ["50%_Off, India/city"]);
    for text in ["cit", "state_", "_", "country_IN", "zz", "%%"] {
        let found = client.list(&format!("{BASE}/locations_new"), &[("EQ", "x", text)]).await;
        if text == "_" {
            assert_eq!(entries(&found.success()), ["50%_Off, India/city"]);
            continue;
        }
        found.refused("500", "record not found");
        assert_eq!(found.json()["locations"], json!([]), "{text}");
    }
}

#[actix_web::test]
async fn suggestions_come_in_pages_ordered_by_name() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    seed(&app, &["state_goa", "city_Agra", "city_Pune", "country_IN", "city_Goa"], &[]).await;
    let all = [
        "Agra, India/city",
        "Goa, India/city",
        "goa, India/state",
        "India/country",
        "Pune, India/city",
    ];
    let mut found = suggest(&client, "", "").await;
    found[1..3].sort();
    assert_eq!(found, all);
    assert_eq!(suggest(&client, "?size=2&cursor=3", "").await, all[4..]);
    let path = format!("{BASE}/locations_new?size=2");
    let page = client.post(&path, &json!({})).await.success();
    assert_eq!(page["status"]["nextCursor"], "2");
    assert_eq!(page["status"]["filteredCount"], 2, "the rows of the page");
    let past = client.post(&format!("{BASE}/locations_new?cursor=9"), &json!({})).await;
    past.refused("500", "record not found");
}

#[actix_web::test]
async fn the_location_list_is_a_plain_list() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    seed(&app, &["city_Agra", "city_Goa", "state_Goa", "country_US"], &[]).await;
    let path = |query: &str| format!("{BASE}/locations{query}");
    let list = async |query: &str, filters: &[(&str, &str, &str)]| {
        entries(&client.list(&path(query), filters).await.success())
    };
    let by_name = "?sortBy=name&sortDir=ASC";
    let goa = [("LIKE", "name", "GO")];
    assert_eq!(list(&format!("{by_name}&size=1"), &goa).await.len(), 1);
    let only_state = [("EQ", "type", "state"), ("EQ", "full_name", "Goa, India")];
    assert_eq!(list("", &only_state).await, ["Goa, India/state"]);
    assert_eq!(list("", &[("NOTIN", "type", "city, state")]).await, ["United States/country"]);
    let ordered = list("?sortBy=full_name&sortDir=asc", &[("NE", "type", "city")]).await;
    assert_eq!(ordered, ["Goa, India/state", "United States/country"]);
    for sort in ["id", "type", "name", "full_name"] {
        assert_eq!(list(&format!("?sortBy={sort}"), &[]).await.len(), 4);
    }
    let page = client.list(&path("?size=3"), &[]).await.success();
    assert_eq!(page["status"]["filteredCount"], 4);
    assert_eq!(page["status"]["nextCursor"], "2");
    let second = client.list(&path("?size=3&cursor=2"), &[]).await.success();
    assert_eq!(second["status"]["filteredCount"], 4, "the true total on every page");
    let nothing = client.list(&path(""), &[("EQ", "name", "Nowhere")]).await.success();
    let expected = json!({"status": {"status": "SUCCESS", "message": "record not found"},
        "locations": []});
    assert_eq!(nothing, expected);
}

#[actix_web::test]
async fn the_location_list_refuses_what_it_does_not_know() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    for query in ["?sortBy=created_at", "?sortBy=name,id", "?sortBy=name.x", "?sortDir=up"] {
        let answer = client.list(&format!("{BASE}/locations{query}"), &[]).await;
        answer.refused("500", "invalid Request");
        assert_eq!(answer.json()["locations"], json!([]), "{query}");
    }
    for filter in [
        ("EQ", "created_at", "2024-01-01"),
        ("EQ", "name.x", "a"),
        ("EQ", "name'--", "a"),
        ("NEAR", "name", "a"),
        ("BOOL", "name", "true"),
        ("ARRAY", "name", "a"),
        ("EQ", "id", "x"),
    ] {
        let answer = client.list(&format!("{BASE}/locations"), &[filter]).await;
        answer.refused("500", "invalid Request");
    }
}

#[actix_web::test]
async fn location_names_are_ten_in_alphabetical_order() {
    let app = TestApp::start().await;
    let client = app.without_partner().await;
    let names = ["Agra", "Goa", "Nagaur", "50%", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"];
    seed(&app, &[], &names).await;
    let get = async |query: &str| client.get(&format!("{BASE}/gcc_locations{query}")).await;
    let found = get("?name=GA").await.success();
    let expected = json!({
        "status": {"status": "SUCCESS", "filteredCount": 1,
            "message": "Locations Data successfully retrieved"},
        "locations": ["Nagaur"],
    });
    assert_eq!(found, expected);
    let ten = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "Agra", "Goa"];
    assert_eq!(get("?name=a").await.success()["locations"], json!(ten));
    assert_eq!(get("?name=%25").await.success()["locations"], json!(["50%"]));
    for query in ["", "?name="] {
        let names = get(query).await.success();
        assert_eq!(names["locations"].as_array().map(Vec::len), Some(10));
    }
    let nothing = get("?name=zz").await;
    nothing.refused("500", "record not found");
    assert_eq!(nothing.json()["locations"], json!([]));
}
