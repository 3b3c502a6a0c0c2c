//! Searches whose conditions are lists: PostgreSQL looks an index up once per combination of elements,
//! and hears nothing meanwhile. It is a server of the test's own, since only its end would end that.

use std::time::{Duration, Instant};

use coffee::commands::token::{TokenArgs, issue};
use coffee::core::config::Config;
use coffee::core::types::Plan;
use sea_orm::sqlx::{self, AssertSqlSafe};
use serde_json::{Value, json};

use super::bed::Bed;
use super::server::Server;

/// What is the same for everybody is refused; a list element has to be looked up.
const ACCOUNTS: [&str; 2] = [
    "INSERT INTO instagram_account (ig_id, handle, name, country, followers, enabled, enabled_for_saas) \
     SELECT n::text, 'handle' || n, 'name ' || n, CASE n % 9 WHEN 0 THEN 'IN' ELSE 'C' || n % 99 END, n, \
            true, true FROM generate_series(1, 50000) n",
    "INSERT INTO activity_tracker (type, meta, account_id, partner_id) \
     SELECT 'DISCOVERY', '{}', 11, 1 FROM generate_series(1, 50000)",
];
const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search?size=1";
const ACTIVITIES: &str = "/activity-service/api/activity/search?size=1";
const LOCATIONS: &str = "/discovery-service/api/profile/locations?size=1";
/// Longer than any of them may take, and shorter than the request's limit.
const LIMIT: Duration = Duration::from_secs(4);

/// Fields with a column of an index, by route.
const FIELDS: &[(&str, &[&str])] = &[
    (
        SEARCH,
        &[
            "id",
            "followers",
            "country",
            "keywords",
            "location",
            "location_list",
            "categories",
            "languages",
            "name",
            "search_phrase",
            "phone",
            "creatorPrograms",
            "campaignId",
            "collectionId",
            "collectionShareId",
            "shortlistId",
        ],
    ),
    (ACTIVITIES, &["id", "type", "created_at"]),
    (LOCATIONS, &["id", "name", "type"]),
];

/// One list of `elements`, another one for each `round`.
fn list(field: &str, round: usize, elements: usize) -> String {
    let element = |number: usize| match field {
        "created_at" => format!("2024-01-{:02}", 1 + number % 28),
        "id" | "followers" | "campaignId" | "collectionId" => number.to_string(),
        _ => format!("C{number}"),
    };
    let elements: Vec<String> = (0..elements).map(|number| element(round + number)).collect();
    elements.join(",")
}

fn conditions(fields: &[&str], lists: usize, elements: usize) -> Value {
    let filters: Vec<Value> = (0..lists)
        .map(|round| {
            let field = fields[round % fields.len()];
            json!({"filterType": "IN", "field": field, "value": list(field, round, elements)})
        })
        .collect();
    json!({"filters": filters})
}

struct Client {
    http: reqwest::Client,
    base: String,
    tokens: [String; 2],
}

impl Client {
    /// Sends the search as a tenant and as the platform; the outcomes, and how long the slower one took.
    async fn ask(&self, path: &str, body: &Value) -> (Vec<String>, Duration) {
        let (mut outcomes, mut slowest) = (Vec::new(), Duration::ZERO);
        for token in &self.tokens {
            let request = self.http.post(format!("{}{path}", self.base)).json(body);
            let request = request.bearer_auth(token).header("x-bb-clientid", "test");
            let sent = Instant::now();
            let answer = request.send().await.expect("an answer").text().await.expect("a text");
            slowest = slowest.max(sent.elapsed());
            let answer: Value = serde_json::from_str(&answer).expect("an envelope");
            let status = &answer["status"];
            outcomes.push(format!("{} {}", status["status"], status["message"]));
        }
        (outcomes, slowest)
    }
}

pub async fn lists_of_any_number_and_length_leave_no_statement_behind() {
    let bed = Bed::start(false).await;
    for sql in ACCOUNTS {
        sqlx::query(AssertSqlSafe(sql)).execute(&bed.admin).await.expect("rows");
    }
    sqlx::query("ANALYZE").execute(&bed.admin).await.expect("statistics");
    let server: Server = bed.server().await;
    let config = Config::from_toml(&bed.settings.config).expect("configuration");
    let mut tokens = [String::new(), String::new()];
    for (token, (partner_id, person)) in tokens.iter_mut().zip([(1, 1), (-1, 2)]) {
        let args = TokenArgs {
            partner_id,
            account_id: 10 + person,
            user_id: 100 + person,
            plan: Some(Plan::Paid),
            hours: 1,
        };
        *token = issue(&config, &args).await.expect("a token");
    }
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let client = Client { http, base: server.public.clone(), tokens };
    for (path, fields) in FIELDS {
        for field in *fields {
            let (outcomes, _) = client.ask(path, &conditions(&[field], 256, 17)).await;
            assert!(outcomes.iter().all(|text| text.contains("invalid Request")), "{outcomes:?}");
            let field = &[*field][..];
            for (lists, elements) in [(58, 17), (250, 4), (2, 500), (1, 1000)] {
                expect_end(&bed, &client, path, &conditions(field, lists, elements)).await;
            }
        }
        for (lists, elements) in [(58, 17), (12, 83), (4, 250), (2, 500)] {
            expect_end(&bed, &client, path, &conditions(fields, lists, elements)).await;
        }
    }
    // No list, but many conditions that contradict each other.
    for kind in ["GTE", "LT", "NE", "EQ", "NOTIN"] {
        let filters: Vec<Value> = (0..250)
            .map(|n| json!({"filterType": kind, "field": "followers", "value": n.to_string()}))
            .chain([
                json!({"filterType": "IN", "field": "country", "value": list("country", 0, 700)}),
            ])
            .collect();
        expect_end(&bed, &client, SEARCH, &json!({"filters": filters})).await;
    }
    let alternatives = vec!["followers"; 128].join(",");
    let twice = json!({"filterType": "IN", "field": alternatives, "value": "1,2,3"});
    expect_end(&bed, &client, SEARCH, &json!({"filters": [twice, twice]})).await;
    let text = json!({"filterType": "LIKE", "field": "name", "value": "name 1".repeat(10_900)});
    expect_end(&bed, &client, SEARCH, &json!({"filters": [text]})).await;
}

/// The search is served in time, and nothing of it goes on in the database.
async fn expect_end(bed: &Bed, client: &Client, path: &str, body: &Value) {
    let shown: String = body.to_string().chars().take(160).collect();
    let (outcomes, slowest) = client.ask(path, body).await;
    let is_served = |text: &String| text.contains("SUCCESS") || text.contains("invalid Request");
    assert!(outcomes.iter().all(is_served), "{outcomes:?} for {shown}");
    assert!(slowest < LIMIT, "{slowest:?} for {shown}");
    let busy = "SELECT count(*) FROM pg_stat_activity \
                WHERE usename = 'coffee' AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'";
    let deadline = Instant::now() + LIMIT;
    while bed.number(busy).await > 0 {
        assert!(Instant::now() < deadline, "a statement goes on: {shown}");
        tokio::task::yield_now().await;
    }
}
