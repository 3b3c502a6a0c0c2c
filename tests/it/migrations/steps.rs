//! How a step of PostgreSQL runs beside servers that go on.

use std::sync::Mutex;

use coffee::core::db::migrate::{Migrations, POSTGRES, Step, lock, postgres_with};
use sea_orm::sqlx::{self, Connection as _, Executor as _, PgConnection};
use tokio::sync::Notify;

use super::{execute, first_version, up_to};
use crate::support::Database;

async fn version(owner: &mut PgConnection) -> i32 {
    let latest = sqlx::query_scalar("SELECT max(version) FROM schema_version");
    latest.fetch_one(owner).await.expect("a version")
}

#[actix_web::test]
async fn a_step_lets_others_pass_while_a_table_is_in_use() {
    const STEPS: Migrations = Migrations {
        schema: "",
        steps: &[Step {
            name: "0002_wide",
            sql: "-- Widen.\nALTER TABLE partner ADD COLUMN a int;",
        }],
    };
    let (database, mut owner) = first_version().await;
    let mut user = database.owner().await;
    let mut using = user.begin().await.expect("begins");
    using.execute("SELECT count(*) FROM partner").await.expect("reads");
    let gave_way = Notify::new();
    let report = |text: &str| {
        if text.contains("in use") {
            gave_way.notify_one();
        }
    };
    let migrating = postgres_with(&mut owner, STEPS, &report);
    let others = async {
        gave_way.notified().await;
        // Behind a waiting ALTER TABLE this would wait for the transaction above.
        let mut other = database.owner().await;
        other.execute("SET statement_timeout = '10s'").await.expect("set");
        other.execute("SELECT count(*) FROM partner").await.expect("another one reads");
        using.commit().await.expect("ends");
    };
    let (done, ()) = tokio::join!(migrating, others);
    assert_eq!(done.expect("migrates").to, 2);
    assert_eq!(version(&mut owner).await, 2);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_step_that_fails_leaves_nothing_of_itself() {
    const STEPS: Migrations = Migrations {
        schema: "",
        steps: &[
            Step { name: "0002_a", sql: "-- A.\nCREATE TABLE a ();" },
            Step { name: "0003_b", sql: "-- B.\nCREATE TABLE b ();\nSELECT 1 / 0;" },
        ],
    };
    let (database, mut owner) = first_version().await;
    let error = postgres_with(&mut owner, STEPS, &|_| {}).await.expect_err("refused");
    assert!(error.to_string().contains("0003_b"), "{error}");
    assert_eq!(version(&mut owner).await, 2);
    let half: bool = sqlx::query_scalar("SELECT to_regclass('b') IS NOT NULL")
        .fetch_one(&mut owner)
        .await
        .expect("catalogue");
    assert!(!half);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn an_index_that_broke_off_is_built_when_the_step_runs_again() {
    const STEPS: Migrations = Migrations {
        schema: "",
        steps: &[Step {
            name: "0002_unique",
            sql: "-- One partner per name.\n-- no transaction\n\n\
                  CREATE INDEX CONCURRENTLY IF NOT EXISTS partner_status_idx ON partner (status);\n\
                  CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS partner_name_key ON partner (name);\n",
        }],
    };
    let (database, mut owner) = first_version().await;
    execute(&mut owner, "INSERT INTO partner (id, name) VALUES (1, 'a'), (2, 'a')").await;
    postgres_with(&mut owner, STEPS, &|_| {}).await.expect_err("two of one name");
    assert_eq!(version(&mut owner).await, 1);
    execute(&mut owner, "UPDATE partner SET name = 'b' WHERE id = 2").await;
    postgres_with(&mut owner, STEPS, &|_| {}).await.expect("runs again");
    let valid: bool = sqlx::query_scalar(
        "SELECT bool_and(indisvalid) AND count(*) = 2 FROM pg_index \
         WHERE indexrelid IN ('partner_name_key'::regclass, 'partner_status_idx'::regclass)",
    )
    .fetch_one(&mut owner)
    .await
    .expect("catalogue");
    assert!(valid);
    assert_eq!(version(&mut owner).await, 2);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn an_index_is_built_while_another_migration_waits() {
    const STEPS: Migrations = Migrations {
        schema: "",
        steps: &[Step {
            name: "0002_index",
            sql: "-- Index.\n-- no transaction\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS p ON partner (name);\n",
        }],
    };
    let (database, mut owner) = first_version().await;
    let mut second = database.owner().await;
    lock(&mut owner, &|_| {}).await.expect("first");
    let (waits, told) = (Notify::new(), Mutex::new(Vec::new()));
    let report = |text: &str| {
        told.lock().expect("whole").push(text.to_owned());
        waits.notify_one();
    };
    let first = async {
        waits.notified().await;
        postgres_with(&mut owner, STEPS, &|_| {}).await.expect("migrates");
        owner.close().await.expect("closes");
    };
    let (waited, ()) = tokio::join!(lock(&mut second, &report), first);
    waited.expect("its turn");
    assert_eq!(told.lock().expect("whole").len(), 1);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn campaign_profiles_without_the_mark_are_found_as_not_blacklisted() {
    let (database, mut owner) = first_version().await;
    let insert = |details: &str, ids: &str| {
        format!(
            "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details) \
             SELECT 'INSTAGRAM', n, {details} FROM generate_series({ids}) n"
        )
    };
    // More than one batch.
    execute(&mut owner, &insert("'{\"whatsappOptIn\": true}'", "1, 5002")).await;
    execute(&mut owner, &insert("'{\"isBlacklisted\": true}'", "6001, 6001")).await;
    execute(&mut owner, &insert("'{\"isBlacklisted\": null}'", "6002, 6002")).await;
    execute(&mut owner, &insert("NULL", "6003, 6003")).await;
    let until = POSTGRES.steps.iter().position(|step| step.name.ends_with("_is_blacklisted"));
    let until = up_to(until.expect("a step") + 2);
    postgres_with(&mut owner, until, &|_| {}).await.expect("migrates");
    // As the filter asks.
    let found = async |owner: &mut PgConnection, details: &str| -> i64 {
        let count = "SELECT count(*) FROM campaign_profiles WHERE admin_details @> $1::jsonb";
        sqlx::query_scalar(count).bind(details).fetch_one(owner).await.expect("counted")
    };
    assert_eq!(found(&mut owner, "{\"isBlacklisted\": false}").await, 5003);
    assert_eq!(found(&mut owner, "{\"whatsappOptIn\": true}").await, 5002, "the rest stays");
    assert_eq!(found(&mut owner, "{\"isBlacklisted\": true}").await, 1);
    let last = POSTGRES.steps[until.steps.len() - 1];
    for statement in coffee::core::db::migrate::statements(last.sql) {
        execute(&mut owner, &statement).await;
    }
    assert_eq!(found(&mut owner, "{\"isBlacklisted\": false}").await, 5003, "it may run again");
    Database::drop_now(&database.name).await;
}
