//! Tenants are kept apart twice: by the dao's predicate and by row-level security. Each holds
//! without the other.

use coffee::core::db::ShareOwner;
use coffee::core::types::Plan;
use sea_orm::ConnectionTrait as _;
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
    let app = TestApp::start_without_policies().await;
    let (ours, theirs) = two_tenants(&app).await;
    assert_eq!(visible(&app, "SET LOCAL app.partner_id = ''").await, [ours, theirs]);
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

/// The text of the refusal, or the number of rows, of a statement with these settings.
async fn outcome(app: &TestApp, settings: &str, sql: &str) -> Result<u64, String> {
    let mut connection = PgConnection::connect(&app.postgres_url()).await.expect("connects");
    let mut tx = connection.begin().await.expect("begins");
    tx.execute(AssertSqlSafe(settings.to_owned())).await.expect("settings");
    let done = tx.execute(AssertSqlSafe(sql.to_owned())).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

#[actix_web::test]
async fn a_share_can_be_read_and_nothing_else() {
    let app = TestApp::start().await;
    let (_, theirs) = two_tenants(&app).await;
    let share = "SET LOCAL app.partner_id = '10'; SET LOCAL app.owner_id = '20'";
    let update = format!("UPDATE collection_group SET name = 'x' WHERE id = {theirs}");
    assert_eq!(outcome(&app, share, &update).await, Ok(0));
    let insert = "INSERT INTO collection_group \
                  (share_id, partner_id, name, source, source_id, created_by) \
                  VALUES ('s', 20, 'n', 'SAAS', 'g', '1')";
    let refused = outcome(&app, share, insert).await.expect_err("refused");
    assert!(refused.contains("row-level security"), "{refused}");
    let take = "UPDATE collection_group SET partner_id = 20 WHERE partner_id = 10";
    let refused = outcome(&app, share, take).await.expect_err("refused");
    assert!(refused.contains("row-level security"), "{refused}");
}

#[actix_web::test]
async fn a_module_that_writes_for_an_owner_writes_for_nobody_else_meanwhile() {
    let app = TestApp::start().await;
    two_tenants(&app).await;
    let unit = app.session_of(10).await;
    let rename = "UPDATE collection_group SET name = 'x'";
    let owner = ShareOwner::writable(20);
    unit.shared(owner).await.expect("opened");
    let db = unit.write().await.expect("a transaction");
    let written = db.execute_unprepared(rename).await.expect("written");
    assert_eq!(written.rows_affected(), 1, "the owner's row alone");
    let away = "UPDATE collection_group SET partner_id = 10 WHERE partner_id = 20";
    unit.tenant().await.expect("back");
    let written = unit.write().await.expect("a transaction").execute_unprepared(rename).await;
    assert_eq!(written.expect("written").rows_affected(), 1, "the own row alone");
    unit.shared(owner).await.expect("opened");
    let moved = unit.write().await.expect("a transaction").execute_unprepared(away).await;
    assert!(moved.expect_err("refused").to_string().contains("row-level security"));
}

#[actix_web::test]
async fn an_item_cannot_be_put_under_the_collection_of_another_partner() {
    let app = TestApp::start().await;
    let (own, foreign) = (
        app.seed_collection(10, "own", &json!({})).await,
        app.seed_collection(20, "foreign", &json!({})).await,
    );
    let item = |collection: i64| {
        format!(
            "INSERT INTO profile_collection_item (platform, platform_account_code, \
             profile_collection_id, partner_id, rank, created_by) \
             VALUES ('INSTAGRAM', 1, {collection}, 10, 1, '1')"
        )
    };
    let partner = "SET LOCAL app.partner_id = '10'";
    assert_eq!(outcome(&app, partner, &item(own)).await, Ok(1));
    let share = "SET LOCAL app.partner_id = '10'; SET LOCAL app.owner_id = '20'";
    for settings in [partner, share] {
        let refused = outcome(&app, settings, &item(foreign)).await.expect_err("refused");
        assert!(refused.contains("row-level security"), "{refused}");
    }
}

#[actix_web::test]
async fn row_level_security_binds_the_owner_of_the_tables() {
    let app = TestApp::start().await;
    let (ours, theirs) = two_tenants(&app).await;
    let mut tx = app.owner.begin().await.expect("begins");
    let count = "SELECT count(*) FROM collection_group";
    let all: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.expect("counts");
    assert_eq!(all, 2, "the owner works for the platform");
    tx.execute("SET LOCAL app.partner_id = '10'").await.expect("setting");
    let own: Vec<i64> = sqlx::query_scalar("SELECT id FROM collection_group")
        .fetch_all(&mut *tx)
        .await
        .expect("rows");
    assert_eq!((own, theirs != ours), (vec![ours], true));
    tx.execute("SET LOCAL app.partner_id = ''").await.expect("setting");
    let none: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.expect("counts");
    assert_eq!(none, 0);
}
