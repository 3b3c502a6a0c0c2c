//! What the error tracker is told.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::server::{Server, coffee, output};
use crate::support::{Client, Database, HttpFake, send};

/// Events of all envelopes that arrived.
fn events(tracker: &HttpFake) -> Vec<Value> {
    let seen = tracker.seen();
    let lines = seen.iter().flat_map(|seen| {
        String::from_utf8_lossy(&seen.body).lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let items = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    items.filter(|item| item.get("event_id").is_some() && item.get("tags").is_some()).collect()
}

#[actix_web::test]
async fn error_envelopes_and_failures_are_reported_with_tags_and_without_secrets() {
    let database = Database::create().await;
    let tracker = HttpFake::start(|_| HttpResponse::Ok().json(json!({"id": "1"}))).await;
    let dsn = format!("http://key@{}/1", tracker.url.trim_start_matches("http://"));
    let settings = [("COFFEE__SENTRY__DSN", dsn.as_str()), ("COFFEE__LOG__LEVEL", "error")];
    let ids = ["--partner-id", "10", "--account-id", "101", "--user-id", "1001"];
    let (_, token, _) = output(coffee(&database, &settings).arg("token").args(ids));
    let token = token.trim().to_owned();
    let server = Server::start(&database, &settings).await;
    let client = Client::new(server.public.clone(), Some(token.clone()));
    let path = format!("/collection-group-service/api/group/99?password=hidden&t={token}");
    let request = client.request(reqwest::Method::GET, &path);
    let request = request
        .header("x-bb-version", "7")
        .header("x-apollo-operation-name", format!("find {token}"))
        .header("x-api-key", "hidden");
    let refused = send(request).await;
    refused.refused("ERROR", "invalid Record Id - 99");
    let broken = "ALTER TABLE collection_group RENAME TO lost";
    let owner = sea_orm::sqlx::PgPool::connect(&database.owner_url()).await.expect("connects");
    sea_orm::sqlx::query(broken).execute(&owner).await.expect("renamed");
    owner.close().await;
    let failed = client.get("/collection-group-service/api/group/1").await;
    failed.refused("ERROR", "Something Went Wrong");
    server.signal("TERM");
    let (_, log) = server.wait();

    let id = |answer: &crate::support::Answer| {
        answer.headers["x-bb-requestid"].to_str().expect("text").to_owned()
    };
    assert!(
        log.lines().any(|line| line.contains("\"level\":\"ERROR\"") && line.contains(&id(&failed))),
        "{log}"
    );
    let events = events(&tracker);
    let of = |answer| {
        let id = id(answer);
        events.iter().filter(|event| event["tags"]["x-bb-requestid"] == id).collect::<Vec<_>>()
    };
    let reports = of(&refused);
    assert_eq!(reports.len(), 1, "{events:?}");
    let report = reports[0];
    assert_eq!(report["message"], "invalid Record Id - 99");
    for (tag, value) in [
        ("type", "ERROR"),
        ("code", "not_found"),
        ("x-bb-version", "7"),
        ("x-bb-clientid", "test"),
        ("userId", "1001"),
    ] {
        assert_eq!(report["tags"][tag], value, "{report}");
    }
    assert_eq!(report["extra"]["request_type"], "GET");
    let reports = of(&failed);
    assert_eq!(reports.len(), 1, "once: {events:?}");
    // The level that the protocol leaves out.
    assert!(reports[0].get("level").is_none_or(|level| level == "error"), "{:?}", reports[0]);
    for event in &events {
        let text = event.to_string();
        assert!(!text.contains("hidden") && !text.contains(&token), "{text}");
    }
    Database::drop_now(&database.name).await;
}
