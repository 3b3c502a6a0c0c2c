//! Announced accounts that are stored together: what fails, comes from others or is in work elsewhere.

use coffee::core::events::{Delivery, Outcome};
use coffee::core::stores::Stores;
use futures_util::future::join_all;
use sea_orm::sqlx::{self, AssertSqlSafe};
use serde_json::json;

use super::together::{INSTAGRAM, STATEMENTS, with_id};
use super::{Bed, dead, message};

impl Bed {
    /// Deadlocks that PostgreSQL had to end so far. Connections that still stand have not told.
    async fn deadlocks(&self) -> Option<String> {
        let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND usename <> current_user";
        self.app.value(end).await;
        self.app
            .value(
                "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()",
            )
            .await
    }
}

#[actix_web::test]
async fn what_cannot_be_stored_is_given_up_alone() {
    let bed = Bed::start().await;
    // What only PostgreSQL knows.
    bed.app
        .execute(
            "ALTER TABLE instagram_account \
             ADD CHECK (account_type IS DISTINCT FROM 'poison' OR (id + 10000000000)::int > 0)",
        )
        .await;
    let account =
        |n: i64| json!({"ig_id": (n % 4).to_string(), "handle": format!("h{n}"), "followers": n});
    let mut messages: Vec<Delivery> =
        (1..=40).map(|n| with_id(&format!("m{n}"), &account(n))).collect();
    let mut poison = account(0);
    poison["accountType"] = json!("poison");
    let no_json = Delivery { body: "no json".into(), ..Delivery::default() };
    let mut forged = message(&account(3));
    forged.headers.insert("authorization".to_owned(), "nonsense".to_owned());
    for (place, poison) in [
        (35, message(&json!({"ig_id": "3", "handle": " ", "followers": 7}))),
        (30, no_json),
        (20, with_id("p1", &poison)),
        (19, with_id("p2", &poison)),
        (10, forged),
        (0, with_id("p3", &poison)),
    ] {
        messages.insert(place, poison);
    }
    let outcomes = bed.deliver_all(INSTAGRAM, &messages).await;
    let given_up = outcomes.iter().enumerate().filter(|(_, outcome)| **outcome != Outcome::Done);
    let (places, given_up): (Vec<usize>, Vec<Outcome>) =
        given_up.map(|(place, outcome)| (place, outcome.clone())).unzip();
    assert_eq!(places, [0, 11, 21, 23, 34, 40]);
    for outcome in given_up {
        let (reason, attempts) = dead(outcome);
        assert!(attempts <= 1, "{reason} after {attempts} attempts");
    }
    // The others are stored, those of one account in their order.
    let rows =
        "SELECT string_agg(handle || ' ' || followers, ', ' ORDER BY ig_id) FROM instagram_account";
    assert_eq!(bed.app.value(rows).await.as_deref(), Some("h40 40, h37 37, h38 38, h39 39"));
    let recorded = "SELECT count(*) || ' ' || count(*) FILTER (WHERE message_id LIKE 'p%') FROM processed_message";
    assert_eq!(bed.app.value(recorded).await.as_deref(), Some("40 0"));
}

#[actix_web::test]
async fn a_large_message_holds_up_no_others() {
    let bed = Bed::start().await;
    let large =
        json!({"ig_id": "2", "handle": "large", "unknown": "x".repeat(64 * 1024), "followers": 2});
    let too_large = json!({"ig_id": "3", "handle": "too.large", "bio": "x".repeat(64 * 1024)});
    let beyond = json!({"ig_id": "4", "handle": "beyond", "unknown": "x".repeat(3 << 20)});
    let small = |ig_id: &str| json!({"ig_id": ig_id, "handle": "small"});
    let messages =
        [small("1"), large, too_large, beyond, small("5")].map(|account| message(&account));
    let outcomes = bed.deliver_all(INSTAGRAM, &messages).await;
    let is_done: Vec<bool> = outcomes.iter().map(|outcome| *outcome == Outcome::Done).collect();
    assert_eq!(is_done, [true, true, false, false, true], "{outcomes:?}");
    let stored = "SELECT string_agg(ig_id, ' ' ORDER BY ig_id) FROM instagram_account";
    assert_eq!(bed.app.value(stored).await.as_deref(), Some("1 2 5"));
}

#[actix_web::test]
async fn replicas_that_store_the_same_persons_wait_for_each_other_in_one_direction() {
    let bed = Bed::start().await;
    // Half of them are known, others are there by their handle alone.
    for n in 0..20 {
        let (ig_id, handle) = match n % 2 {
            0 => (n.to_string(), format!("h{n}")),
            _ => (format!("MISSING-{n}"), format!("h{}", 20 - n)),
        };
        bed.app.seed_instagram(&json!({"ig_id": ig_id, "handle": handle})).await;
    }
    let replicas: Vec<Stores> =
        join_all((0..4).map(|_| async { Stores::open(bed.config.clone()).await.expect("stores") }))
            .await;
    for round in 0..15 {
        let batches: Vec<Vec<Delivery>> = (0..4)
            .map(|replica| {
                let member = ["followers", "following", "num_of_posts", "avg_likes"][replica];
                let mut batch: Vec<Delivery> = (0..60 + round)
                    .map(|n| message(&json!({"ig_id": n.to_string(), "handle": format!("h{n}"), member: round})))
                    .collect();
                match replica {
                    0 => {}
                    1 => batch.reverse(),
                    other => batch.rotate_left(other * 17),
                }
                batch
            })
            .collect();
        let running = replicas.iter().zip(&batches);
        let outcomes =
            join_all(running.map(|(stores, batch)| bed.deliver_by(stores, INSTAGRAM, batch))).await;
        assert!(outcomes.iter().flatten().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
    }
    let whole = "SELECT count(*) FROM instagram_account a JOIN campaign_profiles p ON p.platform_account_id = a.id \
                 WHERE followers >= 10 AND following >= 10 AND post_count >= 10 AND avg_likes >= 10 \
                   AND a.label IS NOT NULL";
    assert_eq!(bed.app.value(whole).await.as_deref(), Some("74"));
    assert_eq!(bed.app.count("instagram_account").await, 74);
    drop(replicas);
    assert_eq!(bed.deadlocks().await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn an_account_that_somebody_else_stores_meanwhile_is_merged() {
    let bed = Bed::start().await;
    bed.app.seed_instagram(&json!({"ig_id": "1", "handle": "known"})).await;
    let mut other = bed.app.owner.acquire().await.expect("a connection");
    let begin = "BEGIN; INSERT INTO instagram_account (ig_id, handle, name, country, followers) \
                 VALUES ('5', 'asha', 'Asha', 'IN', 7)";
    sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *other).await.expect("begun");
    let batch = ["1", "4", "5", "6"]
        .map(|ig_id| message(&json!({"ig_id": ig_id, "handle": "asha", "following": 3})));
    let work = bed.deliver_all(INSTAGRAM, &batch);
    let meanwhile = async {
        let waits = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                     WHERE NOT l.granted AND a.datname = current_database()";
        bed.app
            .eventually("it waits", async || bed.app.value(waits).await.as_deref() == Some("1"))
            .await;
        sqlx::raw_sql("COMMIT").execute(&mut *other).await.expect("committed");
    };
    let (outcomes, ()) = futures_util::join!(work, meanwhile);
    assert_eq!(outcomes, vec![Outcome::Done; 4]);
    let row = "SELECT name || ' ' || followers || ' ' || following || ' ' || label FROM instagram_account \
               WHERE ig_id = '5'";
    assert_eq!(bed.app.value(row).await.as_deref(), Some("Asha 7 3 Nano"));
    assert_eq!(bed.app.count("instagram_account").await, 4);
    assert_eq!(bed.app.count("campaign_profiles").await, 4);
}

#[actix_web::test]
async fn a_store_that_fails_for_a_moment_costs_no_message_and_no_order() {
    let bed = Bed::start().await;
    let account = |n: i64| json!({"ig_id": "77", "handle": "asha", "followers": n});
    let batch: Vec<Delivery> = (1..=9).map(|n| with_id(&format!("m{n}"), &account(n))).collect();
    bed.app.execute("ALTER TABLE campaign_profiles RENAME TO lost").await;
    let again = bed.stores.metrics.statements.count() + STATEMENTS;
    let back = async {
        bed.app
            .eventually("it is tried again", async || bed.stores.metrics.statements.count() > again)
            .await;
        bed.app.execute("ALTER TABLE lost RENAME TO campaign_profiles").await;
    };
    let (outcomes, ()) = futures_util::join!(bed.deliver_all(INSTAGRAM, &batch), back);
    assert_eq!(outcomes, vec![Outcome::Done; 9]);
    bed.expect_row("instagram_account", json!({"followers": 9})).await;
    assert_eq!(bed.app.count("processed_message").await, 9);
}
