//! The plan of a partner: contracts that the partner service is asked for, and how long they count.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use super::external_services::{create_group, is_paid, start, token};
use crate::support::{Client, Mode, identity_fake, partner_fake};

#[actix_web::test]
async fn the_plan_follows_the_dates_of_the_contract() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "[cache]\ncontract_ttl_secs = 0\n").await;
    let client = app.with_token(token(&app, "s"));
    assert!(is_paid(&client).await);
    for free in [
        partner_fake::contract("PAID", -30, -1),
        partner_fake::contract("PAID", 1, 30),
        partner_fake::contract("GOLD", -30, 30),
        partner_fake::contract("", -30, 30),
        json!({"status": {"type": "SUCCESS"}, "partners": []}),
        json!({"status": {"type": "SUCCESS"}}),
    ] {
        partner.set_answer(free.clone());
        assert!(!is_paid(&client).await, "{free}");
    }
}

#[actix_web::test]
async fn old_contracts_are_used_while_the_partner_service_fails() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "[cache]\ncontract_ttl_secs = 0\n").await;
    let client = app.with_token(token(&app, "s"));
    assert!(is_paid(&client).await);
    for mode in [Mode::Status(500), Mode::Hang, Mode::Drop] {
        partner.set_mode(mode);
        assert!(is_paid(&client).await, "{mode:?}");
    }
    partner.set_mode(Mode::Answer);
    partner.set_answer(json!({"status": {"status": "ERROR", "message": "Something Went Wrong"}}));
    assert!(is_paid(&client).await, "a failure in an answer of 200 is one too");
    partner.set_answer(partner_fake::contract("FREE", -30, 30));
    assert!(!is_paid(&client).await);
}

#[actix_web::test]
async fn contracts_that_are_too_old_count_as_free() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let cache = "[cache]\ncontract_ttl_secs = 0\ncontract_stale_secs = 0\n";
    let app = start(&identity, &partner, cache).await;
    let client = app.with_token(token(&app, "s"));
    assert!(is_paid(&client).await);
    partner.set_mode(Mode::Status(500));
    assert!(!is_paid(&client).await);
    partner.set_mode(Mode::Answer);
    assert!(is_paid(&client).await);
}

#[actix_web::test]
async fn sessions_of_one_partner_share_one_question_about_it() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let clients: Vec<Client> =
        (0..10).map(|n| app.with_token(token(&app, &format!("s{n}")))).collect();
    let answers = join_all(clients.iter().map(|client| create_group(client, "a"))).await;
    answers.iter().for_each(|answer| drop(answer.success()));
    assert_eq!((identity.calls(), partner.calls()), (10, 1));
}

#[actix_web::test]
async fn a_contract_ends_on_time_although_it_is_cached() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "[cache]\ncontract_ttl_secs = 60\n").await;
    let client = app.with_token(token(&app, "s"));
    let mut answer = partner_fake::contract("PAID", -30, 30);
    let end = chrono::Utc::now() + chrono::Duration::seconds(4);
    answer["partners"][0]["contracts"][0]["endTime"] = json!(end.timestamp_millis());
    partner.set_answer(answer);
    assert!(is_paid(&client).await);
    app.eventually("the plan is FREE", || async { !is_paid(&client).await }).await;
    assert!(chrono::Utc::now() >= end, "not before the end");
    assert_eq!(partner.calls(), 1, "the contracts are those of the first request");
}

#[actix_web::test]
async fn a_failure_is_not_repeated_at_once_and_not_remembered_for_long() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "[cache]\ncontract_ttl_secs = 60\n").await;
    let client = app.with_token(token(&app, "s"));
    partner.set_mode(Mode::Status(500));
    let since = Instant::now();
    assert!(!is_paid(&client).await && !is_paid(&client).await);
    assert_eq!(partner.calls(), 1);
    partner.set_mode(Mode::Answer);
    while !is_paid(&client).await {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "remembered for longer than five seconds"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(partner.calls(), 2);
}
