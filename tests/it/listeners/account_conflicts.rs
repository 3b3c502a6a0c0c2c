//! The same account from several sides.

use coffee::core::events::{Delivery, Outcome};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Bed, dead, message};

const INSTAGRAM: &str = "upsert_instagram_account";
const YOUTUBE: &str = "upsert_youtube_account";

#[actix_web::test]
async fn twenty_messages_at_the_same_time_make_one_account_with_all_they_know() {
    let bed = Bed::start().await;
    let facts = [
        ("name", json!("Asha Rao")),
        ("followers", json!(75_000)),
        ("following", json!(5)),
        ("num_of_posts", json!(6)),
        ("avg_reach", json!(1.5)),
        ("avg_likes", json!(2.5)),
        ("avg_comments", json!(3.5)),
        ("avg_engagement", json!(0.5)),
        ("city", json!("pune")),
        ("country", json!("in")),
    ];
    let messages: Vec<Delivery> = facts
        .iter()
        .cycle()
        .take(20)
        .map(|(member, value)| message(&json!({"ig_id": "77", "handle": "asha", *member: value})))
        .collect();
    let outcomes = join_all(messages.iter().map(|one| bed.deliver(INSTAGRAM, one))).await;
    assert_eq!(outcomes, vec![Outcome::Done; 20]);
    bed.expect_row(
        "instagram_account",
        json!({
            "name": "Asha Rao", "followers": 75_000, "following": 5, "post_count": 6,
            "avg_reach": 1.5, "avg_likes": 2.5, "avg_comments": 3.5, "engagement_rate": 0.5,
            "city": "Pune", "country": "IN", "label": "Macro", "enabled_for_saas": true,
            "keywords": ["asha", "rao"], "location_list": ["Pune", "India"],
        }),
    )
    .await;
    assert_eq!(bed.app.count("instagram_account").await, 1);
    assert_eq!(bed.app.count("campaign_profiles").await, 1);
}

#[actix_web::test]
async fn channels_race_likewise() {
    let bed = Bed::start().await;
    let messages: Vec<Delivery> = (0..20)
        .map(|number| match number % 2 {
            0 => message(&json!({"handle": "UC1", "subscribers": 5})),
            _ => message(&json!({"handle": "UC1", "views": 6})),
        })
        .collect();
    let outcomes = join_all(messages.iter().map(|one| bed.deliver(YOUTUBE, one))).await;
    assert_eq!(outcomes, vec![Outcome::Done; 20]);
    bed.expect_row("youtube_account", json!({"followers": 5, "views_count": 6})).await;
    assert_eq!(bed.app.count("youtube_account").await, 1);
}

#[actix_web::test]
async fn an_account_known_by_its_handle_alone_takes_the_id() {
    let bed = Bed::start().await;
    let known = json!({"ig_id": "MISSING-asha", "handle": "asha", "name": "Asha"});
    let id = bed.app.seed_instagram(&known).await;
    bed.announce(INSTAGRAM, json!({"ig_id": "77", "handle": "asha", "followers": 5})).await;
    let adopted = json!({"id": id, "ig_id": "77", "name": "Asha", "followers": 5});
    bed.expect_row("instagram_account", adopted).await;
}

#[actix_web::test]
async fn two_accounts_that_want_one_handle_are_two_accounts() {
    let bed = Bed::start().await;
    let id = bed.app.seed_instagram(&json!({"ig_id": "MISSING-asha", "handle": "asha"})).await;
    let messages: Vec<Delivery> = (1..=8)
        .map(|ig_id: i64| message(&json!({"ig_id": ig_id.to_string(), "handle": "asha"})))
        .collect();
    let outcomes = join_all(messages.iter().map(|one| bed.deliver(INSTAGRAM, one))).await;
    assert_eq!(outcomes, vec![Outcome::Done; 8]);
    let ids = bed.app.value("SELECT string_agg(ig_id, ',' ORDER BY ig_id) FROM instagram_account");
    assert_eq!(ids.await.as_deref(), Some("1,2,3,4,5,6,7,8"));
    let sql = format!("SELECT ig_id FROM instagram_account WHERE id = {id}");
    assert_ne!(bed.app.value(&sql).await.as_deref(), Some("MISSING-asha"));
}

#[actix_web::test]
async fn a_redelivery_has_no_second_effect() {
    let bed = Bed::start().await;
    let with_id = |account: Value| Delivery { message_id: Some("m1".into()), ..message(&account) };
    let first = with_id(json!({"ig_id": "77", "handle": "asha", "followers": 5}));
    assert_eq!(bed.deliver(INSTAGRAM, &first).await, Outcome::Done);
    bed.announce(INSTAGRAM, json!({"ig_id": "77", "handle": "asha", "followers": 6})).await;
    assert_eq!(bed.deliver(INSTAGRAM, &first).await, Outcome::Duplicate);
    bed.expect_row("instagram_account", json!({"followers": 6})).await;
}

#[actix_web::test]
async fn an_announcement_is_stored_completely_or_not_at_all() {
    let bed = Bed::start().await;
    let rename = |from: &str, to: &str| {
        sea_orm::sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"))
    };
    let hide = sea_orm::sqlx::query(rename("campaign_profiles", "lost"));
    hide.execute(&bed.app.owner).await.expect("renamed");
    let announced = json!({"ig_id": "77", "handle": "asha"});
    let delivery = Delivery { message_id: Some("m1".into()), ..message(&announced) };
    let (reason, attempts) = dead(bed.deliver(INSTAGRAM, &delivery).await);
    assert_eq!(attempts, 4);
    assert!(reason.starts_with("postgresql: "), "{reason}");
    assert_eq!(bed.app.count("instagram_account").await, 0);
    let show = sea_orm::sqlx::query(rename("lost", "campaign_profiles"));
    show.execute(&bed.app.owner).await.expect("renamed");
    assert_eq!(bed.deliver(INSTAGRAM, &delivery).await, Outcome::Done);
    assert_eq!(bed.app.count("instagram_account").await, 1);
}
