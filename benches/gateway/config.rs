//! Configuration and tokens of the measured servers.

use coffee::commands::token::{TokenArgs, issue};
use coffee::core::config::Config;
use coffee::core::types::Plan;

use super::database::Database;
use super::process::workers;

const SECRET: &str = "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaC1zZWNyZXQ=";

/// What every measured server is configured with.
pub struct Settings {
    pub redis: String,
    pub prefix: String,
    pub database: Database,
}

impl Settings {
    /// On a database of its own and the Redis of the environment.
    pub async fn new() -> Self {
        let redis = std::env::var("COFFEE__REDIS__ADDRESSES").unwrap_or_default();
        assert!(!redis.is_empty(), "Redis is needed: run this by ./dev bench gateway");
        let prefix = format!("bench-{}:", std::process::id());
        Self { redis, prefix, database: Database::create().await }
    }

    /// Environment of a server; `more` comes last.
    pub fn environment(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = vec![
            ("COFFEE__ENV", "test".to_owned()),
            ("COFFEE__SERVER__HOST", "127.0.0.1".to_owned()),
            ("COFFEE__SERVER__PORT", "0".to_owned()),
            ("COFFEE__SERVER__WORKERS", workers().to_string()),
            ("COFFEE__SERVER__IDLE_TIMEOUT_SECS", "600".to_owned()),
            ("COFFEE__OPERATIONS__PORT", "0".to_owned()),
            ("COFFEE__LOG__LEVEL", "warn".to_owned()),
            ("COFFEE__CLICKHOUSE__URL", String::new()),
            ("COFFEE__AMQP__URL", String::new()),
            ("COFFEE__POSTGRES__URL", self.database.url()),
            ("COFFEE__POSTGRES__OWNER_URL", self.database.owner_url()),
            ("COFFEE__REDIS__ADDRESSES", self.redis.clone()),
            ("COFFEE__REDIS__KEY_PREFIX", self.prefix.clone()),
            ("COFFEE__AUTH__HMAC_SECRET", SECRET.to_owned()),
            ("COFFEE__LIMITS__ENABLED", "false".to_owned()),
            // A warm layer 1 stays warm until the end.
            ("COFFEE__CACHE__SESSION_TTL_SECS", "3600".to_owned()),
        ];
        all.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
        all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// The same as a configuration of this process.
    pub fn config(&self) -> Config {
        Config::from_toml(&format!(
            "env = \"test\"\n[postgres]\nurl = \"{}\"\nowner_url = \"{}\"\n[clickhouse]\nurl = \"\"\n\
             [redis]\naddresses = [\"{}\"]\nkey_prefix = \"{}\"\n[auth]\nhmac_secret = \"{SECRET}\"\n",
            self.database.url(),
            self.database.owner_url(),
            self.redis,
            self.prefix
        ))
        .expect("configuration")
    }

    /// A token with a session of its own.
    pub async fn token(&self) -> String {
        let args = TokenArgs {
            partner_id: 1,
            account_id: 11,
            user_id: 101,
            plan: Some(Plan::Paid),
            hours: 1,
        };
        issue(&self.config(), &args).await.expect("a token")
    }
}
