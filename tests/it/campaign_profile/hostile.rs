//! People without an account, requests that are too large, and texts that nobody expects.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{at, count, get, row, seed};
use crate::support::TestApp;

const UPSERT: &str = "/upsert";

#[actix_web::test]
async fn a_person_of_the_creator_application_has_no_account() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let person = json!({"accountId": 77, "onGccApp": true,
        "adminDetails": {"name": "Asha Rao", "email": "asha@x.in", "city": "pune", "languages": ["hi"]}});
    let created = admin.post(&at(UPSERT), &person).await.success();
    let entry = &created["profiles"][0];
    let id = entry["id"].as_i64().expect("an id");
    assert_eq!((&entry["platform"], &entry["accountId"]), (&json!("GCC"), &json!(77)));
    assert_eq!((&entry["onGcc"], &entry["onGccApp"]), (&json!(true), &json!(true)));
    assert_eq!(entry["adminDetails"]["languages"], json!(["Hindi"]));
    assert_eq!(entry.get("socialDetails"), None);
    let update = json!({"userDetails": {"phone": "98", "location": ["goa"]}});
    admin.post(&at(format_args!("/{id}/update")), &update).await.success();
    let stored = row(&app, "campaign_profiles", id).await;
    for (column, value) in [
        ("phone", json!(["98"])),
        ("location", json!(["Goa", "Pune"])),
        ("languages", json!(["hi"])),
        ("has_email", json!(true)),
        ("has_phone", json!(true)),
        ("gcc_user_account_id", json!(77)),
        ("platform_account_id", json!(77)),
    ] {
        assert_eq!(stored[column], value, "{column}");
    }
    assert_eq!(get(&admin, id).await["adminDetails"]["city"], "Pune");
    let refreshed = admin.put(&at(format_args!("/{id}/refresh")), &json!(null)).await.success();
    assert_eq!(refreshed["profiles"][0]["id"], id);
    let found = admin.list(&at("/search?socials=1"), &[("EQ", "platform", "GCC")]).await.success();
    assert_eq!(
        (&found["profiles"][0]["id"], found["profiles"].as_array().map(Vec::len)),
        (&json!(id), Some(1))
    );
    for kind in ["insights", "audienceinsights"] {
        let path = at(format_args!("/{id}/INSTAGRAM/{kind}?token=t&userId=1"));
        admin.get(&path).await.refused("500", "platform is not supported");
    }
    admin.get(&at("/handle/GCC/77")).await.refused("500", "profile not found");
    assert_eq!(row(&app, "campaign_profiles", id).await["updated_at"], stored["updated_at"]);
    // The same person again, and one who was stored before they had an account there.
    admin
        .post(
            &at(UPSERT),
            &json!({"accountId": 77, "socials": [{"platform": "GCC"}, {"platform": "GCC"}]}),
        )
        .await
        .success();
    let early = seed(&app, ("GCC", 78), &json!({})).await;
    let upserted = admin.post(&at(UPSERT), &json!({"accountId": 78})).await.success();
    assert_eq!(upserted["profiles"][0]["id"], early);
    assert_eq!(row(&app, "campaign_profiles", early).await["gcc_user_account_id"], 78);
    assert_eq!(count(&app, "campaign_profiles").await, "2");
}

#[actix_web::test]
async fn a_profile_whose_account_is_gone_is_shown_and_not_changed() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    for platform in ["INSTAGRAM", "YOUTUBE"] {
        let id = seed(&app, (platform, 424_242), &json!({"admin_details": {"name": "x"}})).await;
        let before = row(&app, "campaign_profiles", id).await;
        let alone = admin.get(&at(format_args!("/{id}"))).await.success();
        assert_eq!(alone["profiles"][0]["adminDetails"]["name"], "x");
        let path = |rest: &str| at(format_args!("/{id}{rest}"));
        admin.get(&path("?socials=true")).await.refused("500", "record not found");
        admin.put(&path("/refresh"), &json!(null)).await.refused("500", "record not found");
        let change = json!({"adminDetails": {"name": "y"}});
        admin.post(&path("/update"), &change).await.refused("500", "record not found");
        let mut both = change.clone();
        both["socials"] = json!([{"id": id}]);
        both["accountId"] = json!(79);
        admin.post(&at(UPSERT), &both).await.refused("500", "record not found");
        let filter = [("EQ", "id", &*id.to_string())];
        let found = admin.list(&at("/search?socials=1"), &filter).await.success();
        let entry = &found["profiles"][0];
        assert_eq!((&entry["id"], entry.get("socialDetails")), (&json!(id), None));
        assert_eq!(row(&app, "campaign_profiles", id).await, before);
    }
    assert_eq!(count(&app, "campaign_profiles").await, "2", "none of the creator application");
}

#[actix_web::test]
async fn what_is_too_large_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({"handle": "asha"})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let before = row(&app, "campaign_profiles", id).await;
    let update = at(format_args!("/{id}/update"));
    let huge = json!({"adminDetails": {"bio": "x".repeat(2 << 20)}});
    let answer = admin.post(&update, &huge).await;
    assert_eq!((answer.code.as_u16(), answer.status().1.as_str()), (413, "request body too large"));
    let many: Vec<i64> = (1..=10_000).collect();
    let details = |value: Value| json!({"adminDetails": value});
    let largest = "must have at most 200 elements of 500 characters";
    for (bad, message) in [
        (
            details(json!({"bio": "x".repeat(64 << 10)})),
            "bio must have at most 20000 characters".to_owned(),
        ),
        (
            details(json!({"name": "x".repeat(64 << 10)})),
            "name must have at most 500 characters".to_owned(),
        ),
        (details(json!({"campaignCategoryIds": many})), format!("campaignCategoryIds {largest}")),
        (details(json!({"languages": [("x".repeat(501))]})), format!("languages {largest}")),
    ] {
        admin.post(&update, &bad).await.refused("500", &message);
    }
    let socials: Vec<Value> = many.iter().map(|id| json!({ "id": id })).collect();
    let refused = admin.post(&at(UPSERT), &json!({ "socials": socials })).await;
    refused.refused("500", "too many socials");
    let ids: Vec<String> = many.iter().map(ToString::to_string).collect();
    let refused = admin.list(&at("/search"), &[("IN", "id", &ids.join(","))]).await;
    assert_eq!(refused.status().1, "invalid Request");
    assert_eq!(row(&app, "campaign_profiles", id).await, before);
    let most = json!({"adminDetails": {"languages": vec!["hi"; 200], "bio": "ß".repeat(20_000)}});
    admin.post(&update, &most).await.success();
    let stored = row(&app, "campaign_profiles", id).await;
    assert_eq!(stored["languages"], json!(["hi"]));
}

#[actix_web::test]
async fn contacts_of_any_form_are_hidden() {
    let app = TestApp::start().await;
    let (client, admin) = (app.partner(10, Plan::Paid).await, app.partner(-1, Plan::Paid).await);
    for (stored, shown) in [
        ("asha@x.in", "****@x.in"),
        ("asha at x.in", "************"),
        ("a@b@x.in", "********"),
        ("आशा@x.in", "***@x.in"),
        ("@x.in", "@x.in"),
        ("asha@", "****@"),
        ("%_\\'\"<b>", "********"),
    ] {
        let details = json!({"email": stored, "phone": stored, "secondaryPhone": ""});
        let columns = json!({"admin_details": details, "user_details": details});
        let account = app.seed_instagram(&json!({"email": stored, "phone": "1"})).await;
        let id = seed(&app, ("INSTAGRAM", account), &columns).await;
        let entry = get(&client, id).await;
        for part in ["adminDetails", "userDetails"] {
            let details = &entry[part];
            let phones = (&details["phone"], &details["secondaryPhone"]);
            assert_eq!(phones, (&json!("+91 **********"), &json!("+91 **********")), "{stored}");
            assert_eq!(details["email"], shown, "{stored}");
        }
        assert_eq!(get(&admin, id).await["adminDetails"]["email"], stored);
    }
}

#[actix_web::test]
async fn texts_that_nobody_expects_are_found_as_they_are() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let account = app.seed_instagram(&json!({"handle": "asha", "name": null})).await;
    let id = seed(&app, ("INSTAGRAM", account), &json!({})).await;
    let update = at(format_args!("/{id}/update"));
    for name in [
        "'; DROP TABLE campaign_profiles; --",
        "%_\\%",
        "{\"a\": [1, null]}",
        "आशा \u{202e}राव\u{200d} 🙂",
        "İSTANBUL ẞ ŉ",
        "a\u{2028}b\u{a0}c\td",
        "${jndi:ldap://x}",
        "\u{7f}\u{1}",
    ] {
        let change = json!({"adminDetails": {"name": name, "bio": name, "languages": [name]}});
        admin.post(&update, &change).await.success();
        let stored = row(&app, "campaign_profiles", id).await;
        assert_eq!(
            (&stored["admin_details"]["bio"], &stored["languages"]),
            (&json!(name), &json!([name]))
        );
        let found =
            admin.list(&at("/search"), &[("EQ", "admin_details.name", name)]).await.success();
        assert_eq!(found["profiles"].as_array().map(Vec::len), Some(1), "{name}");
        let account = row(&app, "instagram_account", account).await;
        let words: Vec<String> =
            name.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let expected: Vec<String> = words.into_iter().chain(["asha".to_owned()]).collect();
        assert_eq!(account["keywords_admin"], json!(expected), "{name}");
    }
    let before = row(&app, "campaign_profiles", id).await;
    for bad in [
        json!({"adminDetails": {"name": "a\u{0}b"}}),
        json!({"userDetails": {"location": ["a\u{0}b"]}}),
        json!({"adminDetails": {"creatorPrograms": [{"tag": "BEAUTY", "level": "\u{0}"}]}}),
        json!({"socials": [{"platform": "INSTAGRAM", "handle": "a\u{0}b"}]}),
    ] {
        for path in [update.as_str(), &at(UPSERT)] {
            let answer = admin.post(path, &bad).await;
            if bad.get("socials").is_some() && path == update {
                continue;
            }
            assert_ne!(answer.status().0, "SUCCESS", "{bad}");
            assert_ne!(answer.status().1, "Something Went Wrong", "{path} {bad}");
        }
    }
    let lone =
        json!({"adminDetails": {"name": "\u{fffd}"}}).to_string().replace('\u{fffd}', "\\ud800");
    let request = admin.request(reqwest::Method::POST, &update).body(lone);
    let answer = crate::support::send(request).await;
    assert_eq!(answer.status().0, "ERROR", "{}", answer.text);
    assert_eq!(row(&app, "campaign_profiles", id).await["admin_details"], before["admin_details"]);
}
