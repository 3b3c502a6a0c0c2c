//! The Redis of a test.

use deadpool_redis::redis::{self, Cmd, FromRedisValue};

use super::TestApp;

impl TestApp {
    /// Runs a command on one key, which gets the test's prefix.
    pub async fn redis<T: FromRedisValue>(&self, command: &str, key: &str, more: &[&str]) -> T {
        let url = format!("redis://{}", self.config.redis.addresses[0]);
        let client = redis::Client::open(url).expect("a URL");
        let mut connection =
            client.get_multiplexed_async_connection().await.expect("Redis answers");
        let mut run = Cmd::new();
        run.arg(command).arg(format!("{}{key}", self.config.redis.key_prefix)).arg(more);
        run.query_async(&mut connection).await.expect("Redis obeys")
    }
}
