//! Sessions that live in Redis only, for callers of the test's own making.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::stores::Stores;
use coffee::core::token::TokenKey;
use coffee::core::unit_of_work::UnitOfWork;
use deadpool_redis::redis;
use serde_json::Value;

use super::{Client, TestApp};

impl TestApp {
    /// A unit of work of a caller of this partner, without the gateway.
    pub async fn session_of(&self, partner_id: i64) -> UnitOfWork {
        let stores = Stores::open(self.config.clone()).await.expect("stores open");
        let caller = Caller { partner_id: Some(partner_id), ..Caller::default() };
        UnitOfWork::new(stores, Arc::new(caller), Instant::now() + Duration::from_secs(60))
    }

    /// A caller with these claims (also `sid`), whose session is in Redis.
    pub async fn caller(&self, claims: &Value) -> Client {
        let sid = claims["sid"].as_str().expect("a session id");
        let key = format!("{}session:{sid}", self.config.redis.key_prefix);
        let url = format!("redis://{}", self.config.redis.addresses[0]);
        let client = redis::Client::open(url).expect("a URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("answers");
        let set = redis::cmd("SET").arg(key).arg(1).arg("EX").arg(600).to_owned();
        set.query_async::<()>(&mut connection).await.expect("stored");
        let key = TokenKey::new(&self.config.hmac_key().expect("a key"));
        self.with_token(key.sign(claims).expect("signs"))
    }
}
