//! The real binary, `coffee serve`, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use coffee::core::config::Config;
use serde_json::Value;

use super::client::Client;

/// A server process with the configuration of a test; killed when dropped.
pub struct ServerProcess {
    child: Child,
    public: String,
}

impl ServerProcess {
    /// Starts it and waits until it listens.
    pub fn start(config: &Config) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coffee"))
            .arg("serve")
            .envs([
                ("COFFEE__ENV", "test"),
                ("COFFEE__LOG__LEVEL", "info"),
                ("COFFEE__SERVER__HOST", "127.0.0.1"),
                ("COFFEE__SERVER__PORT", "0"),
                ("COFFEE__SERVER__WORKERS", "1"),
                ("COFFEE__OPERATIONS__PORT", "0"),
                ("COFFEE__CLICKHOUSE__URL", ""),
                ("COFFEE__POSTGRES__URL", config.postgres.url.expose()),
                ("COFFEE__REDIS__ADDRESSES", &config.redis.addresses.join(",")),
                ("COFFEE__REDIS__KEY_PREFIX", &config.redis.key_prefix),
                ("COFFEE__AUTH__HMAC_SECRET", config.auth.hmac_secret.expose()),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            line["public"].as_str().map(str::to_owned)
        });
        // The log goes on: somebody has to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let address = address.expect("the server listens");
        Self { child, public: format!("http://{address}") }
    }

    /// A caller with this token.
    pub fn with_token(&self, token: impl Into<String>) -> Client {
        Client::new(self.public.clone(), Some(token.into()))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
