//! A Redis cluster of three masters, started once per test binary and lent to one test at a time.

use std::process::Command;
use std::time::{Duration, Instant};

use deadpool_redis::redis;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::redis_server::{RedisServer, free_port};

static CLUSTER: OnceCell<Mutex<RedisCluster>> = OnceCell::const_new();

/// Hash slots of a cluster.
const SLOTS: usize = 16_384;

/// Three masters without replicas, each with a third of the slots.
pub struct RedisCluster {
    pub nodes: [RedisServer; 3],
}

impl RedisCluster {
    /// The cluster, whole, until the guard is dropped.
    pub async fn borrow() -> MutexGuard<'static, Self> {
        let start = || async { Mutex::new(Self::start().await) };
        let cluster = CLUSTER.get_or_init(start).await.lock().await;
        cluster.until_whole().await;
        cluster
    }

    async fn start() -> Self {
        let nodes = [node().await, node().await, node().await];
        let addresses = nodes.each_ref().map(RedisServer::address);
        let created = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(&addresses)
            .args(["--cluster-replicas", "0", "--cluster-yes"])
            .output()
            .expect("redis-cli runs");
        let text = String::from_utf8_lossy(&created.stdout);
        assert!(created.status.success(), "{text}");
        Self { nodes }
    }

    /// `[redis]` section of the configuration.
    pub fn config(&self, prefix: &str) -> String {
        let addresses = self.nodes.each_ref().map(RedisServer::address);
        format!("[redis]\naddresses = {addresses:?}\nkey_prefix = \"{prefix}\"\n")
    }

    /// Index of the node that holds a key, asked from a node that lives.
    pub async fn holder(&self, key: &str) -> usize {
        for node in &self.nodes {
            let asked = node.ask::<usize>(redis::cmd("CLUSTER").arg("KEYSLOT").arg(key)).await;
            if let Ok(slot) = asked {
                return slot * self.nodes.len() / SLOTS;
            }
        }
        panic!("no node answers");
    }

    pub async fn set(&self, key: &str) {
        let holder = &self.nodes[self.holder(key).await];
        holder.ask::<()>(redis::cmd("SET").arg(key).arg(1)).await.expect("stored");
    }

    pub async fn exists(&self, key: &str) -> bool {
        let holder = &self.nodes[self.holder(key).await];
        holder.ask(redis::cmd("EXISTS").arg(key)).await.expect("an answer")
    }

    /// Waits until every node says that every slot is served.
    pub async fn until_whole(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        for node in &self.nodes {
            loop {
                let info: redis::RedisResult<String> =
                    node.ask(redis::cmd("CLUSTER").arg("INFO")).await;
                let info = info.unwrap_or_default();
                let whole = ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:3"];
                if whole.iter().all(|line| info.contains(line)) {
                    break;
                }
                assert!(Instant::now() < deadline, "the cluster is not whole: {info}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// A node that goes on with its slots when another one is away.
async fn node() -> RedisServer {
    let bus = free_port().to_string();
    RedisServer::start_with(&[
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        &bus,
        "--cluster-node-timeout",
        "1000",
        "--cluster-require-full-coverage",
        "no",
    ])
    .await
}
