//! Subcommands beside `serve`.

use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::server::{Server, coffee, output};
use crate::support::Database;

#[actix_web::test]
async fn migrate_creates_everything_once_even_from_two_replicas() {
    let database = Database::create_empty().await;
    let replicas: Vec<_> = (0..2)
        .map(|_| {
            let mut command = coffee(&database, &[]);
            command.arg("migrate");
            std::thread::spawn(move || output(&mut command))
        })
        .collect();
    let texts = replicas.into_iter().map(|replica| {
        let (done, stdout, stderr) = replica.join().expect("no panic");
        assert!(done.status.success(), "{stderr}");
        stdout
    });
    let texts: Vec<String> = texts.collect();
    let created = texts.iter().filter(|text| text.contains("schema created")).count();
    assert_eq!(created, 1, "{texts:?}");
    let (done, stdout, _) = output(coffee(&database, &[]).arg("migrate"));
    assert!(done.status.success() && stdout.contains("is at version"), "{stdout}");
    let (_, json, _) = output(coffee(&database, &[]).args(["migrate", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let version = coffee::core::db::migrate::POSTGRES.version();
    let same = serde_json::json!({"from": version, "to": version, "steps": []});
    assert_eq!(json, serde_json::json!({"postgresql": same, "clickhouse": null}));
    let dead = ["activity", "profile_admin_details", "profile_user_details"];
    let mut connection = database.owner().await;
    for table in dead.into_iter().chain(["collection_post_metrics_ts"]) {
        let exists: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(table)
            .fetch_one(&mut connection)
            .await
            .expect("catalogue");
        assert!(!exists, "{table}");
    }
    drop(connection);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn the_schema_applies_a_second_time_without_change() {
    let database = Database::create().await;
    let dump = || {
        let mut pg_dump = std::process::Command::new("pg_dump");
        let (_, text, stderr) = output(pg_dump.args(["-s", "-d"]).arg(database.owner_url()));
        assert!(!text.is_empty(), "{stderr}");
        let lines = text.lines().filter(|line| !line.contains("restrict"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let before = dump();
    let mut connection = database.owner().await;
    let mut tx = connection.begin().await.expect("begins");
    let schema = coffee::core::db::migrate::POSTGRES.schema.to_owned();
    tx.execute(AssertSqlSafe(schema)).await.expect("applies again");
    tx.commit().await.expect("commits");
    assert!(before == dump(), "the second run changed the schema");
    drop(connection);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn the_application_role_owns_nothing_and_cannot_bypass_policies() {
    let database = Database::create().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("connects");
    let owned: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
            .fetch_one(&mut connection)
            .await
            .expect("counts");
    assert_eq!(owned, 0);
    let bypass: bool = sqlx::query_scalar(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut connection)
    .await
    .expect("reads");
    assert!(!bypass);
    drop(connection);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_reader_that_goes_away_ends_a_command_quietly() {
    let database = Database::create().await;
    for arguments in
        [&["routes"][..], &["routes", "--json"], &["openapi"], &["job", "list", "--json"]]
    {
        let mut command = coffee(&database, &[]);
        // The reading end is closed before anything is written.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = command.args(arguments).stdout(writer).stderr(std::process::Stdio::piped());
        let done = child.spawn().expect("coffee starts").wait_with_output().expect("ends");
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!((done.status.code(), told.as_str()), (Some(0), ""), "{arguments:?}");
    }
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn tokens_are_not_made_in_production() {
    let database = Database::create().await;
    let production = [("COFFEE__ENV", "PRODUCTION")];
    let arguments = ["token", "--partner-id", "1", "--account-id", "11", "--user-id", "101"];
    let (done, stdout, stderr) = output(coffee(&database, &production).args(arguments));
    assert_eq!((done.status.code(), stdout.as_str()), (Some(1), ""), "{stderr}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn healthcheck_follows_readiness() {
    let database = Database::create().await;
    let server = Server::start(&database, &[]).await;
    let port = server.operations.rsplit(':').next().expect("a port").to_owned();
    let settings = [("COFFEE__OPERATIONS__PORT", port.as_str())];
    assert!(output(coffee(&database, &settings).arg("healthcheck")).0.status.success());
    drop(server);
    let (done, _, _) = output(coffee(&database, &settings).arg("healthcheck"));
    assert_eq!(done.status.code(), Some(1));
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn an_unreachable_clickhouse_fails_the_migration_by_name() {
    let database = Database::create_empty().await;
    let dead = [("COFFEE__CLICKHOUSE__URL", "http://127.0.0.1:1")];
    let (done, stdout, stderr) = output(coffee(&database, &dead).arg("migrate"));
    assert_eq!(done.status.code(), Some(1), "{stdout}");
    assert!(stderr.contains("http://127.0.0.1:1") && stderr.contains("COFFEE__CLICKHOUSE__URL"));
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn routes_and_contract_are_printed() {
    let database = Database::create().await;
    let (_, routes, _) = output(coffee(&database, &[]).arg("routes"));
    assert!(routes.contains("/discovery-service/api/profile/{platform}/search"), "{routes}");
    let (_, json, _) = output(coffee(&database, &[]).args(["routes", "--json"]));
    let routes: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert!(routes.iter().all(|route| !route["caller"].as_str().unwrap_or_default().is_empty()));
    let (_, contract, _) = output(coffee(&database, &[]).arg("openapi"));
    let contract: serde_json::Value = serde_json::from_str(&contract).expect("JSON");
    assert_eq!(contract["openapi"], "3.1.0");
    Database::drop_now(&database.name).await;
}
