//! The committed contract is the code's, and answers are what it says.

use coffee::contract;
use coffee::core::config::Config;
use coffee::core::types::Plan;
use coffee::modules::Modules;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::schema::{misfit, references};
use crate::support::{Answer, Client, TestApp, send};

fn document() -> Value {
    let config = Config::from_toml("").expect("defaults");
    serde_json::to_value(contract::of(&Modules::new(&config).expect("modules").all))
        .expect("serialises")
}

#[test]
fn openapi_json_is_what_the_code_says() {
    let config = Config::from_toml("").expect("defaults");
    let generated = contract::of(&Modules::new(&config).expect("modules").all)
        .to_pretty_json()
        .expect("serialises");
    let committed = include_str!("../../openapi.json");
    assert!(
        generated.trim() == committed.trim(),
        "openapi.json is stale: run ./dev coffee openapi > openapi.json and review the change"
    );
}

#[test]
fn every_route_says_who_may_call_it() {
    let contract = document();
    let known = ["anyone", "signed in", "tenant", "user", "admin"];
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let caller = operation["x-caller"].as_str().unwrap_or_default();
            assert!(known.contains(&caller), "{method} {path}: x-caller is {caller:?}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let contract = document();
    let mut found = Vec::new();
    references("", &contract, &mut found);
    assert!(found.len() > 50, "{}", found.len());
    for (place, reference) in found {
        let target = reference.strip_prefix('#').and_then(|path| contract.pointer(path));
        assert!(target.is_some(), "{place}: {reference} leads nowhere");
    }
}

/// Asks a route in every way that tells answers apart: as it should be, and refused for several reasons.
async fn answers(
    clients: &[&Client],
    method: &Method,
    template: &str,
    id: &str,
) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for (number, client) in clients.iter().enumerate() {
        for (platform, id, query) in [
            ("INSTAGRAM", id, ""),
            ("YOUTUBE", "42", ""),
            ("TIKTOK", "abc", ""),
            ("ALL", "424242", "?size=abc"),
            ("INSTAGRAM", "0", "?sortBy=nonsense&sortDir=up"),
        ] {
            let segments = template.split('/').map(|segment| match segment {
                "{platform}" => platform,
                "{category}" | "{language}" => "ALL",
                _ if segment.starts_with('{') => id,
                _ => segment,
            });
            let path = segments.collect::<Vec<_>>().join("/") + query;
            let filter = json!({"filterType": "GTE", "field": "followers", "value": "many"});
            let bodies = if *method == Method::GET {
                vec![None]
            } else {
                [
                    json!({}),
                    json!({"filters": [filter]}),
                    json!({"filters": 5}),
                    json!(null),
                    json!([]),
                ]
                .map(Some)
                .to_vec()
            };
            for body in bodies {
                let request = client.request(method.clone(), &path);
                let told = format!("{method} {path} {body:?} of client {number}");
                let request = match &body {
                    Some(body) => request.json(body),
                    None => request,
                };
                answers.push((told, send(request).await));
            }
        }
    }
    answers
}

#[actix_web::test]
async fn answers_and_refusals_of_every_route_fit_the_contract() {
    let contract = document();
    let app = TestApp::start_with_clickhouse().await;
    let account = app.seed_instagram(&json!({"name": "Asha", "handle": "asha"})).await;
    let (paid, free) = (app.partner(10, Plan::Paid).await, app.partner(20, Plan::Free).await);
    let (admin, alone) = (app.partner(-1, Plan::Paid).await, app.without_partner().await);
    let anonymous = app.anonymous();
    let group = json!({"source": "SAAS", "sourceId": "g", "name": "n"});
    paid.post("/collection-group-service/api/group", &group).await.success();
    let (mut seen, mut good) =
        (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for (template, item) in contract["paths"].as_object().expect("paths") {
        for (name, operation) in item.as_object().expect("methods") {
            let method: Method = name.to_uppercase().parse().expect("a method");
            let clients: &[&Client] = match template.ends_with("/logout") {
                true => &[&anonymous],
                false => &[&paid, &free, &admin, &alone, &anonymous],
            };
            for (told, answer) in answers(clients, &method, template, &account.to_string()).await {
                let status = answer.code.as_u16().to_string();
                let schema =
                    &operation["responses"][&status]["content"]["application/json"]["schema"];
                assert!(
                    schema.is_object(),
                    "{told}: {status} is not in the contract: {}",
                    answer.text
                );
                let body = answer.json();
                if let Some(why) = misfit(&contract, schema, &body) {
                    panic!("{told}: {why} in {body}");
                }
                let is_success = body["status"] == "SUCCESS"
                    || body["status"]["status"] == "SUCCESS"
                    || body["status"]["type"] == "SUCCESS";
                let code = body["status"]["code"].as_str().or_else(|| body["code"].as_str());
                assert_eq!(code.is_none(), is_success, "{told}: {body}");
                seen.extend(code.map(str::to_owned));
                if is_success {
                    good.insert(format!("{method} {template}"));
                }
            }
        }
    }
    for code in [
        "invalid_value",
        "invalid_filter",
        "invalid_sort",
        "not_found",
        "unauthenticated",
        "unauthorized",
        "plan_required",
        "invalid_body",
    ] {
        assert!(seen.contains(code), "no {code} among {seen:?}");
    }
    assert!(good.len() >= 10, "few routes answered: {good:?}");
}

#[test]
fn every_request_names_its_client_and_every_integer_has_bounds() {
    fn unbounded(at: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                let kind = &value["type"];
                let is_integer = kind == "integer"
                    || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("integer")));
                let largest = value["maximum"].as_i64().unwrap_or(i64::MAX);
                if is_integer && (largest >= 1 << 53 || !value["minimum"].is_i64()) {
                    found.push(at.to_owned());
                }
                // What extends the language of schemas is none.
                let schemas = members.iter().filter(|(name, _)| !name.starts_with("x-"));
                schemas.for_each(|(name, member)| {
                    unbounded(&format!("{at}/{name}"), member, found);
                });
            }
            Value::Array(all) => all.iter().for_each(|one| unbounded(at, one, found)),
            _ => {}
        }
    }
    let contract = document();
    let mut found = Vec::new();
    unbounded("", &contract, &mut found);
    assert_eq!(found, [""; 0]);
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().expect("parameters");
            let client = parameters.iter().find(|one| one["name"] == "x-bb-clientid");
            assert!(client.is_some_and(|one| one["required"] == true), "{method} {path}");
        }
    }
}
