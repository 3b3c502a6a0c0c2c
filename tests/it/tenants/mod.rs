//! Every route of the contract, asked by every kind of caller about one partner's rows. `matrix.tsv` says
//! what each is answered; a route without a line fails.

mod requests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use coffee::contract;
use coffee::core::config::Config;
use coffee::core::types::Plan;
use coffee::modules::Modules;
use reqwest::Method;
use sea_orm::sqlx;
use serde_json::Value;

use crate::support::{Answer, Client, TestApp, send};
use requests::{Named, request};

const MATRIX: &str = include_str!("matrix.tsv");
const ROWS: &str = include_str!("rows.sql");
/// Partner of the rows, and one that has none of them.
const OWNER: i64 = 20;
const STRANGER: i64 = 10;
/// What only the owner may know, as text and as number.
const SECRETS: [&str; 2] = ["another tenant's secret", "987654321"];
/// Ends the sharing of everything, once by new share ids and once by removal.
const RENEWAL: &str = "share_id = 'renewed' || share_id";
const REMOVAL: &str = "enabled = false";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The partner of the rows.
    Own,
    /// Another partner, by the rows' ids.
    Foreign,
    /// Somebody without a partner, by the rows' ids.
    NoPartner,
    /// The platform.
    Platform,
    /// Another partner, by a share id.
    Reader,
    /// The same after the share id was renewed, or the row removed.
    Late,
}

impl Role {
    const ALL: [Self; 6] =
        [Self::Own, Self::Foreign, Self::NoPartner, Self::Platform, Self::Reader, Self::Late];

    /// Whether it may see or change nothing.
    fn is_outside(self) -> bool {
        matches!(self, Self::Foreign | Self::NoPartner | Self::Late)
    }
}

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
    routes
}

/// The cells of a line, by method and path.
fn expected() -> BTreeMap<String, Vec<&'static str>> {
    let lines = MATRIX.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let cells = lines.map(|line| {
        let mut cells = line.split('\t');
        let route = cells.next().expect("a route").to_owned();
        (route, cells.collect())
    });
    cells.collect()
}

async fn reset(app: &TestApp) {
    sqlx::raw_sql(ROWS).execute(&app.owner).await.expect("rows");
}

async fn unshare(app: &TestApp, change: &str) {
    for table in ["profile_collection", "post_collection", "collection_group", "keyword_collection"]
    {
        app.execute(&format!("UPDATE {table} SET {change}")).await;
    }
}

/// Everything that is stored for the owner.
async fn stored(app: &TestApp) -> String {
    let of_partner = "SELECT string_agg(format('SELECT ''%1$s'' AS name, t::text AS line FROM %1$I t \
         WHERE partner_id = 20', c.table_name), ' UNION ALL ') \
         FROM information_schema.columns c JOIN row_security r ON r.relation = c.table_name \
         WHERE c.column_name = 'partner_id' AND r.reads IS NOT NULL";
    let of_partner = app.value(of_partner).await.expect("tables");
    let rows = format!(
        "SELECT string_agg(name || line, E'\\n' ORDER BY name, line) FROM ({of_partner} \
         UNION ALL SELECT 'item', t::text FROM post_collection_item t WHERE post_collection_id = '4711' \
         UNION ALL SELECT 'cell', t::text FROM profile_collection_item_cc_data t \
             WHERE profile_collection_item_id = 4711) AS rows"
    );
    app.value(&rows).await.expect("rows")
}

/// Whether a success has nothing beside its status.
fn is_empty(body: &Value) -> bool {
    let beside = body.as_object().into_iter().flatten().filter(|(name, _)| *name != "status");
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    beside.map(|(_, value)| value).all(is_empty)
}

/// The answer in a word: `sees` the secret, `ok`, `none`, or why not.
fn word(answer: &Answer) -> String {
    if SECRETS.iter().any(|secret| answer.text.contains(secret)) {
        return "sees".to_owned();
    }
    let Ok(body) = serde_json::from_str::<Value>(&answer.text) else {
        return answer.code.as_u16().to_string();
    };
    let status = if body["status"].is_object() { &body["status"] } else { &body };
    match (status["status"].as_str(), status["code"].as_str()) {
        (_, Some(code)) => code.to_owned(),
        (Some("SUCCESS"), None) if is_empty(&body) => "none".to_owned(),
        (Some("SUCCESS"), None) => "ok".to_owned(),
        _ => answer.code.as_u16().to_string(),
    }
}

async fn ask(
    client: &Client,
    (method, template): &(Method, String),
    named: Named,
) -> Option<Answer> {
    let (path, body) = request(method, template, named)?;
    let request = client.request(method.clone(), &path);
    Some(match method == Method::GET {
        true => send(request).await,
        false => send(request.json(&body)).await,
    })
}

/// Leaves out what is another one in every row that a request stores.
fn drop_fresh(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let fresh = ["activityId", "id", "shareId", "sourceId", "createdAt", "updatedAt"];
            fresh.iter().for_each(|member| drop(members.remove(*member)));
            members.values_mut().for_each(drop_fresh);
        }
        Value::Array(entries) => entries.iter_mut().for_each(drop_fresh),
        _ => {}
    }
}

/// The answer without what differs for every request and id.
fn comparable(answer: &Answer, id: &str) -> (u16, String) {
    let mut body = answer.json();
    drop_fresh(&mut body);
    (answer.code.as_u16(), body.to_string().replace(id, "ID"))
}

/// The callers of one walk.
struct Callers {
    own: Client,
    stranger: Client,
    lone: Client,
    platform: Client,
}

impl Callers {
    async fn sign_in(app: &TestApp) -> Self {
        Self {
            own: app.partner(OWNER, Plan::Paid).await,
            stranger: app.partner(STRANGER, Plan::Paid).await,
            lone: app.without_partner().await,
            platform: app.partner(-1, Plan::Paid).await,
        }
    }

    fn of(&self, role: Role) -> &Client {
        match role {
            Role::Own => &self.own,
            Role::Foreign | Role::Reader | Role::Late => &self.stranger,
            Role::NoPartner => &self.lone,
            Role::Platform => &self.platform,
        }
    }
}

/// What one caller is answered, with a `*` where it changed something of the owner's.
async fn cell(app: &TestApp, callers: &Callers, route: &(Method, String), role: Role) -> String {
    let client = callers.of(role);
    // The share id of the earlier product is another table's: nothing done to the collection ends it.
    if role == Role::Late && route.1.contains("/winklshare/") {
        return "-".to_owned();
    }
    let named = match role {
        Role::Own | Role::Platform => Named::OwnId,
        Role::Foreign | Role::NoPartner => Named::Id,
        Role::Reader | Role::Late => Named::ShareId,
    };
    let mut words = Vec::new();
    let changes: &[&str] = if role == Role::Late { &[RENEWAL, REMOVAL] } else { &[""] };
    for change in changes {
        reset(app).await;
        if !change.is_empty() {
            unshare(app, change).await;
        }
        let before = stored(app).await;
        let Some(answer) = ask(client, route, named).await else { return "-".to_owned() };
        let changed = stored(app).await != before;
        let told = word(&answer);
        if role.is_outside() {
            assert!(!changed && told != "sees", "{role:?} {route:?}: {}", answer.text);
        }
        words.push(format!("{told}{}", if changed { "*" } else { "" }));
        if role == Role::Foreign && requests::names_a_row(&route.1) {
            reset(app).await;
            let missing = ask(client, route, Named::Missing).await.expect("a request");
            let (foreign, missing) = (
                comparable(&answer, requests::id(&route.1)),
                comparable(&missing, requests::MISSING),
            );
            assert_eq!(foreign, missing, "a foreign row is told from a missing one: {route:?}");
        }
    }
    assert!(words.iter().all(|word| *word == words[0]), "{role:?} {route:?}: {words:?}");
    words.swap_remove(0)
}

#[actix_web::test]
async fn every_route_answers_every_caller_as_the_matrix_says() {
    let app = TestApp::start_with_clickhouse().await;
    let callers = Callers::sign_in(&app).await;
    let mut expected = expected();
    let mut wrong = String::new();
    for route in routes() {
        // Signing out would end the walk.
        if route.1.starts_with("/identity-service") {
            continue;
        }
        let mut cells = Vec::new();
        for role in Role::ALL {
            cells.push(cell(&app, &callers, &route, role).await);
        }
        let name = format!("{} {}", route.0, route.1);
        if expected.remove(&name).is_none_or(|line| line != cells) {
            writeln!(wrong, "{name}\t{}", cells.join("\t")).expect("a text");
        }
    }
    assert!(wrong.is_empty(), "not as the matrix says:\n{wrong}");
    assert!(expected.is_empty(), "lines without a route: {:?}", expected.keys());
    assert!(app.metric("coffee_panics_total").await == 0.0);
}
