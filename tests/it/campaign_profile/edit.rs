//! What staff change, and what callers see of it.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{at, count, get, row, seed};
use crate::support::TestApp;

const STATEMENTS: &str = "coffee_postgres_statements_total";
/// After the commit the process tells the relay of its events, by a statement of its own.
const ANNOUNCED: f64 = 1.0;

#[actix_web::test]
async fn members_that_are_not_sent_stay_and_empty_ones_go() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account =
        app.seed_instagram(&json!({"gcc_linked_channel_id": "UC1", "deleted": true})).await;
    let stored = json!({"name": "Asha", "city": "Pune", "languages": ["hi"], "isBlacklisted": true,
        "blacklistedBy": "ops", "whatsappOptIn": true});
    let id = seed(&app, ("INSTAGRAM", account), &json!({"admin_details": stored})).await;
    let change = json!({"adminDetails": {"isBlacklisted": false, "languages": [],
        "state": "maharashtra"}});
    admin.post(&at(format_args!("/{id}/update")), &change).await.success();
    let expected = json!({"name": "Asha", "city": "Pune", "state": "Maharashtra",
        "location": ["Pune", "Maharashtra"], "isBlacklisted": false, "whatsappOptIn": true});
    assert_eq!(row(&app, "campaign_profiles", id).await["admin_details"], expected);
    let account = row(&app, "instagram_account", account).await;
    assert_eq!(account["gcc_linked_channel_id"], "UC1", "links stay");
    assert_eq!(account["deleted"], true, "nothing is revived");
}

#[actix_web::test]
async fn programs_are_stored_by_number_and_unknown_ones_refused() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let path = at(format_args!("/{id}/update"));
    let with =
        |tag: &str| json!({"adminDetails": {"creatorPrograms": [{"tag": tag, "level": "PRO"}]}});
    admin.post(&path, &with("GOOD_LIFE")).await.success();
    let refused = admin.post(&path, &with("MUSIC")).await;
    refused.refused("500", "invalid creator program");
    let stored = row(&app, "campaign_profiles", id).await;
    assert_eq!(stored["admin_details"]["creatorPrograms"], json!(["3_PRO"]));
    let found =
        admin.list(&at("/search"), &[("ARRAY", "creatorPrograms", "3_PRO")]).await.success();
    assert_eq!(found["profiles"][0]["id"], id);
    let programs = &get(&admin, id).await["adminDetails"]["creatorPrograms"];
    assert_eq!(programs, &json!([{"level": "PRO", "tag": "GOOD_LIFE"}]));
}

#[actix_web::test]
async fn contacts_are_masked_and_filled_in_as_the_plan_says() {
    let app = TestApp::start().await;
    let account = json!({"email": "biz@x.in", "phone": "9876543210"});
    let account = app.seed_instagram(&account).await;
    let details = json!({"admin_details": {"email": "asha@x.in", "blacklistedBy": "ops"},
        "user_details": {"notificationToken": "tok"}});
    let id = seed(&app, ("INSTAGRAM", account), &details).await;
    for (partner, plan, email, phone) in [
        (10, Plan::Paid, "****@x.in", json!("9876543210")),
        (20, Plan::Free, "****@x.in", json!(null)),
        (-1, Plan::Free, "asha@x.in", json!(null)),
    ] {
        let client = app.partner(partner, plan).await;
        let seen = get(&client, id).await;
        let admin = &seen["adminDetails"];
        assert_eq!((&admin["email"], &admin["phone"]), (&json!(email), &phone), "{partner}");
        let shows_token = seen["userDetails"].get("notificationToken").is_some();
        assert_eq!(
            (admin.get("blacklistedBy").is_some(), shows_token),
            (partner == -1, partner == -1)
        );
    }
}

#[actix_web::test]
async fn what_follows_from_details_is_stored_with_the_profile_and_its_account() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let columns = json!({"name": "Asha R", "handle": "asha.r", "languages": ["hi", "en"],
        "location_list": ["Goa", "India"]});
    let account = app.seed_instagram(&columns).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let path = at(format_args!("/{id}/update"));
    let change = json!({
        "userDetails": {"gender": "F", "phone": "11", "location": ["Goa"], "languages": ["hi"],
            "name": "asha"},
        "adminDetails": {"gender": "M", "phone": "98", "city": "goa", "dob": "1990-01-02",
            "name": "Asha Rao", "email": "ASHA@x.in"},
    });
    admin.post(&path, &change).await.success();
    admin.post(&path, &json!({"adminDetails": {"bio": "only"}})).await.success();
    let stored = row(&app, "campaign_profiles", id).await;
    for (column, expected) in [
        ("gender", json!("F")),
        ("phone", json!(["11", "98"])),
        ("dob", json!("1990-01-02")),
        ("location", json!(["Goa", "India"])),
        ("languages", json!(["hi", "en"])),
        ("has_email", json!(true)),
    ] {
        assert_eq!(stored[column], expected, "{column}");
    }
    let account = row(&app, "instagram_account", account).await;
    let keywords = json!(["asha", "rao", "asha@x.in", "98", "11", "r", "asha.r"]);
    assert_eq!(account["keywords_admin"], keywords);
    assert_eq!(account["search_phrase_admin"], "asha rao asha@x.in 98 asha 11 asha r asha.r");
}

#[actix_web::test]
async fn tenants_change_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let account = app.seed_instagram(&json!({})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let before = row(&app, "campaign_profiles", id).await;
    let expected = json!({"status": {"status": "ERROR",
        "message": "you are not authorized to access this resource"}});
    for path in ["/upsert".to_owned(), "/upsert/IA_1".to_owned(), format!("/{id}/update")] {
        for body in [json!({"socials": [{"id": id}], "adminDetails": {"name": "x"}}), json!(5)] {
            assert_eq!(client.post(&at(&path), &body).await.contract(), expected, "{path}");
        }
    }
    let refresh = client.put(&at(format_args!("/{id}/refresh")), &json!(null)).await;
    assert_eq!(refresh.contract(), expected);
    assert_eq!(row(&app, "campaign_profiles", id).await, before);
}

#[actix_web::test]
async fn one_person_on_three_platforms_costs_six_statements() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    app.seed_instagram(&json!({"handle": "asha"})).await;
    app.seed_youtube(&json!({"channel_id": "UCasha"})).await;
    let person = json!({
        "socials": [{"platform": "INSTAGRAM", "handle": "Asha"}, {"platform": "YOUTUBE", "handle": "UCasha"}],
        "accountId": 77, "adminDetails": {"name": "Asha Rao"},
    });
    for _ in 0..2 {
        let before = app.metric(STATEMENTS).await;
        let answer = admin.post(&at("/upsert"), &person).await.success();
        let spent = app.metric(STATEMENTS).await - before;
        assert_eq!(answer["status"]["filteredCount"], 3);
        // Session and contract of the caller come with the first request.
        assert!(spent <= 6.0 + 4.0 + ANNOUNCED, "{spent} statements");
    }
    let before = app.metric(STATEMENTS).await;
    admin.post(&at("/upsert"), &person).await.success();
    let spent = app.metric(STATEMENTS).await - before;
    assert!(spent <= 6.0 + ANNOUNCED, "{spent} statements");
    assert_eq!(count(&app, "campaign_profiles").await, "3");
}

#[actix_web::test]
async fn the_same_creator_at_once_is_stored_once() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    app.seed_instagram(&json!({"handle": "asha"})).await;
    app.seed_youtube(&json!({"channel_id": "UCasha"})).await;
    let person = |name: &str| {
        let socials = [("INSTAGRAM", "asha"), ("YOUTUBE", "UCasha")];
        let socials =
            socials.map(|(platform, handle)| json!({"platform": platform, "handle": handle}));
        json!({"socials": socials, "adminDetails": {"name": name}})
    };
    let upsert = async |name: &str| admin.post(&at("/upsert"), &person(name)).await.success();
    let names = ["one", "two", "three", "four"];
    join_all(names.map(upsert)).await;
    assert_eq!(count(&app, "campaign_profiles").await, "2");
    let sql = "SELECT count(DISTINCT admin_details ->> 'name')::text FROM campaign_profiles";
    assert_eq!(app.value(sql).await.as_deref(), Some("1"), "both profiles are of the last request");
}

#[actix_web::test]
async fn what_cannot_be_stored_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({"handle": "asha"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let before = row(&app, "campaign_profiles", id).await;
    let details = |value: Value| json!({"adminDetails": value});
    for bad in [
        details(json!({"name": "x".repeat(64 * 1024)})),
        details(json!({"bio": "x".repeat(64 * 1024)})),
        details(json!({"name": "a\u{0}b"})),
        details(json!({"languages": vec!["hi"; 5000]})),
        json!({"adminDetails": 5}),
        json!({"adminDetails": []}),
    ] {
        let answer = admin.post(&at(format_args!("/{id}/update")), &bad).await;
        assert_ne!(answer.json()["status"]["status"], "SUCCESS", "{:.60}", bad.to_string());
    }
    for (bad, message) in [
        (json!({"socials": []}), "socials missing"),
        (json!({"socials": [{"platform": "INSTAGRAM", "handle": " "}]}), "handle invalid"),
        (json!({"socials": [{"platform": "GCC"}]}), "accountID missing in request"),
        (json!({"socials": [{"id": 424242}]}), "invalid Record Id - 424242"),
        (
            json!({"socials": [{"id": id}, {"platform": "INSTAGRAM", "handle": "other"}]}),
            "cannot link multiple instagram profiles",
        ),
    ] {
        admin.post(&at("/upsert"), &bad).await.refused("500", message);
    }
    assert_eq!(row(&app, "campaign_profiles", id).await, before);
}
