//! Services behind the proxy: one that tells what it got, one that does what a test tells it, byte by
//! byte.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const CHUNK: usize = 64 * 1024;
/// A step of a test that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers with what it was asked, as JSON. Below a prefix, `count` reads a body and answers its
/// length, `bytes/{n}` sends that many bytes in chunks, `sized/{n}` with their length announced.
pub struct Upstream {
    pub url: String,
    server: ServerHandle,
}

impl Upstream {
    pub fn start() -> Self {
        let app = || {
            App::new()
                .route("/{prefix}/count", web::to(count))
                .route("/{prefix}/bytes/{n}", web::to(bytes))
                .route("/{prefix}/sized/{n}", web::to(sized))
                .default_service(web::to(echo))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).expect("binds");
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, server: handle }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // The command is sent at once; only waiting for its end takes the future.
        drop(self.server.stop(false));
    }
}

async fn echo(request: HttpRequest, body: Bytes) -> HttpResponse {
    let headers: Vec<Value> = request
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    HttpResponse::Ok().insert_header(("x-upstream", "yes")).json(json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }))
}

async fn count(mut body: web::Payload) -> String {
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        length += chunk.expect("a whole body").len();
    }
    length.to_string()
}

async fn bytes(path: web::Path<(String, usize)>) -> HttpResponse {
    HttpResponse::Ok().streaming(generate(path.1))
}

async fn sized(path: web::Path<(String, usize)>) -> HttpResponse {
    HttpResponse::Ok().no_chunking(path.1 as u64).streaming(generate(path.1))
}

/// `length` bytes, made as they are taken.
pub fn generate(
    length: usize,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    static ZEROES: [u8; CHUNK] = [0; CHUNK];
    stream::unfold(length, |left| async move {
        let size = left.min(CHUNK);
        (size > 0).then(|| (Ok(Bytes::from_static(&ZEROES[..size])), left - size))
    })
}

/// A listener whose connections the test serves itself.
pub struct Listener {
    pub url: String,
    listener: TcpListener,
}

impl Listener {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        Self { url, listener }
    }

    /// The next connection.
    pub async fn accept(&self) -> Wire {
        Wire(patiently("a connection", self.listener.accept()).await.expect("accepted").0)
    }

    /// The next connection with a request whose head was read.
    pub async fn request(&self) -> (Wire, String) {
        let mut wire = self.accept().await;
        let head = wire.head().await;
        (wire, head)
    }

    /// Whether nobody connects for a moment.
    pub async fn is_left_alone(&self) -> bool {
        timeout(Duration::from_millis(200), self.listener.accept()).await.is_err()
    }
}

/// One side of a connection.
pub struct Wire(TcpStream);

impl Wire {
    /// Connects to `http://host:port`.
    pub async fn connect(url: &str) -> Self {
        let address = url.strip_prefix("http://").expect("an http URL");
        Self(TcpStream::connect(address).await.expect("connects"))
    }

    /// The same from an address of this machine.
    pub async fn connect_from(from: &str, url: &str) -> Self {
        let address = url.strip_prefix("http://").expect("an http URL");
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(format!("{from}:0").parse().expect("an address")).expect("binds");
        Self(socket.connect(address.parse().expect("an address")).await.expect("connects"))
    }

    /// Whether the server at `http://127.0.0.1:port` still has its side of the connection.
    pub fn is_served_by(&self, url: &str) -> bool {
        let (_, server) = url.rsplit_once(':').expect("a port");
        let server: u16 = server.parse().expect("a port");
        let client = self.0.local_addr().expect("an address").port();
        let established = format!(":{server:04X} 0100007F:{client:04X} 01 ");
        std::fs::read_to_string("/proc/net/tcp").expect("readable").contains(&established)
    }

    pub async fn send(&mut self, text: &str) {
        self.write(text.as_bytes()).await.expect("sent");
    }

    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        patiently("a write", self.0.write_all(bytes)).await
    }

    /// Bytes that the other side takes until it takes no more for a moment, at most `limit`.
    pub async fn fill(&mut self, limit: usize) -> usize {
        let mut sent = 0;
        while sent < limit {
            let write = self.0.write(&[0; CHUNK]);
            match timeout(Duration::from_millis(300), write).await {
                Ok(written) => sent += written.expect("sent"),
                Err(_) => break,
            }
        }
        sent
    }

    /// The head of a message with its empty line.
    pub async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Everything up to and including `end`.
    pub async fn until(&mut self, end: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(end.as_bytes()) {
            let byte = patiently(end, self.0.read_u8()).await;
            let so_far = String::from_utf8_lossy(&text).into_owned();
            text.push(byte.unwrap_or_else(|error| panic!("{error} after {so_far:?}")));
        }
        String::from_utf8(text).expect("text")
    }

    /// Reads exactly `length` bytes.
    pub async fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        patiently("bytes", self.0.read_exact(&mut bytes)).await.expect("bytes");
        bytes
    }

    /// Reads exactly `length` bytes; `false` if the other side closed before.
    pub async fn take(&mut self, length: usize) -> bool {
        patiently("bytes", self.0.read_exact(&mut vec![0; length])).await.is_ok()
    }

    /// Everything until the other side closes; a reset counts as a close.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let _ = patiently("the end", self.0.read_to_end(&mut bytes)).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

async fn patiently<T>(what: &str, step: impl Future<Output = T>) -> T {
    timeout(PATIENCE, step).await.unwrap_or_else(|_| panic!("never came: {what:?}"))
}
