//! Starting with stores missing.

use serde_json::Value;

use super::server::{Server, coffee, output};
use crate::support::Database;

#[actix_web::test]
async fn without_postgresql_the_start_fails_and_says_where_and_what_to_do() {
    let database = Database::create().await;
    let dead = [("COFFEE__POSTGRES__URL", "postgres://coffee@127.0.0.1:1/coffee")];
    let (done, _, stderr) = output(coffee(&database, &dead).arg("serve"));
    assert_eq!(done.status.code(), Some(1));
    for part in ["PostgreSQL", "127.0.0.1:1", "refused", "./dev up", "COFFEE__POSTGRES__URL"] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    let nowhere = database.url().replace(&database.name, "nowhere");
    let settings = [
        ("COFFEE__POSTGRES__URL", nowhere.as_str()),
        ("COFFEE__POSTGRES__CONNECT_TIMEOUT_MS", "200"),
    ];
    let (_, _, stderr) = output(coffee(&database, &settings).arg("serve"));
    assert!(stderr.contains(r#""nowhere" does not exist (SQLSTATE 3D000)"#), "{stderr}");
    assert!(!stderr.contains("at line"), "a line of PostgreSQL's source says nothing: {stderr}");
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
    let lines: Vec<Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (store, address) in [
        ("clickhouse", "http://127.0.0.1:1"),
        ("redis", "127.0.0.1:1"),
        ("rabbitmq", "127.0.0.1:1"),
    ] {
        let warned: Vec<_> = lines.iter().filter(|line| line["part"] == store).collect();
        assert_eq!(warned.len(), 1, "{store}: {log}");
        let reason = warned[0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("efused"), "{reason}");
        let told = |line: &&Value| line["store"] == store && line["address"] == address;
        assert_eq!(lines.iter().filter(told).count(), 1, "{store}: {log}");
    }
    let listening = "cannot listen; tried again until it is possible";
    assert!(!log.contains(listening), "the state of the broker is told already: {log}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_login_that_the_broker_refuses_is_told_once() {
    let database = Database::create().await;
    let broker = std::env::var("COFFEE__AMQP__URL").expect("./dev test names the broker");
    let mut broker = reqwest::Url::parse(&broker).expect("an address");
    broker.set_password(Some("wrong")).expect("a password");
    let server = Server::start(&database, &[("COFFEE__AMQP__URL", broker.as_str())]).await;
    let (_, states) = server.readiness().await;
    assert_eq!(states["rabbitmq"], "down");
    let degraded = states["degraded"].to_string();
    assert!(degraded.contains("refuses the login"), "{degraded}");
    server.signal("TERM");
    let (_, log) = server.wait();
    assert_eq!(log.matches("refuses the login").count(), 1, "{log}");
    assert!(!log.contains("no answer in"), "{log}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn what_is_overlooked_otherwise_is_refused_or_told() {
    let database = Database::create().await;
    let missing = ["--config-dir", "/nonexistent", "routes"];
    let (done, _, stderr) = output(coffee(&database, &[]).args(missing));
    assert_eq!(done.status.code(), Some(1));
    assert!(stderr.contains("/nonexistent"), "{stderr}");
    let typo = [("COFFEE_SERVER_PORT", "1")];
    let (done, _, stderr) = output(coffee(&database, &typo).arg("routes"));
    assert!(done.status.success(), "{stderr}");
    assert!(stderr.contains("COFFEE_SERVER_PORT is not read: did you mean COFFEE__SERVER__PORT?"));
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn production_refuses_what_everybody_knows() {
    let database = Database::create().await;
    let login = "postgres://app:k3-Xw9d@127.0.0.1:1/coffee";
    let key = "iZ0hb5Q3xkpX1o8WfE6Q0mV9s2cTnLrJ7uYzDgBtHwE=";
    let good = [
        ("COFFEE__ENV", "production"),
        ("COFFEE__POSTGRES__URL", login),
        ("COFFEE__POSTGRES__OWNER_URL", ""),
        ("COFFEE__AUTH__HMAC_SECRET", key),
    ];
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (key, value, part) in [
        // All is well but for a PostgreSQL that is not there.
        ("COFFEE__LOG__LEVEL", "info", "cannot reach PostgreSQL"),
        ("COFFEE__AUTH__HMAC_SECRET", zeros, "auth.hmac_secret"),
        ("COFFEE__POSTGRES__URL", "postgres://coffee:coffee@127.0.0.1:1/coffee", "postgres.url"),
        ("COFFEE__AMQP__URL", "amqp://coffee:coffee@127.0.0.1:1/%2f", "amqp.url"),
        ("COFFEE__CORS__ALLOWED_ORIGINS", "https://*.com", "cors.allowed_origins"),
        ("COFFEE__SERVER__TRUSTED_PROXIES", "0.0.0.0/0", "server.trusted_proxies"),
    ] {
        let settings = [&good[..], &[(key, value)]].concat();
        let (done, _, stderr) = output(coffee(&database, &settings).arg("serve"));
        assert_eq!(done.status.code(), Some(1), "{key}: {stderr}");
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
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
