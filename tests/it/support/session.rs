//! Sessions that live in Redis only, for callers of the test's own making.

use coffee::core::token::TokenKey;
use deadpool_redis::redis;
use serde_json::Value;

use super::{Client, TestApp};

impl TestApp {
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
