//! `coffee partner` and `coffee user`, as an operator runs them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::{GUARDED, PASSWORD, is_let_in, login, refresh, refused, signed_in, start, success};
use crate::support::TestApp;

/// Runs the program against the stores of the test, with a text on standard input.
fn coffee(app: &TestApp, args: &[&str], input: &str) -> Output {
    run(app, args, input, &[])
}

/// The same with more in its environment.
fn run(app: &TestApp, args: &[&str], input: &str, more: &[(&str, &str)]) -> Output {
    let config = &app.config;
    let mut running = Command::new(env!("CARGO_BIN_EXE_coffee"))
        .args(args)
        .env("COFFEE__ENV", "test")
        .env("COFFEE__POSTGRES__URL", config.postgres.url.expose())
        .env("COFFEE__POSTGRES__OWNER_URL", config.postgres.owner_url.expose())
        .env("COFFEE__REDIS__ADDRESSES", config.redis.addresses.join(","))
        .env("COFFEE__REDIS__KEY_PREFIX", &config.redis.key_prefix)
        .env("COFFEE__CLICKHOUSE__URL", "")
        .envs(more.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    running.stdin.take().expect("input").write_all(input.as_bytes()).expect("written");
    running.wait_with_output().expect("ends")
}

#[track_caller]
fn done(output: &Output) -> String {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "{out}{err}");
    out.into_owned()
}

#[track_caller]
fn done_json(output: &Output) -> Value {
    serde_json::from_str(&done(output)).expect("JSON")
}

#[track_caller]
fn failed(output: &Output, text: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && err.contains(text), "{err}");
    assert!(!err.contains(PASSWORD), "{err}");
}

#[actix_web::test]
async fn partners_and_contracts_are_managed() {
    let app = start("").await;
    let run = |args: &[&str]| coffee(&app, args, "");
    let made = done_json(&run(&["partner", "add", "--name", "Acme", "--json"]));
    let id = made["id"].as_i64().expect("an id");
    assert!(id >= 1_000_000, "clear of given ids");
    assert_eq!(made["contracts"], json!([]));
    let id = id.to_string();
    let contract = ["partner", "contract", &id, "--plan", "paid", "--limit", "7", "--json"];
    let signed = done_json(&run(&contract));
    assert_eq!(signed["contracts"][0]["plan"], "PAID");
    let counters = format!(
        "SELECT count(*) || ' ' || min(\"limit\") FROM partner_usage WHERE partner_id = {id}"
    );
    let counters = app.value(&counters).await.expect("counters");
    assert!(counters.ends_with(" 7") && counters != "0 7", "{counters}");
    assert_eq!(done_json(&run(&["partner", "show", &id, "--json"])), signed);
    let list = done_json(&run(&["partner", "--json", "list"]));
    assert!(list.as_array().expect("a list").contains(&signed), "{list}");
    let all = done(&run(&["partner", "list"]));
    assert!(all.contains("Acme") && all.contains("Ten") && all.contains("Platform"), "{all}");
    let text = done(&run(&["partner", "show", &id]));
    assert!(text.contains("PAID") && text.contains("Acme"), "{text}");
    failed(&run(&["partner", "show", "404"]), "no such partner");
    failed(&run(&["partner", "add", "--name", "X", "--id", "10"]), "another partner has this id");
    failed(&run(&["partner", "add", "--name", " "]), "a name has");
    failed(&run(&["partner", "contract", "404", "--plan", "SAAS"]), "there is no partner 404");
    let backwards = ["--start", "2026-02-01", "--end", "2026-01-01"];
    failed(
        &run(&[&["partner", "contract", "10", "--plan", "SAAS"], &backwards[..]].concat()),
        "ends after",
    );
}

#[actix_web::test]
async fn a_contract_that_is_typed_twice_is_made_once() {
    let app = start("").await;
    let contract = |more: &[&str]| {
        coffee(&app, &[&["partner", "contract", "10", "--plan", "PAID"], more].concat(), "")
    };
    let state = async || {
        let contracts = app.value("SELECT count(*) FROM partner_contract").await;
        let limit = app.value("SELECT max(\"limit\") FROM partner_usage").await;
        (contracts.unwrap_or_default(), limit.unwrap_or_default())
    };
    let dated = ["--start", "2020-01-01", "--end", "2100-01-01", "--limit", "7"];
    for again in [&["--limit", "7"][..], &dated] {
        done(&contract(again));
        let before = state().await;
        let repeated = contract(again);
        done(&repeated);
        let told = String::from_utf8_lossy(&repeated.stderr);
        assert!(told.contains("is the same; nothing has changed"), "{told}");
        assert_eq!(state().await, before);
    }
    done(&contract(&["--limit", "8"]));
    assert_eq!(state().await, ("3".into(), "8".into()), "another limit is another contract");
    done(&contract(&["--limit", "7"]));
    assert_eq!(state().await, ("4".into(), "7".into()), "and so is the way back");
    let other = contract(&["--limit", "7", "--days", "30"]);
    done(&other);
    assert_eq!(state().await.0, "5", "another term is another contract");
}

#[actix_web::test]
async fn a_new_contract_is_announced() {
    use futures_util::StreamExt as _;
    let app = start("").await;
    let url = format!("redis://{}", app.config.redis.addresses[0]);
    let client = deadpool_redis::redis::Client::open(url).expect("a URL");
    let mut listening = client.get_async_pubsub().await.expect("Redis answers");
    let channel = format!("{}coffee:revoked", app.config.redis.key_prefix);
    listening.subscribe(&channel).await.expect("subscribes");
    done(&coffee(&app, &["partner", "contract", "10", "--plan", "SAAS"], ""));
    let mut messages = listening.on_message();
    let next = tokio::time::timeout(std::time::Duration::from_secs(2), messages.next());
    let message = next.await.expect("in time").expect("a message");
    assert_eq!(message.get_payload::<String>().expect("a text"), "partner:10");
}

#[actix_web::test]
async fn a_user_is_added_and_signs_in() {
    let app = start("").await;
    let add =
        ["user", "add", "--email", "ravi@example.com", "--name", "Ravi", "--partner-id", "10"];
    let input = format!("{PASSWORD}\n");
    let added = done_json(&coffee(&app, &[&add[..], &["--json"]].concat(), &input));
    assert_eq!((&added["email"], &added["partnerId"]), (&json!("ravi@example.com"), &json!(10)));
    let body = success(&login(&app, "ravi@example.com", PASSWORD).await);
    assert_eq!(body["userClientAccount"]["id"], added["accountId"]);
    assert_eq!(body["userClientAccount"]["name"], "Ravi");
    let list = done(&coffee(&app, &["user", "list", "--partner-id", "10"], ""));
    assert!(list.contains("ravi@example.com") && list.contains("Asha@example.com"), "{list}");
    let none = done_json(&coffee(&app, &["user", "list", "--partner-id", "404", "--json"], ""));
    assert_eq!(none, json!([]));
    failed(&coffee(&app, &add, &input), "another user has this e-mail address");
    let other = ["user", "add", "--email", "x@example.com", "--password-stdin"];
    failed(&coffee(&app, &other, "short\n"), "at least 8 characters");
    failed(&coffee(&app, &["user", "add", "--email", "x"], &input), "not an e-mail address");
    failed(&coffee(&app, &["user", "disable", "404"], ""), "no such user");
    let stray = ["user", "add", "--email", "y@example.com", "--partner-id", "404"];
    failed(&coffee(&app, &stray, &input), "there is no partner 404");
    let generated = ["user", "add", "--email", "y@example.com", "--user-id", "1000000"];
    failed(&coffee(&app, &generated, &input), "ids are 1 to 999999");
}

#[actix_web::test]
async fn contracts_that_do_not_rule_leave_the_counters_alone() {
    let app = start("").await;
    let contract = |plan: &str, term: [&str; 4]| {
        let args = ["partner", "contract", "10", "--plan", plan, "--limit", "7"];
        done(&coffee(&app, &[&args[..], &term].concat(), ""));
    };
    let counters = async || {
        let sql =
            "SELECT string_agg(start_date::date || ' ' || end_date::date, ',') FROM partner_usage";
        app.value(sql).await
    };
    contract("PAID", ["--start", "2020-06-01T00:00:00Z", "--end", "2100-01-01T00:00:00Z"]);
    let running = counters().await;
    assert!(running.as_deref().is_some_and(|all| all.starts_with("2020-06-01 2100-01-01")));
    contract("FREE", ["--start", "2020-01-01", "--end", "2020-02-01"]);
    contract("PAID", ["--start", "2020-01-01", "--end", "2020-02-01"]);
    contract("FREE", ["--start", "2020-01-01", "--end", "2100-01-01"]);
    contract("FREE", ["--start", "2099-01-01", "--end", "2100-01-01"]);
    assert_eq!(counters().await, running);
}

#[actix_web::test]
async fn a_token_comes_alone_or_as_json() {
    let app = start("").await;
    let secret = [("COFFEE__AUTH__HMAC_SECRET", app.config.auth.hmac_secret.expose())];
    let args = ["token", "--partner-id", "10", "--account-id", "78", "--user-id", "43"];
    let alone = done(&run(&app, &args, "", &secret));
    assert_eq!(app.with_token(alone.trim()).get(GUARDED).await.code, 200);
    let made = done_json(&run(&app, &[&args[..], &["--json"]].concat(), "", &secret));
    let token = made["token"].as_str().expect("a token");
    assert_eq!(app.with_token(token).get(GUARDED).await.code, 200);
    assert_eq!(made["sid"], crate::support::session_of(token));
    assert!(made["expiresAt"].is_string(), "{made}");
    let endless = [&args[..], &["--hours", "4294967295"]].concat();
    failed(&run(&app, &endless, "", &secret), "--hours");
}

#[actix_web::test]
async fn a_token_never_changes_a_contract() {
    let app = start("").await;
    let secret = [("COFFEE__AUTH__HMAC_SECRET", app.config.auth.hmac_secret.expose())];
    let args = ["token", "--partner-id", "10", "--account-id", "78", "--user-id", "43"];
    let token = |more: &[&str]| run(&app, &[&args[..], more].concat(), "", &secret);
    let state = async || {
        let contracts =
            "SELECT string_agg(id || plan || end_time, ',' ORDER BY id) FROM partner_contract";
        let counters = "SELECT string_agg(namespace || \"limit\" || end_date, ',' ORDER BY namespace) \
                        FROM partner_usage";
        (app.value(contracts).await, app.value(counters).await)
    };
    done(&token(&[]));
    assert_eq!(state().await, (None, None), "none is made unless asked for");
    done(&token(&["--plan", "PAID"]));
    let before = state().await;
    assert!(before.1.is_some(), "with counters");
    done(&token(&[]));
    done(&token(&["--plan", "PAID"]));
    failed(&token(&["--plan", "FREE"]), "has a contract already");
    failed(&token(&["--plan", "SAAS"]), "has a contract already");
    assert_eq!(state().await, before);
    let again = ["user", "add", "--email", "ASHA@example.com", "--partner-id", "10"];
    failed(&coffee(&app, &again, &format!("{PASSWORD}\n")), "another user has this e-mail address");
    failed(&coffee(&app, &["partner", "add", "--name", "X", "--id", "10"], ""), "has this id");
    assert_eq!(state().await, before);
}

#[actix_web::test]
async fn whoever_ends_sessions_learns_that_redis_is_away() {
    let app = start("").await;
    signed_in(&app).await;
    let away = [("COFFEE__REDIS__ADDRESSES", "127.0.0.1:1")];
    failed(&run(&app, &["user", "disable", "42"], "", &away), "access tokens of ended sessions");
    refused(&login(&app, "asha@example.com", PASSWORD).await, "invalid credentials");
    done(&run(&app, &["user", "list"], "", &away));
}

#[actix_web::test]
async fn a_disabled_user_is_signed_out_everywhere() {
    let app = start("[cache]\nsession_ttl_secs = 0\n").await;
    let body = signed_in(&app).await;
    assert!(is_let_in(&app, &body).await);
    done(&coffee(&app, &["user", "disable", "asha@example.com"], ""));
    assert!(!is_let_in(&app, &body).await, "although the key in Redis said otherwise");
    refused(&refresh(&app, &body["refreshToken"]).await, "invalid token");
    refused(&login(&app, "asha@example.com", PASSWORD).await, "invalid credentials");
    let enabled = done_json(&coffee(&app, &["user", "enable", "42", "--json"], ""));
    assert_eq!((enabled.as_array().map(Vec::len), &enabled[0]["enabled"]), (Some(1), &json!(true)));
    assert!(is_let_in(&app, &signed_in(&app).await).await);
}

#[actix_web::test]
async fn a_new_password_ends_sessions_and_locks() {
    let app = start("[cache]\nsession_ttl_secs = 0\n").await;
    let body = signed_in(&app).await;
    for _ in 0..5 {
        refused(&login(&app, "asha@example.com", "wrong horse").await, "invalid credentials");
    }
    let change = ["user", "password", "asha@example.com", "--password-stdin"];
    done(&coffee(&app, &change, "battery staple\r\n"));
    assert!(!is_let_in(&app, &body).await);
    refused(&login(&app, "asha@example.com", PASSWORD).await, "invalid credentials");
    let body = success(&login(&app, "asha@example.com", "battery staple").await);
    let client = app.with_token(super::text(&body["token"]));
    assert_eq!(client.get(GUARDED).await.code, 200);
}
