//! Announcements that are none.

use coffee::core::events::{Delivery, Outcome};
use serde_json::{Value, json};

use super::{Bed, dead, message};

const INSTAGRAM: &str = "upsert_instagram_account";
const YOUTUBE: &str = "upsert_youtube_account";

fn with(member: &str, value: Value) -> String {
    let mut account = json!({"ig_id": "77", "handle": "asha"});
    account[member] = value;
    account.to_string()
}

async fn refused_at_once(bed: &Bed, handler: &str, body: String) {
    let shown: String = body.chars().take(80).collect();
    let delivery = Delivery { body: body.into(), ..Delivery::default() };
    let (reason, attempts) = dead(bed.deliver(handler, &delivery).await);
    assert!(attempts <= 1, "{shown}: {attempts} attempts");
    assert!(reason.len() < 500, "{shown}: {reason}");
}

#[actix_web::test]
async fn what_is_no_account_is_given_up_at_once_and_stores_nothing() {
    let bed = Bed::start().await;
    let bodies = [
        String::new(),
        "not json".to_owned(),
        "[\"77\", \"asha\"]".to_owned(),
        "{}".to_owned(),
        json!({"ig_id": "77"}).to_string(),
        json!({"handle": "asha"}).to_string(),
        with("ig_id", json!(" \t")),
        with("ig_id", json!(null)),
        with("ig_id", json!(77)),
        with("handle", json!("")),
        with("handle", json!("\u{2003}")),
        with("followers", json!("5")),
        with("followers", json!(5.5)),
        with("followers", json!(u64::MAX)),
        with("followers", json!(i64::MIN)),
        with("avg_likes", json!("NaN")),
        with("avg_likes", json!(1e300)),
        with("story_reach", json!(-1e300)),
        with("is_private", json!("no")),
        with("name", json!({"first": "Asha"})),
        with("name", json!("nul\u{0}character")),
        with("name", json!("x".repeat(256))),
        with("handle", json!("h\u{0}")),
        with("bio", json!("x".repeat(1 << 20))),
        with("bio", json!("x".repeat(10 << 20))),
        with("city", json!("ŉ".repeat(255))),
        "{\"ig_id\": \"77\", \"handle\": \"asha\", \"avg_likes\": 1e400}".to_owned(),
        "{\"ig_id\": \"77\", \"handle\": \"asha\", \"avg_likes\": NaN}".to_owned(),
        "{\"ig_id\": \"77\", \"handle\": \"\\ud800\"}".to_owned(),
    ];
    for body in bodies {
        refused_at_once(&bed, INSTAGRAM, body).await;
    }
    let channels =
        [json!({}), json!({"handle": null}), json!({"handle": " "}), json!({"handle": "U\u{0}"})];
    for channel in channels {
        refused_at_once(&bed, YOUTUBE, channel.to_string()).await;
    }
    for table in ["instagram_account", "youtube_account", "campaign_profiles"] {
        assert_eq!(bed.app.count(table).await, 0, "{table}");
    }
}

#[actix_web::test]
async fn odd_but_possible_accounts_are_stored_as_they_are() {
    let bed = Bed::start().await;
    let odd = json!({
        "ig_id": "'; DROP TABLE instagram_account; --", "handle": "आशा\u{200d}🙂",
        "name": "%_\\", "followers": -5, "avg_likes": -0.0, "bio": "line\nbreak\ttab",
        "country": "zz", "state": "ÉTÉ", "unknown": [1e30, {"deep": null}],
    });
    let outcome = bed.deliver(INSTAGRAM, &message(&odd)).await;
    assert_eq!(outcome, Outcome::Done);
    bed.expect_row(
        "instagram_account",
        json!({
            "ig_id": odd["ig_id"], "handle": "आशा🙂", "name": "%_\\", "label": "Nano",
            "bio": odd["bio"], "country": "ZZ", "state": "ÉTÉ", "location_list": ["ÉTÉ", "ZZ"],
        }),
    )
    .await;
}
