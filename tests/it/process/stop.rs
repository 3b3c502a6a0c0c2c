//! Stopping without losing a request.

use std::time::Duration;

use coffee::core::types::Plan;
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use serde_json::json;

use super::server::{Server, coffee, output};
use crate::support::{Client, Database};

async fn signed_in(database: &Database, server: &Server) -> Client {
    let arguments = ["token", "--partner-id", "10", "--account-id", "101", "--user-id", "1001"];
    let plan = ["--plan", Plan::Saas.name()];
    let (done, stdout, stderr) = output(coffee(database, &[]).args(arguments).args(plan));
    assert!(done.status.success(), "{stderr}");
    assert_eq!(stdout.lines().count(), 1, "the token alone: {stdout}");
    Client::new(server.public.clone(), Some(stdout.trim().to_owned()))
}

#[actix_web::test]
async fn a_request_in_flight_finishes_before_the_process_ends() {
    let database = Database::create().await;
    let server = Server::start(&database, &[]).await;
    let client = signed_in(&database, &server).await;
    let group = json!({"source": "SAAS", "sourceId": "g", "name": "before"});
    let created = client.post("/collection-group-service/api/group", &group).await.success();
    let path = format!("/collection-group-service/api/group/{}", created["groups"][0]["id"]);

    // The update waits for a row that this transaction holds.
    let mut blocker = database.owner().await;
    let mut lock = blocker.begin().await.expect("begins");
    let hold = sqlx::query("SELECT 1 FROM collection_group FOR UPDATE");
    hold.execute(&mut *lock).await.expect("locked");
    let waiting = {
        let client = client.clone();
        actix_web::rt::spawn(async move { client.put(&path, &json!({"name": "after"})).await })
    };
    wait_for_lock(&database).await;
    server.signal("TERM");
    // The listener closes while the request is still waiting.
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while reqwest::get(format!("{}/heartbeat/", server.public)).await.is_ok() {
        assert!(std::time::Instant::now() < deadline, "the listener stays open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    lock.rollback().await.expect("unlocked");
    waiting.await.expect("no panic").success();
    let (code, _) = server.wait();
    assert_eq!(code, Some(0));
    let name: String = sqlx::query_scalar("SELECT name FROM collection_group")
        .fetch_one(&mut blocker)
        .await
        .expect("stored");
    assert_eq!(name, "after");
    drop(blocker);
    Database::drop_now(&database.name).await;
}

async fn wait_for_lock(database: &Database) {
    let mut watcher = PgConnection::connect(&database.url()).await.expect("connects");
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
               AND datname = current_database()";
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut watcher).await.expect("counts") == 0 {
        assert!(std::time::Instant::now() < deadline, "the update never waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn an_interrupt_stops_as_well() {
    let database = Database::create().await;
    let server = Server::start(&database, &[]).await;
    server.signal("INT");
    assert_eq!(server.wait().0, Some(0));
    Database::drop_now(&database.name).await;
}
