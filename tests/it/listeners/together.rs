//! Announced accounts that are stored together leave what they leave one after the other.

use coffee::core::events::{Delivery, Outcome, deliver_all};
use coffee::core::stores::Stores;
use serde_json::{Value, json};

use super::{Bed, message};

pub(super) const INSTAGRAM: &str = "upsert_instagram_account";
const YOUTUBE: &str = "upsert_youtube_account";
/// Statements for messages of any number: beginning and commit are not counted.
pub(super) const STATEMENTS: u64 = 7;

impl Bed {
    /// Hands messages to the handler of that name, all at once.
    pub(super) async fn deliver_all(&self, handler: &str, deliveries: &[Delivery]) -> Vec<Outcome> {
        self.deliver_by(&self.stores, handler, deliveries).await
    }

    /// The same as another replica.
    pub(super) async fn deliver_by(
        &self,
        stores: &Stores,
        handler: &str,
        deliveries: &[Delivery],
    ) -> Vec<Outcome> {
        let mut all = self.subscriptions.iter();
        let subscription = all.find(|known| known.name == handler).expect("a handler");
        deliver_all(stores, subscription, &deliveries.iter().collect::<Vec<_>>()).await
    }

    pub(super) async fn announce_all(&self, handler: &str, accounts: &[Value]) {
        let messages: Vec<Delivery> = accounts.iter().map(message).collect();
        let outcomes = self.deliver_all(handler, &messages).await;
        assert_eq!(outcomes, vec![Outcome::Done; accounts.len()]);
    }

    /// All accounts and campaign profiles by the platforms' ids, without times and ids of ours.
    pub(super) async fn all_rows(&self) -> Value {
        let sql = "SELECT jsonb_agg(line ORDER BY line ->> 'key') FROM ( \
             SELECT jsonb_build_object('key', a.ig_id, 'account', to_jsonb(a) \
                 - '{id,profile_id,gcc_profile_id,created_at,updated_at}'::text[], 'profile', to_jsonb(p) \
                 - '{id,platform_account_id,created_at,updated_at}'::text[]) AS line \
             FROM instagram_account a LEFT JOIN campaign_profiles p \
                 ON p.platform = 'INSTAGRAM' AND p.platform_account_id = a.id \
             WHERE a.profile_id = 'IA_' || a.id \
             UNION ALL \
             SELECT jsonb_build_object('key', a.channel_id, 'account', to_jsonb(a) \
                 - '{id,profile_id,gcc_profile_id,created_at,updated_at}'::text[], 'profile', to_jsonb(p) \
                 - '{id,platform_account_id,created_at,updated_at}'::text[]) \
             FROM youtube_account a LEFT JOIN campaign_profiles p \
                 ON p.platform = 'YOUTUBE' AND p.platform_account_id = a.id \
             WHERE a.profile_id = 'YA_' || a.id) l";
        serde_json::from_str(&self.app.value(sql).await.expect("rows")).expect("JSON")
    }
}

pub(super) fn with_id(id: &str, account: &Value) -> Delivery {
    Delivery { message_id: Some(id.to_owned()), ..message(account) }
}

/// Messages about a few accounts, in an order in which everything happens to them.
fn stories() -> Vec<Value> {
    let cities = ["pune", "new delhi", " ", "st. o'fallon (west)"];
    let mut random = 11_usize;
    let mut next = move |below: usize| {
        random = random.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (random >> 8) % below
    };
    let message = |n: usize| {
        let account = next(9);
        let mut story = json!({
            "ig_id": account.to_string(), "handle": format!("Creator{}", (account + next(3)) % 9),
            "unknown": {"n": n},
        });
        for (member, value) in [
            ("name", json!(format!("Asha {n}"))),
            ("followers", json!(n * 40_000)),
            ("following", json!(n)),
            ("num_of_posts", json!(n)),
            ("city", json!(cities[n % 4])),
            ("state", json!("goa")),
            ("country", json!(["in", "us"][n % 2])),
            ("avg_engagement", json!(n % 3)),
            ("avg_likes", json!(n as f64 / 7.0)),
            ("avg_comments", json!(n as f64 / 3.0)),
            ("avg_reach", json!(0.1 + 0.2)),
            ("avg_play_count", json!(1e15 + 0.5)),
            ("avg_static_reach", json!(n as f64 + 0.5)),
            ("story_reach", json!(-0.0)),
            ("is_private", json!(n.is_multiple_of(2))),
            ("bio", json!(format!("line\nbreak \"{n}\" \\ \u{1F642} \u{7f} {{}}"))),
            ("accountType", json!("CREATOR")),
            ("profile_pic", json!(format!("{n}.jpg"))),
        ] {
            if next(3) == 0 {
                story[member] = value;
            }
        }
        story
    };
    (0..120).map(message).collect()
}

async fn bed_with_accounts() -> Bed {
    let bed = Bed::start().await;
    for (ig_id, handle) in [
        ("MISSING-1", "creator1"),
        ("MISSING-2", "CREATOR2"),
        ("MISSING-22", "creator2"),
        ("3", "creator3"),
        ("4", "old name"),
    ] {
        let known = json!({
            "ig_id": ig_id, "handle": handle, "name": "Known", "email": "a@x.in", "deleted": true,
            "languages": ["hi"], "profile_id": "", "avg_likes": 5.5,
        });
        let id = bed.app.seed_instagram(&known).await;
        if ig_id == "4" {
            let details = json!({
                "platform": "INSTAGRAM", "platform_account_id": id, "on_gcc": true,
                "admin_details": {"name": "Asha Rao", "email": "ASHA@x.in"}, "user_details": {"phone": "98"},
            });
            bed.app.seed("campaign_profiles", &details).await;
        }
    }
    bed.app
        .execute("UPDATE instagram_account SET updated_at = now() - id * interval '1 hour'")
        .await;
    bed
}

#[actix_web::test]
async fn together_or_one_by_one_the_rows_are_the_same() {
    let stories = stories();
    let alone = bed_with_accounts().await;
    for story in &stories {
        alone.announce(INSTAGRAM, story.clone()).await;
    }
    let expected = alone.all_rows().await;
    assert!(expected.as_array().is_some_and(|rows| rows.len() >= 9), "{expected}");
    for size in [120, 13, 2] {
        let together = bed_with_accounts().await;
        for some in stories.chunks(size) {
            together.announce_all(INSTAGRAM, some).await;
        }
        expect_rows(&together.all_rows().await, &expected);
    }
}

/// The same rows; else the columns that differ.
fn expect_rows(rows: &Value, expected: &Value) {
    let (rows, expected) = (rows.as_array().expect("rows"), expected.as_array().expect("rows"));
    let keys = |rows: &[Value]| rows.iter().map(|row| row["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys(rows), keys(expected));
    for (row, expected) in rows.iter().zip(expected) {
        for table in ["account", "profile"] {
            for (column, value) in expected[table].as_object().expect("a row") {
                assert_eq!(&row[table][column], value, "{table}.{column} of {}", row["key"]);
            }
        }
    }
}

#[actix_web::test]
async fn channels_are_stored_together_likewise() {
    let channel = |n: usize| {
        let mut channel = json!({"handle": format!("UC{}", n % 7)});
        let (member, value) = match n % 5 {
            0 => ("title", json!(format!("Asha Cooks {n}"))),
            1 => ("subscribers", json!(n * 1_000)),
            2 => ("views", json!(n)),
            3 => ("country", json!("in")),
            _ => ("uploads", json!(n)),
        };
        channel[member] = value;
        channel
    };
    let channels: Vec<Value> = (0..60).map(channel).collect();
    let (alone, together) = (Bed::start().await, Bed::start().await);
    for bed in [&alone, &together] {
        let known =
            json!({"channel_id": "UC3", "title": "Known", "username": "@asha", "avg_views": 5});
        bed.app.seed_youtube(&known).await;
    }
    for channel in &channels {
        alone.announce(YOUTUBE, channel.clone()).await;
    }
    for some in channels.chunks(25) {
        together.announce_all(YOUTUBE, some).await;
    }
    expect_rows(&together.all_rows().await, &alone.all_rows().await);
}

#[actix_web::test]
async fn an_account_that_is_new_and_changes_at_once_is_one_account() {
    let bed = Bed::start().await;
    let accounts = [
        json!({"ig_id": "77", "handle": "asha", "name": "Asha", "followers": 5}),
        json!({"ig_id": "78", "handle": "ravi"}),
        json!({"ig_id": "77", "handle": "asha.rao", "followers": 75_000}),
    ];
    bed.announce_all(INSTAGRAM, &accounts).await;
    assert_eq!(bed.app.count("instagram_account").await, 2);
    assert_eq!(bed.app.count("campaign_profiles").await, 2);
    bed.app.execute("DELETE FROM instagram_account WHERE ig_id = '78'").await;
    let row = json!({
        "handle": "asha.rao", "name": "Asha", "followers": 75_000, "label": "Macro",
        "keywords": ["asha", "asha.rao"], "keywords_admin": ["asha", "asha.rao"],
    });
    bed.expect_row("instagram_account", row).await;
}

#[actix_web::test]
async fn a_thousand_messages_about_one_person_cost_what_one_costs() {
    let bed = Bed::start().await;
    let message = |n: i64| {
        let account = json!({"ig_id": "77", "handle": format!("asha{n}"), "followers": n});
        with_id(&format!("m{n}"), &account)
    };
    let messages: Vec<Delivery> = (1..=1000).map(message).collect();
    for (round, expected) in [Outcome::Done, Outcome::Duplicate].into_iter().enumerate() {
        let before = bed.stores.metrics.statements.count();
        let outcomes = bed.deliver_all(INSTAGRAM, &messages).await;
        let spent = bed.stores.metrics.statements.count() - before;
        assert_eq!(outcomes, vec![expected; 1000]);
        assert!(spent <= STATEMENTS, "{spent} statements in round {round}");
        bed.expect_row("instagram_account", json!({"handle": "asha1000", "followers": 1000})).await;
    }
    assert_eq!(bed.app.count("processed_message").await, 1000);
    assert_eq!(bed.app.count("campaign_profiles").await, 1);
}

#[actix_web::test]
async fn what_comes_again_among_others_has_no_second_effect() {
    let bed = Bed::start().await;
    let message = |n: i64| {
        let person = n % 2;
        let account =
            json!({"ig_id": person.to_string(), "handle": format!("h{person}"), "followers": n});
        with_id(&format!("m{n}"), &account)
    };
    let of = |numbers: &[i64]| numbers.iter().map(|n| message(*n)).collect::<Vec<_>>();
    let outcomes = bed.deliver_all(INSTAGRAM, &of(&[1, 2, 3, 4, 3])).await;
    let (done, again) = (Outcome::Done, Outcome::Duplicate);
    assert_eq!(outcomes, [&done, &done, &done, &done, &again].map(Clone::clone));
    // What was not acknowledged comes before what follows, and late in the worst case.
    let outcomes = bed.deliver_all(INSTAGRAM, &of(&[2, 3, 5, 6, 4, 1])).await;
    assert_eq!(outcomes, [&again, &again, &done, &done, &again, &again].map(Clone::clone));
    let followers = "SELECT string_agg(followers::text, ' ' ORDER BY ig_id) FROM instagram_account";
    assert_eq!(bed.app.value(followers).await.as_deref(), Some("6 5"));
}
