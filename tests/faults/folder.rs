//! A temporary folder and loopback ports of a test's own.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::process::PAUSE;

/// A folder that goes with its owner. PostgreSQL's account may write to it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("coffee-{name}-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&path).expect("a folder");
        let all = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(&path, all).expect("its own folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The last of the processes that worked in it may still be writing.
        let mut tries = 0..50;
        while std::fs::remove_dir_all(&self.0).is_err() && tries.next().is_some() {
            std::thread::sleep(PAUSE);
        }
    }
}

/// A free port below those that outgoing connections take: whoever tries to reach a server that is
/// away must not get connected to itself.
pub fn port() -> u16 {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let mut ports = std::iter::repeat_with(|| rand::random_range(20_000..32_000));
    ports.find(free).expect("a free port")
}

/// Variable of the environment that `./dev test --faults` sets.
pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run ./dev test --faults"))
}
