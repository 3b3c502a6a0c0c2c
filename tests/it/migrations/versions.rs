//! What a server does with a schema of another version.

use coffee::core::db::migrate::POSTGRES;
use serde_json::{Value, json};

use super::{execute, first_version};
use crate::process::server::{Server, coffee, output};
use crate::support::Database;

#[actix_web::test]
async fn a_server_refuses_an_older_schema_and_names_the_command() {
    let (database, _) = first_version().await;
    let (done, _, stderr) = output(coffee(&database, &[]).arg("serve"));
    assert_eq!(done.status.code(), Some(1));
    assert!(stderr.contains("schema version 1") && stderr.contains("coffee migrate"), "{stderr}");
    assert!(stderr.contains("COFFEE__POSTGRES__OWNER_URL"), "{stderr}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_server_refuses_a_database_without_schema() {
    let database = Database::create_empty().await;
    let (done, _, stderr) = output(coffee(&database, &[]).arg("serve"));
    assert_eq!(done.status.code(), Some(1));
    assert!(stderr.contains("schema version 0") && stderr.contains("coffee migrate"), "{stderr}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_server_serves_a_newer_schema_and_says_so() {
    let database = Database::create().await;
    let (needed, newer) = (POSTGRES.version(), POSTGRES.version() + 1);
    let mut owner = database.owner().await;
    let insert = format!("INSERT INTO schema_version (version) VALUES ({newer})");
    execute(&mut owner, &insert).await;
    let server = Server::start(&database, &[]).await;
    let (code, body) = server.readiness().await;
    assert_eq!(code, 200, "{body}");
    let schema = json!({"installed": newer, "needed": needed, "state": "newer"});
    assert_eq!(body["schema"]["postgres"], schema);
    execute(&mut owner, "DELETE FROM schema_version WHERE version > 1").await;
    execute(&mut owner, "INSERT INTO schema_version VALUES (1) ON CONFLICT DO NOTHING").await;
    let (code, body) = server.readiness().await;
    assert_eq!((code, &body["schema"]["postgres"]["state"]), (503, &json!("older")));
    assert_eq!((&body["ready"], &body["degraded"][0]["part"]), (&json!(false), &json!("schema")));
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("the schema is newer than this binary"), "{log}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_dry_run_prints_the_steps_and_changes_nothing() {
    let (database, mut owner) = first_version().await;
    let dry = ["migrate", "--dry-run"];
    let (done, stdout, stderr) = output(coffee(&database, &[]).args(dry));
    assert!(done.status.success(), "{stderr}");
    for step in POSTGRES.steps {
        assert!(stdout.contains(step.name), "{stdout}");
    }
    let (_, json, _) = output(coffee(&database, &[]).args(dry).arg("--json"));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["postgresql"]["from"], 1);
    assert_eq!(json["postgresql"]["to"], POSTGRES.version());
    let done = coffee::core::db::migrate::postgres(&mut owner).await.expect("migrates");
    assert_eq!(done.from, Some(1), "the dry run changed the version");
    let (_, stdout, _) = output(coffee(&database, &[]).args(dry));
    assert!(stdout.contains("is at version"), "{stdout}");
    Database::drop_now(&database.name).await;
}
