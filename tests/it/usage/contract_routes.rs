//! Contracts over HTTP: what was consumed of them, and their change.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Client, Mode, ServiceFake, TestApp, partner_fake};

const COUNTERS: &str = "SELECT string_agg(namespace || ' ' || consumed || '/' || \"limit\", ',' \
    ORDER BY namespace) FROM partner_usage WHERE partner_id = 10";
const UNAUTHORIZED: &str = "you are not authorized to access this resource";

fn path(id: &str) -> String {
    format!("/partner-usage-service/api/partner/{id}")
}

fn millis(days: i64) -> i64 {
    (chrono::Utc::now() + chrono::Duration::days(days)).timestamp_millis()
}

/// A module with one counter.
fn limit(namespace: &str, value: i64) -> Value {
    let counter =
        json!({"key": "USAGE", "type": "COUNTER", "value": value, "frequency": "monthly"});
    json!({"namespace": namespace, "configuration": [counter]})
}

/// A contract from 30 days ago until in 335 days.
fn contract(plan: &str, configurations: &[Value]) -> Value {
    json!({"contractType": "SAAS", "plan": plan, "startTime": millis(-30), "endTime": millis(335),
        "configurations": configurations})
}

fn partner(contracts: &[Value]) -> Value {
    json!({"id": 10, "name": "a \"quoted\" name", "contracts": contracts})
}

async fn put(client: &Client, contract: Value) -> (String, String) {
    client.put(&path("10"), &partner(&[contract])).await.status()
}

async fn with_service(service: &ServiceFake) -> TestApp {
    let toml = format!("[clickhouse]\nurl = \"\"\n[partner]\ncontract_url = \"{}\"\n", service.url);
    TestApp::start_with(&toml).await
}

async fn cached(app: &TestApp) -> Option<String> {
    app.redis("GET", "partnercontract-10", &[]).await
}

/// Answer of the service: partner 10 with these contracts.
fn delivered(contracts: &[Value]) -> Value {
    json!({"status": {"type": "SUCCESS"}, "serverTime": 1, "success": true,
        "partners": [partner(contracts), {"id": 11}]})
}

#[actix_web::test]
async fn a_partner_sees_its_own_contract_with_what_it_consumed() {
    let app = TestApp::start().await;
    let own = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "PROFILE_PAGE", 3, 1000).await;
    let answer = own.get(&path("10")).await.success();
    let status = json!({"status": "SUCCESS", "message": "Partner Contract successfully retrieved",
        "filteredCount": 1});
    assert_eq!(answer["status"], status);
    assert_eq!(answer["partner"].as_array().expect("a list").len(), 1);
    let contract = &answer["partner"][0]["contracts"][0];
    assert_eq!((&contract["partnerId"], &contract["plan"]), (&json!(10), &json!("SAAS")));
    let of = |module: &str| {
        let namespaces = contract["configurations"].as_array().expect("modules");
        let namespace = namespaces.iter().find(|one| one["namespace"] == module);
        namespace.expect("a module")["configuration"].clone()
    };
    let counter = |consumed: i64| {
        json!([{"key": "USAGE", "type": "COUNTER", "value": 1000, "consumed": consumed,
            "frequency": "monthly"}])
    };
    assert_eq!(of("PROFILE_PAGE"), counter(3));
    assert_eq!(of("DISCOVERY"), counter(0));

    let admin = app.partner(-1, Plan::Free).await;
    assert_eq!(admin.get(&path("10")).await.success(), answer);
    let others = [app.partner(20, Plan::Paid).await, app.without_partner().await];
    for other in others {
        let refused = other.get(&path("10")).await;
        assert_eq!(
            refused.contract(),
            json!({"status": {"status": "ERROR", "message": UNAUTHORIZED}})
        );
    }
    assert_eq!(app.anonymous().get(&path("10")).await.code, 401);
}

#[actix_web::test]
async fn ids_and_partners_that_do_not_exist_and_contracts_without_limits() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    for id in [10, 30] {
        app.seed("partner", &json!({"id": id, "name": "some"})).await;
    }
    let free = json!({"partner_id": 10, "plan": "FREE", "start_time": "2024-01-01",
        "end_time": "2999-01-01"});
    app.seed("partner_contract", &free).await;
    for (id, message) in [
        ("0", "invalid partner id"),
        ("x", "invalid partner id"),
        ("1.5", "invalid partner id"),
        ("99999999999999999999", "invalid partner id"),
        ("424242", "contract missing"),
        ("30", "contract missing"),
        ("10", "configurations missing"),
    ] {
        let expected = json!({"status": {"status": "ERROR", "message": message}, "partner": null});
        assert_eq!(admin.get(&path(id)).await.contract(), expected, "{id}");
    }
}

#[actix_web::test]
async fn the_contract_that_rules_is_the_enriched_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 5, 1000).await;
    app.execute("DELETE FROM partner_contract").await;
    for (kind, start, end) in [
        ("SAAS", "-2 days", "-1 day"),
        ("SAAS", "-9 days", "9 days"),
        ("OTHER", "-1 day", "9 days"),
        ("SAAS", "-8 days", "9 days"),
    ] {
        let sql = "INSERT INTO partner_contract \
                   (partner_id, contract_type, plan, start_time, end_time, configurations)";
        let limits = json!([limit("DISCOVERY", 7)]);
        app.execute(&format!(
            "{sql} VALUES (10, '{kind}', 'PAID', now() + interval '{start}', \
             now() + interval '{end}', '{limits}')"
        ))
        .await;
    }
    let consumed = async || {
        let answer = client.get(&path("10")).await.success();
        let contracts = answer["partner"][0]["contracts"].as_array().expect("contracts").clone();
        let of = |contract: &Value| {
            contract["configurations"][0]["configuration"][0]["consumed"].as_i64()
        };
        contracts.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(consumed().await, [Some(0), Some(0), Some(0), Some(5)]);
    app.execute("UPDATE partner_contract SET end_time = now() WHERE contract_type = 'SAAS'").await;
    assert_eq!(consumed().await, [Some(5), Some(0), Some(0), Some(0)]);
}

#[actix_web::test]
async fn an_external_service_is_asked_once_in_twelve_hours() {
    let mut odd = limit("DISCOVERY", 100);
    odd["configuration"][0]["consumed"] = json!(null);
    odd["configuration"]
        .as_array_mut()
        .expect("a list")
        .push(json!({"key": "X", "values": ["\""]}));
    let contracts = [contract("SAAS", &[odd, limit("OTHER", 1)])];
    let service = ServiceFake::start(delivered(&contracts)).await;
    let app = with_service(&service).await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "DISCOVERY", 30, 100).await;
    for _ in 0..2 {
        let answer = client.get(&path("10")).await.success();
        assert_eq!(answer["partner"][0]["name"], "a \"quoted\" name");
        let modules = &answer["partner"][0]["contracts"][0]["configurations"];
        assert_eq!(modules[0]["configuration"][0]["consumed"], 30);
        assert_eq!(
            modules[0]["configuration"][1],
            json!({"key": "X", "values": ["\""], "consumed": 0})
        );
        assert_eq!(modules[1]["configuration"][0]["consumed"], 0);
    }
    assert_eq!(service.calls(), 1);
    let asked = service.last();
    let target = "/api/product-service/api/partner/contract/partnerId/10/byType/SAAS";
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", target));
    // User 1001 with account 101.
    assert_eq!(asked.headers["authorization"], "Basic MTAwMX4xMDAxfjF+MTAxOjEwMDE=");
    assert!(asked.headers.keys().all(|name| !name.starts_with("x-bb")), "{asked:?}");
    let left: i64 = app.redis("TTL", "partnercontract-10", &[]).await;
    assert!((12 * 3600 - 60..=12 * 3600).contains(&left), "{left}");

    let text = r#"{"name": "of \"another\" writer", "contracts": null, "more": 1}"#;
    app.redis::<()>("SET", "partnercontract-10", &[text]).await;
    client.get(&path("10")).await.refused("ERROR", "contract missing");
    app.redis::<()>("SET", "partnercontract-10", &["no JSON"]).await;
    client.get(&path("10")).await.success();
    assert_eq!(service.calls(), 2);
}

#[actix_web::test]
async fn a_service_that_fails_has_no_contract_and_is_asked_again() {
    let service = partner_fake::start().await;
    let app = with_service(&service).await;
    let client = app.partner(10, Plan::Saas).await;
    client.get(&path("10")).await.refused("ERROR", "configurations missing");
    app.redis::<()>("DEL", "partnercontract-10", &[]).await;
    for mode in [Mode::Status(500), Mode::Drop, Mode::Hang] {
        service.set_mode(mode);
        let expected =
            json!({"status": {"status": "ERROR", "message": "contract missing"}, "partner": null});
        assert_eq!(client.get(&path("10")).await.contract(), expected, "{mode:?}");
    }
    service.set_mode(Mode::Answer);
    for answer in [
        json!({"status": {"type": "ERROR", "message": "x"}, "partners": [partner(&[])]}),
        json!({"status": {"type": "SUCCESS"}, "partners": []}),
        json!({"status": {"type": "SUCCESS"}, "partners": null}),
        json!({"partners": 5}),
    ] {
        service.set_answer(answer);
        client.get(&path("10")).await.refused("ERROR", "contract missing");
    }
    assert_eq!(cached(&app).await, None);
    service.set_answer(delivered(&[contract("SAAS", &[limit("DISCOVERY", 1)])]));
    client.get(&path("10")).await.success();
}

#[actix_web::test]
async fn without_redis_the_service_is_asked_every_time() {
    let service =
        ServiceFake::start(delivered(&[contract("PAID", &[limit("DISCOVERY", 1)])])).await;
    let toml = format!(
        "[clickhouse]\nurl = \"\"\n[redis]\naddresses = []\n[partner]\ncontract_url = \"{}\"\n",
        service.url
    );
    let app = TestApp::start_with(&toml).await;
    let client = app.partner(10, Plan::Paid).await;
    client.get(&path("10")).await.success();
    client.get(&path("10")).await.success();
    assert_eq!(service.calls(), 2);
    let admin = app.partner(-1, Plan::Paid).await;
    assert_eq!(put(&admin, contract("SAAS", &[limit("DISCOVERY", 1)])).await.0, "SUCCESS");
}

#[actix_web::test]
async fn a_changed_contract_keeps_what_was_consumed_and_free_takes_everything() {
    let service =
        ServiceFake::start(delivered(&[contract("SAAS", &[limit("DISCOVERY", 1)])])).await;
    let app = with_service(&service).await;
    let admin = app.partner(-1, Plan::Paid).await;
    app.token(20, Plan::Saas).await;
    admin.get(&path("10")).await.success();
    assert!(cached(&app).await.is_some());

    let body = partner(&[contract("SAAS", &[limit("DISCOVERY", 100)])]);
    let answer = admin.put(&path("10"), &body).await;
    let done = json!({"status": {"status": "SUCCESS",
        "message": "Partner Contract successfully Updated", "filteredCount": 1}, "partner": null});
    assert_eq!(answer.json(), done);
    assert_eq!(app.value(COUNTERS).await.as_deref(), Some("DISCOVERY 0/100"));
    assert_eq!(cached(&app).await, None);
    let sound = "partner_usage WHERE partner_id = 10 AND enabled AND key = 'USAGE' \
        AND frequency = 'monthly' AND next_reset_on > now() \
        AND next_reset_on <= now() + interval '31 days' \
        AND end_date - start_date BETWEEN interval '364 days' AND interval '366 days'";
    assert_eq!(app.count(sound).await, 1);

    app.set_usage(10, "DISCOVERY", 30, 100).await;
    let changed = contract("PAID", &[limit("DISCOVERY", 50), limit("PROFILE_PAGE", 0)]);
    assert_eq!(put(&admin, changed).await.0, "SUCCESS");
    let counters = app.value(COUNTERS).await;
    assert_eq!(counters.as_deref(), Some("DISCOVERY 30/50,PROFILE_PAGE 0/0"));
    let smaller = contract("SAAS", &[limit("DISCOVERY", 0)]);
    assert_eq!(put(&admin, smaller).await.0, "SUCCESS");
    assert_eq!(app.value(COUNTERS).await.as_deref(), Some("DISCOVERY 30/0"));

    for partner in [10, 20] {
        let row = json!({"partner_id": partner, "key": "profile-INSTAGRAM-42"});
        app.seed("partner_profile_page_track", &row).await;
    }
    admin.get(&path("10")).await.success();
    assert_eq!(put(&admin, json!({"plan": "FREE"})).await.0, "SUCCESS");
    assert_eq!(app.value(COUNTERS).await, None);
    assert_eq!(app.count("partner_usage WHERE partner_id = 20").await, 4);
    assert_eq!(app.count("partner_profile_page_track").await, 1);
    assert_eq!(cached(&app).await, None);
    assert_eq!(app.count("partner_contract WHERE partner_id = 10").await, 0);
}

#[actix_web::test]
async fn changes_that_make_no_sense_are_refused_and_change_nothing() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    app.token(10, Plan::Saas).await;
    let before = app.value("SELECT jsonb_agg(to_jsonb(u) ORDER BY id) FROM partner_usage u").await;
    let good = contract("SAAS", &[limit("DISCOVERY", 5)]);
    let with = |member: &str, value: Value| {
        let mut contract = good.clone();
        contract[member] = value;
        partner(&[contract])
    };
    let missing = "configurations missing";
    for (body, message) in [
        (json!({}), "contract not found"),
        (json!(null), "contract not found"),
        (with("configurations", json!([limit(&"x".repeat(256), 5)])), "invalid contract"),
        (partner(&[]), "contract not found"),
        (with("plan", json!("GOLD")), "invalid plan"),
        (with("plan", json!("paid")), "invalid plan"),
        (with("plan", json!(null)), "invalid plan"),
        (with("configurations", json!(null)), missing),
        (with("configurations", json!([])), missing),
        (with("configurations", json!([limit("DISCOVERY", -1)])), "invalid contract"),
        (with("endTime", json!(millis(-31))), "invalid contract"),
        (with("endTime", good["startTime"].clone()), "invalid contract"),
        (with("startTime", json!(null)), "invalid contract"),
        (with("endTime", json!(i64::MAX)), "invalid contract"),
    ] {
        let expected = json!({"status": {"status": "ERROR", "message": message}, "partner": null});
        assert_eq!(admin.put(&path("10"), &body).await.contract(), expected, "{body}");
    }
    for id in ["0", "x"] {
        let refused = admin.put(&path(id), &partner(std::slice::from_ref(&good))).await;
        refused.refused("ERROR", "invalid partner id");
    }
    for body in [
        json!({"contracts": 5}),
        json!([]),
        json!([10]),
        json!({"contracts": [[]]}),
        with("configurations", json!([["DISCOVERY"]])),
    ] {
        let refused = admin.put(&path("10"), &body).await.status();
        assert_eq!(refused.0, "ERROR", "{body}");
        assert!(!refused.1.contains("contract"), "{body}: {refused:?}");
    }
    let long = contract("SAAS", &[limit("DISCOVERY", 5), limit(&"x".repeat(300), 5)]);
    assert_eq!(put(&admin, long).await.0, "ERROR");
    let others = [app.partner(10, Plan::Saas).await, app.without_partner().await];
    for other in others {
        for body in [partner(std::slice::from_ref(&good)), json!({"contracts": 5})] {
            other.put(&path("10"), &body).await.refused("ERROR", UNAUTHORIZED);
        }
    }
    let after = app.value("SELECT jsonb_agg(to_jsonb(u) ORDER BY id) FROM partner_usage u").await;
    assert_eq!(after, before);
}

#[actix_web::test]
async fn parallel_changes_leave_one_contract() {
    let app = TestApp::start().await;
    let admin = app.partner(-1, Plan::Paid).await;
    let modules = ["DISCOVERY", "PROFILE_PAGE", "CAMPAIGN_REPORT", "ACCOUNT_TRACKING"];
    let changes = (0..20).map(|number| {
        let client = admin.clone();
        async move {
            let mut limits: Vec<Value> =
                modules.iter().map(|module| limit(module, number)).collect();
            limits.rotate_left(usize::try_from(number).expect("small") % 4);
            limits.truncate(3);
            put(&client, contract("SAAS", &limits)).await.0
        }
    });
    assert!(join_all(changes).await.iter().all(|status| status == "SUCCESS"));
    assert_eq!(app.count("partner_usage WHERE partner_id = 10").await, 3);
    let limits = app
        .value("SELECT count(DISTINCT \"limit\") FROM partner_usage WHERE partner_id = 10")
        .await;
    assert_eq!(limits.as_deref(), Some("1"));
}
