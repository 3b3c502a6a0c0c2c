//! The service behind the proxy in measurements: answers 2 KB of JSON, or in `/bytes/{n}` so many
//! bytes, and counts a body in `/count`. `cargo bench --bench upstream -- 127.0.0.1:9300`

use std::net::SocketAddr;

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::{StreamExt as _, stream};

const CHUNK: usize = 64 * 1024;
static ZEROES: [u8; CHUNK] = [0; CHUNK];

fn payload() -> Bytes {
    let row = r#"{"id":"1014","handle":"somebody","followers":120345,"engagement":0.0271}"#;
    let rows = vec![row; 2048 / (row.len() + 1)].join(",");
    Bytes::from(format!(r#"{{"status":{{"status":"SUCCESS"}},"profiles":[{rows}]}}"#))
}

async fn bytes(path: web::Path<(String, usize)>) -> HttpResponse {
    let pieces = stream::unfold(path.1, |left| async move {
        let size = left.min(CHUNK);
        let piece = Ok::<_, std::io::Error>(Bytes::from_static(&ZEROES[..size]));
        (size > 0).then_some((piece, left - size))
    });
    HttpResponse::Ok().no_chunking(path.1 as u64).streaming(pieces)
}

async fn count(mut body: web::Payload) -> String {
    let mut length = 0;
    while let Some(Ok(chunk)) = body.next().await {
        length += chunk.len();
    }
    length.to_string()
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address: Option<SocketAddr> = std::env::args().find_map(|argument| argument.parse().ok());
    let address = address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 9300)));
    let payload = payload();
    let app = move || {
        let payload = payload.clone();
        let answer = move || {
            let body = payload.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        };
        App::new()
            .route("/{prefix}/bytes/{n}", web::to(bytes))
            .route("/{prefix}/count", web::to(count))
            .default_service(web::to(answer))
    };
    HttpServer::new(app).workers(2).bind(address)?.run().await
}
