//! The search table: the same answers as PostgreSQL gives, and how it follows the accounts.

mod accounts;
mod both_stores;
mod follows;
mod hostile;
mod maintenance;
mod pages;
mod queries;

use coffee::app::App;
use coffee::core::config::{Config, Role, SearchStore, Secret};
use coffee::core::types::Plan;
use sea_orm::sqlx::{self, AssertSqlSafe};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::{Client, TestApp};

/// Searches that the search table answered.
const BY_TABLE: &str = "coffee_profile_searches_total{reason=\"\"";
const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search?size=50&sortDir=ASC";

/// Ids that a search for the accounts with these filters finds.
async fn found(client: &Client, filters: &[(&str, &str, &str)]) -> Vec<i64> {
    let answer = client.list(SEARCH, filters).await.success();
    let profiles = answer["profiles"].as_array().expect("profiles").clone();
    let code = |profile: &Value| profile["platformCode"].as_str()?.parse().ok();
    profiles.iter().map(|profile| code(profile).expect("a platform code")).collect()
}

/// Changes something as the schema's owner.
async fn change(app: &TestApp, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&app.owner).await.expect("changed");
}

/// The same installation in another process.
struct Beside {
    public: String,
    stop: CancellationToken,
}

impl Beside {
    /// Whose searches go to PostgreSQL.
    async fn start(app: &TestApp) -> Self {
        let mut config = app.config.clone();
        config.discovery.search_in = SearchStore::PostgreSql;
        Self::build(config).await
    }

    /// Which has the search table follow.
    async fn follow(app: &TestApp) -> Self {
        let mut config = app.config.clone();
        config.roles = vec![Role::Api, Role::Relay];
        config.amqp.url = Secret::default();
        Self::build(config).await
    }

    async fn build(config: Config) -> Self {
        let beside = App::build(config).await.expect("built");
        let public = format!("http://{}", beside.public_address().expect("serves"));
        let stop = CancellationToken::new();
        actix_web::rt::spawn(beside.run(stop.clone()));
        Self { public, stop }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One caller of both.
async fn both(app: &TestApp, beside: &Beside, partner: i64) -> (Client, Client) {
    let token = app.token(partner, Plan::Saas).await;
    let client = |base: &str| Client::new(base.to_owned(), Some(token.clone()));
    (client(&app.public), client(&beside.public))
}
