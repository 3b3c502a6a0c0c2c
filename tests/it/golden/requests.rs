//! Replays requests and compares the answers.

use std::collections::HashMap;

use coffee::commands::token::{TokenArgs, issue};
use coffee::core::types::Plan;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::compare::{Differences, Rules, walk};
use super::left_out::Report;
use super::neighbours::collector;
use super::suite::{Suite, path};
use crate::support::{Answer, Client, TestApp, report_files, send};

/// Searches that the search table answered.
const BY_TABLE: &str = "coffee_profile_searches_total{reason=\"\"";

/// A request and its answer.
#[derive(Deserialize)]
struct Case {
    id: String,
    spec: String,
    /// Absent = without a token.
    #[serde(rename = "as")]
    sender: Option<Sender>,
    method: String,
    path: String,
    /// A text is sent as it is, anything else as JSON.
    body: Option<Value>,
    #[serde(default)]
    headers: HashMap<String, String>,
    status: u16,
    answer: Option<Value>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    unordered: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    /// Names for values of the answer, by path.
    #[serde(default)]
    bind: HashMap<String, String>,
}

#[derive(Deserialize, Clone, PartialEq, Eq, Hash)]
struct Sender {
    partner: i64,
    account: i64,
    user: i64,
    plan: String,
}

/// Where searches for profiles look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Nothing is built: in PostgreSQL.
    Postgres,
    /// In the search table, which is built out of the rows of the suite.
    Table,
}

/// Replays the cases of a suite in their order, those that start with one of `prefixes` if there are any.
pub(super) async fn replay(name: &str, prefixes: &[&str], search: Search) {
    let suite: Suite<Case> = Suite::read(name);
    let collector = suite.needs.collector.as_deref().map(collector);
    let collector = match collector {
        Some(collector) => Some(collector.await),
        None => None,
    };
    let section =
        |fake: &crate::support::HttpFake| format!("[collector]\nurl = \"{}\"\n", fake.url);
    let mut toml = collector.as_ref().map(section).unwrap_or_default();
    if let Some(folder) = &suite.needs.objects {
        toml.push_str(&report_files(&path(folder)).await);
    }
    let app = TestApp::start_with_clickhouse_and(&toml).await;
    suite.seed(&app).await;
    if search == Search::Table {
        app.build_search_table().await;
    }
    let mut clients = HashMap::new();
    let mut bound = HashMap::new();
    let mut report = Report::new();
    let wanted =
        |case: &&Case| prefixes.is_empty() || prefixes.iter().any(|one| case.id.starts_with(one));
    for case in suite.cases.iter().filter(wanted) {
        let client = match (&case.sender, clients.get(&case.sender)) {
            (_, Some(client)) => Client::clone(client),
            (None, None) => app.anonymous(),
            (Some(sender), None) => client(&app, sender).await,
        };
        clients.insert(case.sender.clone(), client.clone());
        let path = filled(&Value::from(case.path.as_str()), &bound);
        let path = path.as_str().expect("a text");
        let answer = ask(&client, case, path, &bound).await;
        let found = case.compare(&answer, &mut bound);
        let what = format!("{} {path}  ({})", case.method, case.spec);
        report.add(&case.id, &what, &found.problems, &found.warnings);
    }
    report.finish();
    let by_table = app.metric(BY_TABLE).await > 0.0;
    assert_eq!(by_table, search == Search::Table, "who answered the searches");
}

async fn client(app: &TestApp, sender: &Sender) -> Client {
    let args = TokenArgs {
        partner_id: sender.partner,
        account_id: sender.account,
        user_id: sender.user,
        plan: Some(Plan::parse(&sender.plan).expect("a plan")),
        hours: 1,
    };
    app.with_token(issue(&app.config, &args).await.expect("a token"))
}

async fn ask(client: &Client, case: &Case, path: &str, bound: &HashMap<String, Value>) -> Answer {
    let method = case.method.parse().expect("a method");
    let mut request = client.request(method, path);
    for (name, value) in &case.headers {
        request = request.header(name, value);
    }
    if let Some(body) = &case.body {
        let text = match body {
            Value::String(text) => text.clone(),
            body => filled(body, bound).to_string(),
        };
        request = request.header(CONTENT_TYPE, "application/json").body(text);
    }
    send(request).await
}

impl Case {
    fn compare(&self, answer: &Answer, bound: &mut HashMap<String, Value>) -> Differences {
        let json: Option<Value> = serde_json::from_str(&answer.text).ok();
        for (name, path) in &self.bind {
            let value = json.as_ref().and_then(|json| walk(json, path).first().copied());
            if let Some(value) = value {
                bound.insert(name.clone(), value.clone());
            }
        }
        let short: String = answer.text.chars().take(300).collect();
        let mut found = Differences::default();
        if answer.code.as_u16() != self.status {
            let text = format!("status {}, expected {}: {short}", answer.code, self.status);
            found.problems.push(text);
        } else if let Some(expected) = &self.answer {
            let Some(json) = json else {
                found.problems.push(format!("no JSON: {short}"));
                return found;
            };
            let any = self.any.iter().chain(self.bind.values()).map(String::as_str).collect();
            let unordered = self.unordered.iter().map(String::as_str).collect();
            let rules = Rules { any, unordered, instants: false };
            found = Differences::at("$", &filled(expected, bound), &json, &rules);
            let absent = self.absent.iter();
            let present = absent.filter(|path| walk(&json, path).iter().any(|one| !one.is_null()));
            found.problems.extend(present.map(|path| format!("has to be absent or null: {path}")));
        }
        found
    }
}

/// The value with `{{name}}` replaced by what is bound to that name.
fn filled(value: &Value, bound: &HashMap<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let whole = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
            if let Some(value) = whole.and_then(|name| bound.get(name)) {
                return value.clone();
            }
            let replace = |text: String, (name, value): (&String, &Value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                text.replace(&format!("{{{{{name}}}}}"), &value)
            };
            Value::String(bound.iter().fold(text.clone(), replace))
        }
        Value::Array(list) => list.iter().map(|value| filled(value, bound)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), filled(value, bound)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
