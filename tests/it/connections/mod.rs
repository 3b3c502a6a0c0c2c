//! Connections to stores: that none starves another, and who waits for how long.

mod foreign_work;
mod frozen_redis;
mod pooler;
mod starving;
mod stopping;
mod waiting;

use coffee::app::App;
use coffee::core::config::Config;
use coffee::core::token::TokenKey;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{Client, TestApp};

/// A route that nobody serves: who is let in hears so, without a statement of a module.
const NOWHERE: &str = "/collection-group-service/api/nowhere";

/// One more server over the stores of an application, with a configuration of its own.
struct Server {
    public: String,
    stop: CancellationToken,
    running: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(config: Config) -> Self {
        let app = App::build(config).await.expect("application builds");
        let public = format!("http://{}", app.public_address().expect("serves"));
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn(app.run(stop.clone()));
        Self { public, stop, running }
    }

    fn with_token(&self, token: impl Into<String>) -> Client {
        Client::new(self.public.clone(), Some(token.into()))
    }

    fn anonymous(&self) -> Client {
        Client::new(self.public.clone(), None)
    }

    async fn end(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("stops");
    }
}

/// Opens a session in PostgreSQL that no cache and no Redis knows; its token.
async fn new_session(app: &TestApp, sid: &str) -> String {
    app.execute(
        "INSERT INTO identity_user (id, email) VALUES (7, 'lone@example.com') \
         ON CONFLICT DO NOTHING",
    )
    .await;
    app.execute("INSERT INTO identity_account (id, user_id) VALUES (7, 7) ON CONFLICT DO NOTHING")
        .await;
    let unit = json!({"sid": sid, "account_id": 7, "expires_at": "2999-01-01"});
    app.seed("identity_session", &unit).await;
    let key = TokenKey::new(&app.config.hmac_key().expect("a key"));
    key.sign(&json!({"sid": sid, "uid": 7, "userAccountId": 7})).expect("signs")
}
