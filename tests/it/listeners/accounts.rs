//! Announced accounts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::config::Config;
use coffee::core::events::Outcome;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::Modules;
use serde_json::{Value, json};

use super::{Bed, message, message_of};
use crate::support::TestApp;

const INSTAGRAM: &str = "upsert_instagram_account";
const YOUTUBE: &str = "upsert_youtube_account";

impl Bed {
    pub(super) async fn announce(&self, handler: &str, account: Value) {
        assert_eq!(self.deliver(handler, &message(&account)).await, Outcome::Done, "{account}");
    }

    /// Columns of the only row of a table that `expected` names.
    pub(super) async fn expect_row(&self, table: &str, expected: Value) {
        let sql = format!("SELECT to_jsonb(t) FROM {table} t");
        let row: Value =
            serde_json::from_str(&self.app.value(&sql).await.expect("one row")).expect("JSON");
        let names = expected.as_object().expect("columns").keys();
        let stored: Value = names.map(|name| (name.clone(), row[name].clone())).collect();
        assert_eq!(stored, expected);
    }
}

#[actix_web::test]
async fn a_first_announcement_makes_account_and_campaign_profile() {
    let bed = Bed::start().await;
    bed.announce(
        INSTAGRAM,
        json!({
            "ig_id": "77", "handle": "Foo.Bar", "name": "Foo Bar", "followers": 75_000,
            "city": "new delhi", "country": "in", "avg_static_reach": 100.6, "story_reach": 40.4,
            "profile_pic": "p.jpg", "business_id": "b", "bio": "cook", "following": 3,
            "num_of_posts": 4, "avg_engagement": 0.25, "avg_likes": 1.5, "avg_comments": 2.5,
            "avg_play_count": 3.5, "avg_views_count": 4.5, "ffratio": 5.5,
            "accountType": "CREATOR", "is_private": false, "something": {"new": []},
        }),
    )
    .await;
    let id: i64 = bed
        .app
        .value("SELECT id FROM instagram_account")
        .await
        .expect("an id")
        .parse()
        .expect("a number");
    let code = format!("IA_{id}");
    bed.expect_row(
        "instagram_account",
        json!({
            "ig_id": "77", "handle": "Foo.Bar", "name": "Foo Bar", "profile_id": code,
            "gcc_profile_id": code, "label": "Macro", "keywords": ["foo", "bar", "foo.bar"],
            "search_phrase": "foo bar foo.bar", "keywords_admin": ["foo", "bar", "foo.bar"],
            "search_phrase_admin": "foo bar foo.bar",
            "location": ["city_New Delhi", "country_IN"], "location_list": ["New Delhi", "India"],
            "city": "New Delhi", "state": null, "country": "IN", "image_reach": 101,
            "story_reach": 40, "enabled_for_saas": false, "enabled": true, "deleted": false,
            "followers": 75_000, "following": 3, "post_count": 4, "thumbnail": "p.jpg",
            "business_id": "b", "bio": "cook", "engagement_rate": 0.25, "avg_likes": 1.5,
            "avg_comments": 2.5, "avg_reach": null, "avg_reels_play_count": 3.5, "avg_views": 4.5,
            "ffratio": 5.5, "account_type": "CREATOR", "is_private": false,
        }),
    )
    .await;
    bed.expect_row(
        "campaign_profiles",
        json!({
            "platform": "INSTAGRAM", "platform_account_id": id, "on_gcc": false,
            "on_gcc_app": false, "updated_by": "SYSTEM", "enabled": true, "has_email": false,
            "has_phone": false, "location": ["New Delhi", "India"],
            "admin_details": {"isBlacklisted": false, "whatsappOptIn": false},
        }),
    )
    .await;
}

#[actix_web::test]
async fn a_later_announcement_keeps_what_it_does_not_know() {
    let bed = Bed::start().await;
    bed.announce(
        INSTAGRAM,
        json!({
            "ig_id": "77", "handle": "asha", "name": "Asha", "followers": 2_000_000,
            "country": "IN", "avg_reach": 1, "avg_likes": 1, "avg_comments": 1,
            "avg_engagement": 0.1, "is_private": true, "city": "pune",
        }),
    )
    .await;
    bed.expect_row("instagram_account", json!({"enabled_for_saas": true, "label": "Mega"})).await;
    bed.announce(
        INSTAGRAM,
        json!({
            "ig_id": "77", "handle": "asha2", "followers": 0, "avg_engagement": 0,
            "is_private": false, "name": " ", "city": null,
        }),
    )
    .await;
    bed.expect_row(
        "instagram_account",
        json!({
            "handle": "asha2", "name": "Asha", "followers": 0, "label": "Nano", "city": "Pune",
            "engagement_rate": 0, "is_private": false, "enabled_for_saas": false,
            "keywords": ["asha", "asha2"], "location_list": ["Pune", "India"],
        }),
    )
    .await;
    assert_eq!(bed.app.count("campaign_profiles").await, 1);
}

#[actix_web::test]
async fn an_announcement_revives_an_account_and_leaves_links_and_other_columns() {
    let bed = Bed::start().await;
    let links = json!({
        "ig_id": "77", "deleted": true, "enabled": false, "gcc_linked_channel_id": "UC1",
        "linked_channel_id": "UC2", "gcc_profile_id": "IA_5", "profile_id": "",
        "email": "a@x.in", "gender": "FEMALE", "languages": ["hi"], "country": "in",
    });
    let id = bed.app.seed_instagram(&links).await;
    let sender = message_of(Plan::Saas, &json!({"ig_id": "77", "handle": "asha"}));
    assert_eq!(bed.deliver(INSTAGRAM, &sender).await, Outcome::Done);
    bed.expect_row(
        "instagram_account",
        json!({
            "deleted": false, "enabled": true, "gcc_linked_channel_id": "UC1",
            "linked_channel_id": "UC2", "gcc_profile_id": "IA_5",
            "profile_id": format!("IA_{id}"), "country": "IN", "email": "a@x.in",
        }),
    )
    .await;
    bed.expect_row(
        "campaign_profiles",
        json!({
            "has_email": true, "has_phone": false, "gender": "FEMALE", "languages": ["hi"],
            "location": ["India"], "updated_by": "101",
        }),
    )
    .await;
}

#[actix_web::test]
async fn staff_find_an_account_by_its_unmasked_contacts() {
    let bed = Bed::start().await;
    let id = bed.app.seed_instagram(&json!({"ig_id": "77", "handle": "asha.r"})).await;
    let details = json!({
        "platform": "INSTAGRAM", "platform_account_id": id, "on_gcc": true,
        "admin_details": {"name": "Asha Rao", "email": "ASHA@x.in", "phone": "98"},
        "user_details": {"name": "asha"},
    });
    bed.app.seed("campaign_profiles", &details).await;
    bed.announce(INSTAGRAM, json!({"ig_id": "77", "handle": "asha.r", "name": "Asha R"})).await;
    bed.expect_row(
        "instagram_account",
        json!({
            "keywords_admin": ["asha", "rao", "asha@x.in", "98", "r", "asha.r"],
            "search_phrase_admin": "asha rao asha@x.in 98 asha asha r asha.r",
            "keywords": ["asha", "r", "asha.r"],
        }),
    )
    .await;
    let kept = json!({"on_gcc": true, "admin_details": details["admin_details"]});
    bed.expect_row("campaign_profiles", kept).await;
}

#[actix_web::test]
async fn a_channel_is_stored_and_merged() {
    let bed = Bed::start().await;
    let channel = json!({
        "handle": "UCx", "subscribers": 999, "views": 7, "uploads": 3, "title": "Asha Cooks",
        "profile_pic": "c.jpg", "state": "tamil  nadu", "country": "In",
    });
    bed.announce(YOUTUBE, channel).await;
    let code = format!("YA_{}", bed.app.value("SELECT id FROM youtube_account").await.expect("id"));
    bed.expect_row(
        "youtube_account",
        json!({
            "channel_id": "UCx", "followers": 999, "views_count": 7, "uploads_count": 3,
            "title": "Asha Cooks", "thumbnail": "c.jpg", "state": "Tamil Nadu", "country": "IN",
            "label": "Nano", "keywords": ["asha", "cooks"], "search_phrase": "asha cooks",
            "keywords_admin": ["asha", "cooks", "UCx"], "search_phrase_admin": "asha cooks UCx",
            "location": ["state_Tamil Nadu", "country_IN"],
            "location_list": ["Tamil Nadu", "India"], "enabled_for_saas": false,
            "profile_id": code, "gcc_profile_id": code,
        }),
    )
    .await;
    sea_orm::sqlx::query("UPDATE youtube_account SET avg_views = 5, username = '@asha'")
        .execute(&bed.app.owner)
        .await
        .expect("updated");
    bed.announce(YOUTUBE, json!({"handle": "UCx", "subscribers": 75_000})).await;
    bed.expect_row(
        "youtube_account",
        json!({
            "followers": 75_000, "label": "Macro", "title": "Asha Cooks", "views_count": 7,
            "enabled_for_saas": true, "keywords_admin": ["asha", "cooks", "@asha", "UCx"],
        }),
    )
    .await;
    bed.announce(YOUTUBE, json!({"handle": "UCx", "country": "us"})).await;
    let abroad = json!({"country": "US", "enabled_for_saas": false});
    bed.expect_row("youtube_account", abroad).await;
    let profile = json!({"platform": "YOUTUBE", "updated_by": "SYSTEM"});
    bed.expect_row("campaign_profiles", profile).await;
}

#[actix_web::test]
async fn an_announcement_reaches_its_handler() {
    let modules = Modules::new(&Config::from_toml("").expect("the defaults")).expect("modules");
    let app = TestApp::start_with_events(false, "", modules.topology()).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let deadline = Instant::now() + Duration::from_secs(10);
    let unit = UnitOfWork::new(stores, Arc::new(Caller::default()), deadline);
    let account = json!({"ig_id": "77", "handle": "asha"});
    let topic = "upserttracker.dx___upsert_instagram_account";
    unit.emit(topic, Some("77".to_owned()), &account).expect("emitted");
    unit.commit().await.expect("committed");
    app.eventually("the account is stored", async || app.count("instagram_account").await == 1)
        .await;
}
