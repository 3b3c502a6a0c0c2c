//! Every route of the contract, asked for another tenant's row, answers as for a row that does not
//! exist, and changes nothing.

use coffee::contract;
use coffee::core::config::Config;
use coffee::core::types::Plan;
use coffee::modules::Modules;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, send};

/// Id of no row of any table.
const MISSING: i64 = 424_242;
/// Text that a leak would show.
const SECRET: &str = "another tenant's secret";

/// Methods and path templates of the contract.
fn routes() -> Vec<(Method, String)> {
    let config = Config::from_toml("").expect("defaults");
    let contract = serde_json::to_value(contract::of(&Modules::new(&config).expect("modules").all))
        .expect("serialises");
    let mut routes = Vec::new();
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            routes.push((method, path.clone()));
        }
    }
    assert!(routes.len() >= 20, "the contract has routes");
    routes
}

/// One row of another tenant in every tenant table that a route may name, all with one id.
async fn seed(app: &TestApp) -> i64 {
    let id = 4711;
    let collection = json!({"id": id, "name": SECRET, "description": SECRET});
    app.seed_collection(20, "foreign", &collection).await;
    let account = app.seed_instagram(&json!({"id": id, "name": SECRET})).await;
    app.seed_item((20, id), ("INSTAGRAM", account), &json!({"id": id})).await;
    for (table, columns) in [
        ("collection_group", json!({"id": id, "share_id": "group"})),
        ("post_collection", json!({"id": id.to_string(), "share_id": "post"})),
    ] {
        let mut row = json!({
            "partner_id": 20, "name": SECRET, "source": "SAAS", "source_id": "foreign",
            "created_by": "1",
        });
        for (column, value) in columns.as_object().expect("columns") {
            row[column] = value.clone();
        }
        app.seed(table, &row).await;
    }
    let meta = json!({"name": SECRET});
    let activity = json!({"id": id, "type": "DISCOVERY", "meta": meta, "account_id": 101,
        "partner_id": 20});
    app.seed("activity_tracker", &activity).await;
    id
}

/// A path with `id` for every parameter that names a row.
fn filled(template: &str, id: i64) -> String {
    let segments = template.split('/').map(|segment| match segment {
        "{platform}" => "INSTAGRAM".to_owned(),
        "{category}" | "{language}" => "ALL".to_owned(),
        _ if segment.starts_with('{') => id.to_string(),
        _ => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A body and query that name the row wherever a request can.
fn named(id: i64) -> Value {
    let text = id.to_string();
    let filter = |field: &str| json!({"filterType": "EQ", "field": field, "value": text});
    json!({
        "id": id, "name": format!("changed {id}"), "source": "SAAS", "sourceId": "own", "collectionIds": [text],
        "filters": [filter("collectionId")],
    })
}

async fn ask(client: &Client, method: &Method, template: &str, id: i64) -> Answer {
    let path = format!("{}?activityId={id}", filled(template, id));
    let request = client.request(method.clone(), &path);
    if method == Method::GET {
        return send(request).await;
    }
    send(request.json(&named(id))).await
}

/// Leaves out what is another one in every row that a request stores.
fn drop_fresh(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for member in ["activityId", "id", "shareId", "createdAt", "updatedAt"] {
                members.remove(member);
            }
            members.values_mut().for_each(drop_fresh);
        }
        Value::Array(entries) => entries.iter_mut().for_each(drop_fresh),
        _ => {}
    }
}

/// The answer without what differs for every request and id.
fn comparable(answer: &Answer, id: i64) -> (u16, String) {
    let mut body = answer.json();
    drop_fresh(&mut body);
    (answer.code.as_u16(), body.to_string().replace(&id.to_string(), "ID"))
}

async fn stored(app: &TestApp) -> String {
    let mut rows = String::new();
    for table in [
        "collection_group",
        "post_collection",
        "profile_collection",
        "profile_collection_item",
        "activity_tracker",
        "partner_usage",
        "partner_profile_page_track",
    ] {
        let sql = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY id), '[]') FROM {table} t \
             WHERE partner_id = 20"
        );
        rows += &app.value(&sql).await.expect("rows");
    }
    rows
}

#[actix_web::test]
async fn a_foreign_row_is_a_row_that_does_not_exist() {
    let app = TestApp::start_with_clickhouse().await;
    app.token(20, Plan::Paid).await;
    let id = seed(&app).await;
    let before = stored(&app).await;
    let client = app.partner(10, Plan::Paid).await;
    for (method, template) in routes() {
        // Accounts belong to nobody: their own id finds them. Signing in has no tenant yet, and
        // signing out would end the walk.
        if template.contains("{platformProfileId}") || template.starts_with("/identity-service") {
            continue;
        }
        let foreign = ask(&client, &method, &template, id).await;
        let missing = ask(&client, &method, &template, MISSING).await;
        assert!(!foreign.text.contains(SECRET), "{method} {template}: {}", foreign.text);
        let (foreign, missing) = (comparable(&foreign, id), comparable(&missing, MISSING));
        assert_eq!(foreign, missing, "{method} {template}");
    }
    assert_eq!(stored(&app).await, before, "something of the other tenant changed");
    assert!(app.metric("coffee_panics_total").await == 0.0);
}
