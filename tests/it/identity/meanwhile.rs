//! What happens to a user while a password is being compared.

use futures_util::join;
use sea_orm::sqlx;

use super::{PASSWORD, login, refused, signed_in, start};
use crate::support::TestApp;

/// Signs in while another transaction holds the user, changes it and commits.
async fn overtaken(app: &TestApp, change: &str) {
    let mut holder = app.owner.begin().await.expect("a transaction");
    let hold = "SELECT FROM identity_user WHERE id = 42 FOR UPDATE";
    sqlx::query(hold).execute(&mut *holder).await.expect("held");
    let own = "SELECT pg_current_xact_id()::text";
    let own: String = sqlx::query_scalar(own).fetch_one(&mut *holder).await.expect("an id");
    let waiting = format!(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid::text = '{own}'"
    );
    let change = async {
        app.eventually("the sign-in waits for the user", || async {
            app.value(&waiting).await.as_deref() == Some("1")
        })
        .await;
        sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut *holder).await.expect("changed");
        holder.commit().await.expect("committed");
    };
    let (answer, ()) = join!(login(app, "asha@example.com", PASSWORD), change);
    refused(&answer, "invalid credentials");
    assert_eq!(app.value("SELECT count(*) FROM identity_session").await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn another_password_or_a_disabled_user_comes_first() {
    let app = start("").await;
    overtaken(&app, "UPDATE identity_user SET password_hash = 'another' || password_hash").await;
    let restore = "UPDATE identity_user SET password_hash = substr(password_hash, 8)";
    sqlx::query(restore).execute(&app.owner).await.expect("restored");
    overtaken(&app, "UPDATE identity_user SET enabled = false").await;
    let enable = "UPDATE identity_user SET enabled = true";
    sqlx::query(enable).execute(&app.owner).await.expect("restored");
    signed_in(&app).await;
}

#[actix_web::test]
async fn known_and_unknown_users_cost_the_same_statements() {
    let app = start("").await;
    let mut costs = Vec::new();
    for email in ["asha@example.com", "nobody@example.com"] {
        let before = app.metric("coffee_postgres_statements_total").await;
        refused(&login(&app, email, "wrong horse").await, "invalid credentials");
        costs.push(app.metric("coffee_postgres_statements_total").await - before);
    }
    assert!(costs[0] > 0.0 && costs[0] == costs[1], "{costs:?}");
}
