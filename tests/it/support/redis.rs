//! The Redis of a test.

use deadpool_redis::redis::{self, Cmd, FromRedisValue};

use super::TestApp;

impl TestApp {
    /// Waits until announcements of ended sessions arrive, or do not. Their coming outdates what was
    /// looked up before.
    pub async fn until_listening(&self, wanted: bool) {
        let wanted = f64::from(u8::from(wanted));
        let has_come = || async { self.metric("gateway_revocation_listening").await == wanted };
        self.eventually("announcements arrive or not", has_come).await;
    }

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
