//! Searches through campaign profiles, and what the platform's own partner searches instead.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{PLATFORMS, id_list, search_by};
use crate::support::{Client, TestApp};

/// Operator, field, value; campaign profiles that match and that do not.
type Case = (&'static str, &'static str, &'static str, Value, Value);

fn of_everybody() -> Vec<Case> {
    let admin = |details: Value| json!({"admin_details": details});
    vec![
        ("BOOL", "onGcc", "true", json!({"on_gcc": true}), json!({"on_gcc": false})),
        (
            "ARRAY",
            "creatorCohorts",
            "1_GOLD,2_GOLD",
            admin(json!({"creatorCohorts": ["2_GOLD"]})),
            admin(json!({"creatorCohorts": ["2"]})),
        ),
        (
            "ARRAY_IN",
            "creatorPrograms",
            "3_PRO",
            admin(json!({"creatorPrograms": ["1_PRO", "3_PRO"]})),
            admin(json!({"creatorPrograms": []})),
        ),
        (
            "ARRAY",
            "categoryIds",
            "7",
            admin(json!({"campaignCategoryIds": ["7"]})),
            admin(json!({"categoryIds": ["7"], "campaignCategoryIds": ["77"]})),
        ),
    ]
}

fn of_the_platform() -> Vec<Case> {
    let listed = |is: Value| json!({"admin_details": {"isBlacklisted": is}});
    vec![
        ("EQ", "gender", "female", json!({"gender": "FEMALE"}), json!({"gender": "MALE"})),
        ("ARRAY", "phone", "98,99", json!({"phone": ["99"]}), json!({"phone": ["97"]})),
        ("BOOL", "isBlacklisted", "true", listed(json!(true)), listed(json!(false))),
        ("ARRAY", "location_list", "Goa", json!({"location": ["Goa"]}), json!({"location": []})),
        ("ARRAY", "languages", "hi", json!({"languages": ["hi"]}), json!({"languages": ["en"]})),
        ("LTE", "dateOfBirth", "1990-01-02", json!({"dob": "1990-01-02"}), json!({})),
    ]
}

/// What an account says of itself, which nobody but the platform reads differently.
fn misleading() -> Value {
    json!({
        "gender": "MALE", "phone": "97", "is_blacklisted": false, "location_list": ["Pune"],
        "languages": ["en"], "dob": "2001-01-01",
    })
}

async fn with_campaign(app: &TestApp, platform: &str, campaign: &Value) -> i64 {
    let account = app.seed_on(platform, &misleading()).await;
    let mut row = campaign.clone();
    row["platform"] = json!(platform);
    row["platform_account_id"] = json!(account);
    app.seed("campaign_profiles", &row).await;
    account
}

async fn run(app: &TestApp, client: &Client, platform: &str, cases: Vec<Case>) {
    for (operator, field, value, matching, other) in cases {
        let matching = with_campaign(app, platform, &matching).await;
        let other = with_campaign(app, platform, &other).await;
        let without = app.seed_on(platform, &misleading()).await;
        let any = id_list(&[matching, other, without]);
        let filters = [("IN", "id", &*any), (operator, field, value)];
        let answer = search_by(client, platform, "", &filters).await.success();
        assert_eq!(super::found(&answer), [matching], "{platform} {field}");
        assert_eq!(answer["status"]["filteredCount"], 1);
        let campaign = &answer["profiles"][0]["campaignProfile"];
        assert_eq!(campaign["platformAccountId"], matching, "{field}: searched, so shown");
    }
}

#[actix_web::test]
async fn every_campaign_field_finds_what_matches_and_nothing_else() {
    let app = TestApp::start().await;
    let (client, admin) = (app.partner(10, Plan::Saas).await, app.partner(-1, Plan::Free).await);
    for platform in PLATFORMS {
        // Profiles of the other platform with the same ids must not be taken.
        app.execute("SELECT setval('youtube_account_id_seq', 1)").await;
        run(&app, &client, platform, of_everybody()).await;
        run(&app, &admin, platform, of_everybody()).await;
        run(&app, &admin, platform, of_the_platform()).await;
    }
}

#[actix_web::test]
async fn a_missing_blacklist_mark_counts_as_false_for_the_platform() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Free).await;
    let unmarked = with_campaign(&app, "INSTAGRAM", &json!({"admin_details": {}})).await;
    let without = app.seed_instagram(&json!({})).await;
    let marked = json!({"admin_details": {"isBlacklisted": true}});
    with_campaign(&app, "INSTAGRAM", &marked).await;
    let filters = [("BOOL", "isBlacklisted", "false")];
    let answer = search_by(&admin, "INSTAGRAM", "", &filters).await.success();
    assert_eq!(super::found(&answer), [unmarked, without]);
}

#[actix_web::test]
async fn the_platform_searches_its_own_keywords() {
    let app = TestApp::start().await;
    let (client, admin) = (app.partner(10, Plan::Saas).await, app.partner(-1, Plan::Free).await);
    for platform in PLATFORMS {
        let columns = json!({
            "keywords": ["open"], "keywords_admin": ["secret"],
            "search_phrase": "open phrase", "search_phrase_admin": "secret phrase",
        });
        let account = app.seed_on(platform, &columns).await;
        for (kind, field) in [("ARRAY", "keywords"), ("LIKE", "search_phrase")] {
            for (value, tenants, platforms) in
                [("open", vec![account], vec![]), ("secret", vec![], vec![account])]
            {
                let filters = [(kind, field, value)];
                for (client, expected) in [(&client, tenants), (&admin, platforms)] {
                    let answer = search_by(client, platform, "", &filters).await.success();
                    assert_eq!(super::found(&answer), expected, "{platform} {field} {value}");
                }
            }
        }
    }
}

fn details() -> Value {
    json!({
        "on_gcc": true,
        "admin_details": {
            "name": "Asha", "email": "asha@x.in", "phone": "98", "isBlacklisted": true,
            "blacklistedBy": "ops", "blacklistedReason": "late", "creatorPrograms": ["3_PRO"],
        },
        "user_details": {"email": "own@x.in", "notificationToken": "tok"},
    })
}

#[actix_web::test]
async fn campaign_profiles_come_along_without_what_is_internal() {
    let app = TestApp::start().await;
    let tenant = app.partner(10, Plan::Paid).await;
    let admin = app.partner(-1, Plan::Free).await;
    for platform in PLATFORMS {
        let account = with_campaign(&app, platform, &details()).await;
        for query in ["?campaignProfileJoin=true", "?campaignProfileJoin=T", "?source=GCC"] {
            let answer = search_by(&tenant, platform, query, &[]).await.success();
            let seen = &answer["profiles"][0]["campaignProfile"];
            assert_eq!(seen["platformAccountId"], account, "{platform} {query}");
            assert_eq!(seen["adminDetails"]["name"], "Asha");
            assert_eq!(seen["adminDetails"]["email"], "****@x.in");
            let programs = json!([{"level": "PRO", "tag": "GOOD_LIFE"}]);
            assert_eq!(seen["adminDetails"]["creatorPrograms"], programs);
            for (part, hidden) in [
                ("adminDetails", "blacklistedBy"),
                ("adminDetails", "blacklistedReason"),
                ("userDetails", "notificationToken"),
            ] {
                assert_eq!(seen[part].get(hidden), None, "{hidden}");
            }
            let answer = search_by(&admin, platform, query, &[]).await.success();
            let seen = &answer["profiles"][0]["campaignProfile"];
            assert_eq!(seen["adminDetails"]["blacklistedBy"], "ops");
            assert_eq!(seen["adminDetails"]["email"], "asha@x.in");
            assert_eq!(seen["userDetails"]["notificationToken"], "tok");
        }
        for query in ["", "?campaignProfileJoin=no", "?source=SAAS"] {
            let answer = search_by(&tenant, platform, query, &[]).await.success();
            assert_eq!(answer["profiles"][0].get("campaignProfile"), None, "{query}");
        }
        let both = search_by(&tenant, "ALL", "?campaignProfileJoin=true", &[]).await.success();
        assert_eq!(both["profiles"][0].get("campaignProfile"), None, "not across platforms");
    }
}
