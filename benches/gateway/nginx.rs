//! nginx from the distribution: as a proxy, and as a gateway that asks a verifier first.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::process::{Server, pinned, workers};
use super::servers::VERIFY;

/// A running nginx and its folder.
pub struct Nginx {
    pub server: Server,
    directory: PathBuf,
}

impl Nginx {
    /// Passes everything to `upstream`; with a verifier, only what that one accepts.
    pub fn start(upstream: SocketAddr, verifier: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let directory = std::env::temp_dir().join(format!("coffee-nginx-{}", address.port()));
        std::fs::create_dir_all(&directory).expect("a folder");
        let file = directory.join("nginx.conf");
        std::fs::write(&file, configuration(&directory, address, upstream, verifier))
            .expect("written");
        let mut command = pinned("nginx", true);
        command.arg("-p").arg(&directory).arg("-c").arg(&file).args(["-g", "daemon off;"]);
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Server::adopt(child.expect("nginx starts"), address);
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { server, directory }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn configuration(
    directory: &Path,
    address: SocketAddr,
    upstream: SocketAddr,
    verifier: Option<SocketAddr>,
) -> String {
    let folder = directory.display();
    let keep = "keepalive 128; keepalive_requests 1000000000;";
    let (pool, check, location) = match verifier {
        None => (String::new(), "", String::new()),
        Some(verifier) => (
            format!("upstream verifier {{ server {verifier}; {keep} }}"),
            "auth_request /verify;",
            format!(
                "location = /verify {{ internal; proxy_pass http://verifier{VERIFY}; \
                 proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                 proxy_pass_request_body off; proxy_set_header Content-Length \"\"; }}"
            ),
        ),
    };
    format!(
        "worker_processes {}; pid {folder}/pid; error_log {folder}/error.log; \
         events {{ worker_connections 4096; }} \
         http {{ access_log off; keepalive_requests 1000000000; \
         client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3; \
         uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5; \
         upstream service {{ server {upstream}; {keep} }} {pool} \
         server {{ listen {address}; {location} \
         location / {{ {check} proxy_pass http://service; proxy_http_version 1.1; \
         proxy_set_header Connection \"\"; }} }} }}",
        workers()
    )
}
