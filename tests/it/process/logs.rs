//! What the logs tell, and what they never do.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{Server, coffee, output};
use crate::support::{Client, Database, send};

const SECRETS: [&str; 7] = [
    "asha@example.com",
    "asha%40example.com",
    "9876543210",
    "t0p-secret",
    "c00kie",
    "refresh-me",
    "correct horse",
];

#[actix_web::test]
async fn requests_are_told_without_secrets_and_contacts() {
    let database = Database::create().await;
    let directory = std::env::temp_dir().join(&database.name);
    let settings = [
        ("COFFEE__LOG__SLOW_REQUEST_MS", "0"),
        ("COFFEE__LOG__SLOW_DIR", directory.to_str().expect("a readable path")),
        ("COFFEE__LOG__RESPONSE_BODIES", "true"),
    ];
    let ids = ["--partner-id", "10", "--account-id", "101", "--user-id", "1001"];
    let (_, token, errors) = output(coffee(&database, &settings).arg("token").args(ids));
    let token = token.trim().to_owned();
    assert!(token.starts_with("eyJ"), "{errors}");
    let server = Server::start(&database, &settings).await;
    let client = Client::new(server.public.clone(), Some(token.clone()));
    let path =
        "/discovery-service/api/profile/INSTAGRAM/byhandle/asha%40example.com?token=t0p-secret";
    let secret = client
        .request(Method::GET, path)
        .header("cookie", "sid=c00kie")
        .header("x-bb-user-rt", "refresh-me")
        .header("x-apollo-operation-name", "profile")
        .header("user-agent", "front-end/1");
    let found = send(secret).await;
    let filters = json!({"filters": [{"filterType": "EQ", "field": "email", "value": "asha@example.com"}],
                         "phone": "+91 9876543210"});
    client.post("/discovery-service/api/profile/INSTAGRAM/search", &filters).await;
    let login = json!({"mode": "EMAIL", "id": "asha@example.com", "secret": "correct horse"});
    client.post("/identity-service/api/auth/login", &login).await;
    let verify = json!({ "token": token });
    let verified = client.post("/identity-service/api/auth/verify/token", &verify).await;
    assert!(verified.text.contains(&token), "an answer with a token in it");
    client.get("/nowhere").await;
    server.signal("TERM");
    let (_, log) = server.wait();

    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answered: Vec<Value> = lines.filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 5, "one line per request: {log}");
    let line = &answered[0];
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/discovery-service/api/profile/INSTAGRAM/byhandle/***");
    assert_eq!(line["request_id"], found.headers["x-bb-requestid"].to_str().expect("text"));
    assert_eq!(line["code"], found.code.as_u16());
    assert_eq!(line["partner_id"], 10);
    assert_eq!((&line["client"], &line["operation"]), (&json!("test"), &json!("profile")));
    assert_eq!(
        (&line["user_agent"], &line["address"]),
        (&json!("front-end/1"), &json!("127.0.0.1"))
    );
    assert_eq!(line["protocol"], "HTTP/1.1");
    assert!(line["took_ms"].is_u64() && line["route"].is_string(), "{line}");
    assert_eq!((&answered[4]["code"], &answered[4]["path"]), (&json!(404), &json!("/nowhere")));
    assert!(log.contains(r#""message":"answer""#), "bodies of answers were asked for: {log}");

    let mut slow = String::new();
    for file in std::fs::read_dir(&directory).expect("a slow log") {
        slow += &std::fs::read_to_string(file.expect("an entry").path()).expect("text");
    }
    assert!(slow.contains("byhandle/***?token=***"), "{slow}");
    assert!(slow.contains(r#""cookie":["***"]"#), "{slow}");
    for secret in SECRETS.into_iter().chain([token.as_str()]) {
        assert!(!log.contains(secret), "{secret} in {log}");
        assert!(!slow.contains(secret), "{secret} in {slow}");
    }
    std::fs::remove_dir_all(directory).expect("removed");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn refusals_are_told_where_successes_are_not() {
    let database = Database::create().await;
    let server = Server::start(&database, &[("COFFEE__LOG__LEVEL", "warn")]).await;
    let client = Client::new(server.public.clone(), None);
    client.get("/openapi.json").await;
    client.get("/content-service/api/x").await;
    server.signal("TERM");
    let (_, log) = server.wait();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answered: Vec<Value> = lines.filter(|line| line["message"] == "answered").collect();
    let told: Vec<_> = answered.iter().map(|line| (&line["path"], &line["code"])).collect();
    assert_eq!(told, [(&json!("/content-service/api/x"), &json!(401))], "{log}");
    Database::drop_now(&database.name).await;
}
