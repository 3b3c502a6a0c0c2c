//! Starting with stores missing.

use super::server::{Server, coffee, output};
use crate::support::Database;

#[actix_web::test]
async fn without_postgresql_the_start_fails_and_says_where_and_what_to_do() {
    let database = Database::create().await;
    let dead = [("COFFEE__POSTGRES__URL", "postgres://coffee@127.0.0.1:1/coffee")];
    let (done, _, stderr) = output(coffee(&database, &dead).arg("serve"));
    assert_eq!(done.status.code(), Some(1));
    for part in ["PostgreSQL", "127.0.0.1:1", "./dev up", "COFFEE__POSTGRES__URL"] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn without_the_other_stores_it_serves_and_names_them() {
    let database = Database::create().await;
    let dead = [
        ("COFFEE__CLICKHOUSE__URL", "http://127.0.0.1:1"),
        ("COFFEE__REDIS__ADDRESSES", "127.0.0.1:1"),
        ("COFFEE__AMQP__URL", "amqp://coffee:secret@127.0.0.1:1/%2f"),
    ];
    let server = Server::start(&database, &dead).await;
    let (_, states) = server.readiness().await;
    assert_eq!(states["postgres"], "up");
    for store in ["clickhouse", "redis", "rabbitmq"] {
        assert_eq!(states[store], "down", "{store}");
    }
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    for part in ["COFFEE__CLICKHOUSE__URL", "http://127.0.0.1:1", "COFFEE__AMQP__URL"] {
        assert!(log.contains(part), "{part} in {log}");
    }
    assert!(!log.contains("secret"), "{log}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn without_a_broker_it_says_whose_events_reach_nobody() {
    let database = Database::create().await;
    let server = Server::start(&database, &[]).await;
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    for part in ["activity_tracker_q", "coffee_events_unheard_total", "COFFEE__AMQP__URL"] {
        assert!(log.contains(part), "{part} in {log}");
    }
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_bad_configuration_refuses_to_start() {
    let database = Database::create().await;
    for (key, value, part) in [
        ("COFFEE__AUTH__HMAC_SECRET", "c2hvcnQ=", "auth.hmac_secret"),
        ("COFFEE__SERVER__PORRT", "1", "porrt"),
        ("COFFEE__SERVER__TIMEOUT_SECS", "0", "server.timeout_secs"),
        ("COFFEE__ENV", "moon", "env"),
        ("COFFEE__REDIS__POOL_SIZE", "many", "pool_size"),
    ] {
        let (done, _, stderr) = output(coffee(&database, &[(key, value)]).arg("serve"));
        assert_eq!(done.status.code(), Some(1), "{key}: {stderr}");
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn the_heartbeat_switches_itself_on_where_asked() {
    let database = Database::create().await;
    let auto = [("COFFEE__SERVER__HEARTBEAT_AUTO", "true")];
    let server = Server::start(&database, &auto).await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    loop {
        let answer = reqwest::get(format!("{}/heartbeat/", server.public)).await.expect("answers");
        if answer.status() == 200 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "never switched on");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    drop(server);
    Database::drop_now(&database.name).await;
}
