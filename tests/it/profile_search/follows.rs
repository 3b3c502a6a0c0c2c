//! The search table follows the accounts, whoever changes them.

use std::time::{Duration, Instant};

use coffee::core::types::Plan;
use futures_util::future::join_all;
use sea_orm::sqlx;
use serde_json::json;

use super::{BY_TABLE, Beside, change, found};
use crate::support::{Forwarder, TestApp, url};

/// How long a search waits at least for a ClickHouse that is asked and does not answer.
const SILENCE: Duration = Duration::from_millis(900);

#[actix_web::test]
async fn what_is_changed_by_whomever_is_found() {
    let app = TestApp::start_with_search("").await;
    app.build_search_table().await;
    let client = app.partner(10, Plan::Saas).await;
    let asha = [("EQ", "categories", "Asha")];
    assert_eq!(found(&client, &asha).await, [0; 0]);
    let id = app.seed_instagram(&json!({"categories": ["Asha"], "followers": 5})).await;
    app.search_table_follows().await;
    assert_eq!(found(&client, &asha).await, [id], "a new account");
    change(&app, "UPDATE instagram_account SET categories = '{Rao}'").await;
    app.search_table_follows().await;
    assert_eq!(found(&client, &asha).await, [0; 0], "what it was");
    assert_eq!(found(&client, &[("EQ", "categories", "Rao")]).await, [id], "what it is");
    change(&app, "UPDATE instagram_account SET deleted = true").await;
    app.search_table_follows().await;
    assert_eq!(found(&client, &[]).await, [0; 0], "deleted");
    change(&app, "UPDATE instagram_account SET deleted = false").await;
    app.search_table_follows().await;
    assert_eq!(found(&client, &[]).await, [id], "and there again");
    change(&app, "DELETE FROM instagram_account").await;
    app.search_table_follows().await;
    assert_eq!(found(&client, &[]).await, [0; 0], "gone");
    assert!(app.metric(BY_TABLE).await >= 6.0);
}

#[actix_web::test]
async fn an_account_that_changes_again_stays_noted_until_that_change_is_there() {
    let app = TestApp::start_with_clickhouse().await;
    let id = app.seed_instagram(&json!({})).await;
    let noted = async || -> i64 {
        let sql = "SELECT change FROM profile_search_change WHERE account_id = $1";
        sqlx::query_scalar(sql).bind(id).fetch_one(&app.owner).await.expect("noted")
    };
    let first = noted().await;
    change(&app, "UPDATE instagram_account SET followers = 6").await;
    assert!(noted().await > first, "the later change has a higher number");
    change(&app, "BEGIN; SET LOCAL app.profile_search = 'loaded'; UPDATE instagram_account SET followers = 7; COMMIT").await;
    change(&app, "UPDATE instagram_account SET followers = 8 WHERE false").await;
    assert_eq!(noted().await, first + 1, "a load that writes the table itself");
}

#[actix_web::test]
async fn postgresql_answers_while_clickhouse_is_away() {
    let way = Forwarder::start(&url("COFFEE__CLICKHOUSE__URL"));
    let app = TestApp::start_with_clickhouse_at(&way.url()).await;
    let id = app.seed_instagram(&json!({})).await;
    let client = app.partner(10, Plan::Saas).await;
    let by_postgres = async |reason: &str| {
        app.metric(&format!("coffee_profile_searches_total{{reason=\"{reason}\"")).await
    };
    assert_eq!(found(&client, &[]).await, [id]);
    assert!(by_postgres("unready").await >= 1.0, "nothing was built");
    app.build_search_table().await;
    app.eventually("the table is used", async || {
        assert_eq!(found(&client, &[]).await, [id]);
        app.metric(BY_TABLE).await > 0.0
    })
    .await;
    way.cut();
    assert_eq!(found(&client, &[]).await, [id]);
    assert!(by_postgres("away").await >= 1.0);
    way.restore();
    let before = app.metric(BY_TABLE).await;
    app.eventually("the table is used again", async || {
        assert_eq!(found(&client, &[]).await, [id]);
        app.metric(BY_TABLE).await > before
    })
    .await;
}

#[actix_web::test]
async fn whoever_changes_accounts_holds_the_table_up_for_no_other() {
    let app = TestApp::start_with_clickhouse().await;
    let (mine, other) =
        (app.seed_instagram(&json!({})).await, app.seed_instagram(&json!({})).await);
    let mut changing = app.owner.begin().await.expect("begun");
    let change = "UPDATE instagram_account SET followers = 6 WHERE id = $1";
    sqlx::query(change).bind(mine).execute(&mut *changing).await.expect("changed");
    let relay = Beside::follow(&app).await;
    app.eventually("the other account is there", async || noted(&app).await == [mine]).await;
    // The one who waits for it would wait for whoever is changing it.
    sqlx::query(change).bind(other).execute(&mut *changing).await.expect("changed, too");
    changing.commit().await.expect("committed");
    app.search_table_follows().await;
    drop(relay);
}

/// Accounts whose change the search table does not have.
async fn noted(app: &TestApp) -> Vec<i64> {
    let sql = "SELECT account_id FROM profile_search_change ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(&app.owner).await.expect("ids")
}

#[actix_web::test]
async fn nobody_but_the_first_waits_for_a_clickhouse_that_is_silent() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("bound"));
    let app = TestApp::start_with_clickhouse_at(&url).await;
    let id = app.seed_instagram(&json!({})).await;
    let client = app.partner(10, Plan::Saas).await;
    let ask = async || {
        let began = Instant::now();
        assert_eq!(found(&client, &[]).await, [id]);
        began.elapsed() >= SILENCE
    };
    let waited = join_all((0..8).map(|_| ask())).await;
    assert!(waited.into_iter().filter(|waited| *waited).count() <= 1);
}
