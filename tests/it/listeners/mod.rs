//! What messages do, from their delivery to the stores and to other services.

mod account_conflicts;
mod accounts;
mod assets;
mod batches;
mod bucket;
mod collection_copies;
mod collection_files;
mod collection_rows;
mod creator_reports;
mod hostile_accounts;
mod leaderboard_files;
mod sync;
mod together;
mod together_failures;

use std::collections::BTreeMap;
use std::path::PathBuf;

use coffee::core::caller::Caller;
use coffee::core::config::Config;
use coffee::core::events::{Delivery, Outcome, Subscription, deliver};
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::modules::Modules;
use serde_json::Value;
use uuid::Uuid;

use crate::support::TestApp;

/// An application with its handlers in the test's hands.
pub struct Bed {
    pub app: TestApp,
    config: Config,
    stores: Stores,
    subscriptions: Vec<Subscription>,
    directory: PathBuf,
}

impl Bed {
    async fn start() -> Self {
        Self::of(TestApp::start().await, |_| {}).await
    }

    /// On the stores of `app`, configured further.
    pub async fn of(app: TestApp, configure: impl FnOnce(&mut Config)) -> Self {
        let directory = std::env::temp_dir().join(format!("coffee-test-{}", Uuid::new_v4()));
        let mut config = app.config.clone();
        config.storage.directory = directory.to_str().expect("a text").to_owned();
        configure(&mut config);
        let stores = Stores::open(config.clone()).await.expect("stores open");
        let subscriptions = Modules::new(&config).expect("modules").topology().subscriptions;
        Self { app, config, stores, subscriptions, directory }
    }

    /// Hands a message to the handler of that name.
    pub async fn deliver(&self, handler: &str, delivery: &Delivery) -> Outcome {
        let mut all = self.subscriptions.iter();
        let subscription = all.find(|known| known.name == handler).expect("a handler");
        deliver(&self.stores, subscription, delivery).await
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// A message without sender.
pub fn message(body: &Value) -> Delivery {
    Delivery { body: body.to_string().into(), ..Delivery::default() }
}

/// A message of account 101 of partner 10.
fn message_of(plan: Plan, body: &Value) -> Delivery {
    let sender = Caller { user_id: Some(1001), account_id: Some(101), ..Caller::default() };
    let headers = [
        ("x-bb-partner-id", "10".to_owned()),
        ("x-bb-plan-type", plan.name().to_owned()),
        ("authorization", sender.internal_token().expect("a token")),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    Delivery { headers: BTreeMap::from(headers), ..message(body) }
}

/// Reason and number of attempts of a message that was given up.
fn dead(outcome: Outcome) -> (String, u32) {
    match outcome {
        Outcome::Dead { reason, attempts } => (reason, attempts),
        other => panic!("not given up: {other:?}"),
    }
}
