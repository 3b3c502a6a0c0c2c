//! Publishes messages through the broker and compares rows, events, calls to other services and outcome.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sqlx::{self, AssertSqlSafe, Row as _};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::broker::{Broker, Publish};
use super::compare::{Differences, Rules};
use super::left_out::Report;
use super::neighbours::Neighbours;
use super::suite::{Suite, run};
use crate::support::{Seen, TestApp, url};

/// Tables in which the service notes what it did, whatever a message is about, and one that follows another.
const BOOKKEEPING: [&str; 6] = [
    "processed_message",
    "processed_batch",
    "event_outbox",
    "dead_letter",
    "profile_search_change",
    "campaign_profile_search",
];

/// A message and what it does.
#[derive(Deserialize)]
struct Case {
    id: String,
    spec: String,
    exchange: String,
    routing_key: String,
    queue: String,
    properties: Properties,
    /// Sent as JSON.
    #[serde(default)]
    body: Value,
    /// Sent as it is.
    raw: Option<String>,
    /// Statements that prepare rows.
    before: Vec<String>,
    /// By table: one row fits `where` and has these `columns`.
    effects: BTreeMap<String, Vec<Effect>>,
    published: Vec<Event>,
    http: Vec<Call>,
    outcome: Expected,
    any: Vec<String>,
    /// Deliveries of this one message.
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    answers: Map<String, Value>,
}

#[derive(Deserialize)]
struct Properties {
    headers: Map<String, Value>,
}

#[derive(Deserialize)]
struct Effect {
    r#where: String,
    columns: Value,
}

#[derive(Deserialize)]
struct Event {
    exchange: String,
    routing_key: String,
    body: Value,
}

#[derive(Deserialize)]
struct Call {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    /// A text, or members of a JSON object.
    body: Value,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Ack,
    Drop,
}

fn once() -> usize {
    1
}

/// Replays the cases of these queues, each queue from the rows of the suite.
pub(super) async fn replay(name: &str, queues: &[&str]) {
    let suite: Suite<Case> = Suite::read(name);
    let neighbours = Neighbours::start(suite.neighbours.clone()).await;
    let amqp =
        format!("[amqp]\nurl = \"{}\"\n[app]\njob_prefix = \"TEST\"\n", url("COFFEE__AMQP__URL"));
    let app = TestApp::start_with_clickhouse_and(&amqp).await;
    let mut config = app.config.clone();
    let job_tracker = &mut config.job_tracker.url;
    let (assets, influencers) = (&mut config.assets.url, &mut config.influencer_app.url);
    for url in [job_tracker, assets, influencers, &mut config.collector.url] {
        url.clone_from(&neighbours.fake.url);
    }
    config.storage.report_buckets = ["reports", "bk"].map(str::to_owned).to_vec();
    let broker = Broker::start(config, queues).await;
    let mut report = Report::new();
    for queue in queues {
        suite.seed(&app).await;
        for case in suite.cases.iter().filter(|case| case.queue == *queue) {
            let found = case.run(&app, &broker, &neighbours).await;
            let what = format!("{}  ({})", case.queue, case.spec);
            report.add(&case.id, &what, &found.problems, &found.warnings);
        }
    }
    let unsettled = broker.stop().await;
    report.finish();
    assert!(unsettled.is_empty(), "not acknowledged: {unsettled:?}");
}

impl Case {
    async fn run(&self, app: &TestApp, broker: &Broker, neighbours: &Neighbours) -> Differences {
        neighbours.except(self.answers.clone());
        for statements in &self.before {
            run(app, statements).await;
        }
        run(app, "DELETE FROM event_outbox").await;
        let (called, tables) = (neighbours.fake.seen().len(), tables(app).await);
        let sent = self.raw.clone().unwrap_or_else(|| self.body.to_string());
        let id = Uuid::new_v4().to_string();
        let message = Publish {
            exchange: &self.exchange,
            routing_key: &self.routing_key,
            queue: &self.queue,
            headers: &self.properties.headers,
            body: sent.as_bytes(),
            id: &id,
        };
        let mut given_up = None;
        for _ in 0..self.times {
            given_up = broker.deliver(&message).await.or(given_up);
        }
        let mut found = Differences::default();
        match (&self.outcome, given_up) {
            (Expected::Ack, None) => {}
            (Expected::Ack, Some(letter)) => {
                found.problems.push(format!("given up: {:?}", letter.headers.get("x-error")));
            }
            (Expected::Drop, None) => found.problems.push("has to be given up".to_owned()),
            (Expected::Drop, Some(letter)) => {
                let whole = letter.headers.contains_key("x-error")
                    && letter.headers.contains_key("x-attempts")
                    && letter.body == sent.as_bytes();
                if !whole {
                    found
                        .problems
                        .push("the dead letter is not the message with its reason".into());
                }
            }
        }
        self.effects(app, &tables, &mut found).await;
        self.events(app, &mut found).await;
        self.calls(neighbours.fake.seen().split_off(called), &mut found);
        found
    }

    async fn effects(&self, app: &TestApp, before: &Value, found: &mut Differences) {
        let rules = Rules { instants: true, ..Rules::default() };
        for (table, effects) in &self.effects {
            for Effect { r#where, columns } in effects {
                let sql = format!("SELECT to_jsonb(t) FROM {table} t WHERE {where}");
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&app.owner).await;
                let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", self.id));
                let [row] = rows.as_slice() else {
                    found.problems.push(format!("{table}: {} rows where {where}", rows.len()));
                    continue;
                };
                found.add(Differences::at(table, columns, &row.get(0), &rules));
            }
        }
        let after = tables(app).await;
        let names = before.as_object().expect("tables").keys();
        let others = names.filter(|name| !self.effects.contains_key(*name));
        let changed = others.filter(|name| before[*name] != after[*name]);
        found.problems.extend(changed.map(|name| format!("{name} must not change")));
    }

    /// Events wait in the outbox: no relay runs beside the test.
    async fn events(&self, app: &TestApp, found: &mut Differences) {
        let sql = "SELECT coalesce(json_agg(json_build_object('topic', topic, 'body', payload) \
                   ORDER BY id), '[]') FROM event_outbox";
        let stored: Value = sqlx::query(sql).fetch_one(&app.owner).await.expect("events").get(0);
        let stored = stored.as_array().expect("a list");
        if stored.len() != self.published.len() {
            let (expected, got) = (self.published.len(), stored.len());
            found.problems.push(format!("{expected} events expected, got {got}"));
        }
        for (nth, (expected, event)) in self.published.iter().zip(stored).enumerate() {
            let mut body = event["body"].clone();
            if let Some(meta) = body["activityMeta"].as_str() {
                body["activityMeta"] = serde_json::from_str(meta).expect("JSON");
            }
            let topic = format!("{}___{}", expected.exchange, expected.routing_key);
            let got = json!({"topic": event["topic"], "body": body});
            let expected = json!({"topic": topic, "body": expected.body});
            let path = format!("$.published[{nth}]");
            found.add(Differences::at(&path, &expected, &got, &self.rules()));
            for name in ["eventId", "eventTimestamp"] {
                if !body[name].is_string() {
                    found.problems.push(format!("missing {path}.body.{name}"));
                }
            }
        }
    }

    fn calls(&self, seen: Vec<Seen>, found: &mut Differences) {
        let call = |seen: Seen| {
            let body = match seen.body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&seen.body)
                    .unwrap_or_else(|_| Value::from(file_text(&seen.body))),
            };
            json!({"method": seen.method, "path": seen.path, "headers": seen.headers, "body": body})
        };
        let expected = |call: &Call| {
            let Call { method, path, headers, body } = call;
            json!({"method": method, "path": path, "headers": headers, "body": body})
        };
        let expected: Value = self.http.iter().map(expected).collect();
        let got: Value = seen.into_iter().map(call).collect();
        found.add(Differences::at("$.http", &expected, &got, &self.rules()));
    }

    fn rules(&self) -> Rules<'_> {
        Rules { any: self.any.iter().map(String::as_str).collect(), ..Rules::default() }
    }
}

/// Number and digest of the rows of every table, by name.
async fn tables(app: &TestApp) -> Value {
    let sql =
        "SELECT coalesce(json_agg(tablename), '[]') FROM pg_tables WHERE schemaname = 'public'";
    let names: Value = sqlx::query(sql).fetch_one(&app.owner).await.expect("tables").get(0);
    let names = names.as_array().expect("a list").iter().filter_map(Value::as_str);
    let digest = |name: &str| {
        format!(
            "SELECT '{name}' AS name, count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' \
             ORDER BY t::text)), '') AS digest FROM {name} t"
        )
    };
    let each: Vec<String> = names.filter(|name| !BOOKKEEPING.contains(name)).map(digest).collect();
    let sql = format!("SELECT json_object_agg(name, digest) FROM ({}) t", each.join(" UNION ALL "));
    sqlx::query(AssertSqlSafe(sql)).fetch_one(&app.owner).await.expect("digests").get(0)
}

/// A file as recorded: without the byte order mark that ours begin with.
fn file_text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
}
