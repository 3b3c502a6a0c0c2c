//! How long a session that has ended is still accepted elsewhere.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use coffee::core::db::postgres::connect_owner;
use coffee::core::invalidation::Invalidation;
use coffee::core::stores::Stores;
use coffee::modules::identity::session_key;
use deadpool_redis::redis;
use sea_orm::sqlx;

use super::config::Settings;
use super::process::Server;
use super::servers::VERIFY;

const TIMES: usize = 20;

/// Milliseconds from the announcement in this process to the refusal by all `servers`: one figure
/// per session, slowest last.
pub async fn measure(settings: &Settings, servers: &[&Server]) -> Vec<f64> {
    let config = settings.config();
    let owner = connect_owner(&config).await.expect("PostgreSQL answers");
    let stores = Stores::open(config).await.expect("stores");
    let redis = stores.redis().expect("configured");
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let token = settings.token().await;
        let mut callers: Vec<Caller> =
            servers.iter().map(|server| Caller::new(server.address, &token)).collect();
        for caller in &mut callers {
            assert!(caller.is_accepted() && caller.is_accepted());
        }
        let sql =
            "UPDATE identity_session SET ended_at = now() WHERE ended_at IS NULL RETURNING sid";
        let ended: Vec<String> = sqlx::query_scalar(sql).fetch_all(&owner).await.expect("ended");
        let since = Instant::now();
        for sid in &ended {
            let mut delete = redis::cmd("DEL");
            delete.arg(redis.key(&session_key(sid)));
            redis.run::<i64>(&delete).await.expect("deleted");
            stores.announce(&Invalidation::Session(sid.clone())).await.expect("announced");
        }
        for caller in &mut callers {
            while caller.is_accepted() {
                assert!(since.elapsed() < Duration::from_secs(5), "still accepted");
            }
        }
        took.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    took
}

struct Caller {
    stream: TcpStream,
    request: String,
}

impl Caller {
    fn new(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).expect("connected");
        stream.set_nodelay(true).expect("an option");
        let request = format!(
            "GET {VERIFY} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             x-bb-clientid: bench\r\n\r\n"
        );
        Self { stream, request }
    }

    fn is_accepted(&mut self) -> bool {
        self.stream.write_all(self.request.as_bytes()).expect("sent");
        let mut buffer = [0; 4096];
        let read = self.stream.read(&mut buffer).expect("an answer");
        match &buffer[9..read.min(12)] {
            b"204" => true,
            b"401" => false,
            other => panic!("{}", String::from_utf8_lossy(other)),
        }
    }
}
