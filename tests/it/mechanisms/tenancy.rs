//! Tenants are kept apart twice: by the dao's predicate and by row-level security. Each holds
//! without the other.

use coffee::core::types::Plan;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use serde_json::json;

use crate::support::TestApp;

const GROUP: &str = "/collection-group-service/api/group";

async fn two_tenants(app: &TestApp) -> (i64, i64) {
    let mut ids = Vec::new();
    for partner in [10, 20] {
        let row = json!({
            "share_id": format!("share{partner}"), "partner_id": partner, "name": "group",
            "source": "SAAS", "source_id": format!("g{partner}"), "created_by": "1",
        });
        let stored = app.seed("collection_group", &row).await;
        ids.push(stored["id"].as_i64().expect("an id"));
    }
    (ids[0], ids[1])
}

/// Group ids that a connection of the application sees without any predicate of the dao.
async fn visible(app: &TestApp, setting: &str) -> Vec<i64> {
    let mut connection = PgConnection::connect(&app.postgres_url()).await.expect("connects");
    let mut tx = connection.begin().await.expect("begins");
    tx.execute(AssertSqlSafe(setting.to_owned())).await.expect("setting");
    let rows = sqlx::query("SELECT id FROM collection_group ORDER BY id").fetch_all(&mut *tx).await;
    rows.expect("rows").iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn policies_hold_without_the_dao_predicate() {
    let app = TestApp::start().await;
    let (ours, theirs) = two_tenants(&app).await;
    let partner = |id: &str| format!("SET LOCAL app.partner_id = '{id}'");
    assert_eq!(visible(&app, &partner("10")).await, [ours]);
    assert_eq!(visible(&app, &partner("20")).await, [theirs]);
    assert_eq!(visible(&app, &partner("-1")).await, [ours, theirs]);
    assert_eq!(visible(&app, &partner("")).await, [0; 0]);
    assert_eq!(visible(&app, "SET LOCAL app.owner_id = '20'").await, [theirs]);
    assert_eq!(visible(&app, "SET LOCAL app.owner_id = '-1'").await, [0; 0]);
}

#[actix_web::test]
async fn the_dao_predicate_holds_without_policies() {
    // The owner of the tables is not bound by row-level security.
    let app = TestApp::start_as_owner().await;
    let (ours, theirs) = two_tenants(&app).await;
    let bypasses = app.value("SELECT count(*) FROM collection_group").await;
    assert_eq!(bypasses.as_deref(), Some("2"));
    let client = app.partner(10, Plan::Saas).await;
    client.get(&format!("{GROUP}/{ours}")).await.success();
    let foreign = client.get(&format!("{GROUP}/{theirs}")).await;
    assert_eq!(foreign.status(), ("ERROR".into(), format!("invalid Record Id - {theirs}")));
    let change = client.put(&format!("{GROUP}/{theirs}"), &json!({"name": "mine"})).await;
    assert_eq!(change.status(), ("ERROR".into(), format!("invalid Record Id - {theirs}")));
    let name = format!("SELECT name FROM collection_group WHERE id = {theirs}");
    assert_eq!(app.value(&name).await.as_deref(), Some("group"));
}

#[actix_web::test]
async fn the_application_cannot_write_for_another_partner() {
    let app = TestApp::start().await;
    let mut connection = PgConnection::connect(&app.postgres_url()).await.expect("connects");
    let mut tx = connection.begin().await.expect("begins");
    tx.execute("SET LOCAL app.partner_id = '10'").await.expect("setting");
    let insert = "INSERT INTO collection_group \
                  (share_id, partner_id, name, source, source_id, created_by) \
                  VALUES ('s', 20, 'n', 'SAAS', 'g', '1')";
    let error = tx.execute(insert).await.expect_err("refused");
    assert!(error.to_string().contains("row-level security"), "{error}");
}

#[actix_web::test]
async fn the_platform_partner_passes_tenant_checks() {
    let app = TestApp::start().await;
    let (_, theirs) = two_tenants(&app).await;
    let admin = app.partner(-1, Plan::Free).await;
    let group = admin.get(&format!("{GROUP}/{theirs}")).await.success();
    assert_eq!(group["groups"][0]["partnerId"], 20);
}
