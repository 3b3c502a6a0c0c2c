//! What was read of reports: kept in Redis, without Redis in the process.

use std::sync::Arc;

use deadpool_redis::redis;
use quick_cache::sync::Cache;

use super::super::manager::Counted;
use crate::core::db::redis::report;
use crate::core::stores::Stores;

/// A report comes once; what nobody asks for goes after a day.
const LIFE_SECS: u64 = 86_400;
/// Reports that a process keeps without Redis, each some ten kilobytes.
const KEPT: usize = 500;

/// By the name of a report.
pub(super) struct ReportCache(Cache<String, Arc<Counted>>);

impl Default for ReportCache {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl ReportCache {
    /// What is known of a report; nothing while Redis does not answer.
    pub(super) async fn get(&self, stores: &Stores, key: &str) -> Option<Arc<Counted>> {
        let Some(redis) = stores.redis() else { return self.0.get(key) };
        let mut get = redis::cmd("GET");
        get.arg(redis.key(key));
        match redis.run::<Option<String>>(&get).await {
            Ok(found) => serde_json::from_str(&found?).ok().map(Arc::new),
            Err(error) => {
                report(&error, "a keyword report cannot be read from redis");
                None
            }
        }
    }

    /// Keeps what was read of a report.
    pub(super) async fn put(&self, stores: &Stores, key: String, counted: &Arc<Counted>) {
        let Some(redis) = stores.redis() else { return self.0.insert(key, Arc::clone(counted)) };
        let Ok(text) = serde_json::to_string(&**counted) else { return };
        let mut set = redis::cmd("SET");
        set.arg(redis.key(&key)).arg(text).arg("EX").arg(LIFE_SECS);
        if let Err(error) = redis.run::<redis::Value>(&set).await {
            report(&error, "a keyword report cannot be written to redis");
        }
    }
}
