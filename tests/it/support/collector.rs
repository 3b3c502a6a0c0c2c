//! A collector service that answers what a test tells it.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use tokio::sync::Semaphore;

/// A request as the collector received it.
#[derive(Debug, Clone)]
pub struct Received {
    /// Path, still percent-encoded.
    pub path: String,
    pub headers: HashMap<String, String>,
}

#[derive(Debug, Clone)]
struct Scripted {
    code: u16,
    body: String,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Scripted>>,
    received: Mutex<Vec<Received>>,
}

/// A running collector; unknown paths answer 404.
pub struct Collector {
    pub url: String,
    state: Arc<State>,
    gate: Arc<Semaphore>,
    server: ServerHandle,
}

impl Collector {
    pub async fn start() -> Self {
        let (state, gate) = (Arc::new(State::default()), Arc::new(Semaphore::new(OPEN)));
        let shared = (Arc::clone(&state), Arc::clone(&gate));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::new(shared.clone())).default_service(web::to(answer))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("listens").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url: format!("http://{address}/"), state, gate, server: handle }
    }

    /// Section of the configuration that makes an application use this collector.
    pub fn section(&self) -> String {
        format!("[clickhouse]\nurl = \"\"\n[collector]\nurl = \"{}\"\n", self.url)
    }

    /// What to answer on a path from now on.
    pub fn answers(&self, path: &str, body: &Value) {
        self.answers_text(path, 200, &body.to_string());
    }

    /// Likewise with any HTTP status and any text.
    pub fn answers_text(&self, path: &str, code: u16, body: &str) {
        let scripted = Scripted { code, body: body.to_owned() };
        self.state.answers.lock().expect("not poisoned").insert(path.to_owned(), scripted);
    }

    /// Requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().expect("not poisoned").clone()
    }

    /// Holds answers back until [`Collector::release`].
    pub fn hold(&self) {
        self.gate.forget_permits(OPEN);
    }

    /// Lets every answer go.
    pub fn release(&self) {
        self.gate.add_permits(OPEN);
    }

    /// Stops listening.
    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

/// Answers at the same time while nothing is held back.
const OPEN: usize = 1000;

type Shared = (Arc<State>, Arc<Semaphore>);

async fn answer(request: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    let (state, gate) = shared.get_ref();
    let header = |(name, value): (&actix_web::http::header::HeaderName, &_)| {
        let value: &actix_web::http::header::HeaderValue = value;
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let path = request.uri().path().to_owned();
    let headers = request.headers().iter().map(header).collect();
    let received = Received { path: path.clone(), headers };
    state.received.lock().expect("not poisoned").push(received);
    let _permit = gate.acquire().await.expect("open");
    let scripted = state.answers.lock().expect("not poisoned").get(&path).cloned();
    match scripted {
        Some(Scripted { code, body }) => {
            let code = StatusCode::from_u16(code).expect("a status");
            HttpResponse::build(code).content_type("application/json").body(body)
        }
        None => HttpResponse::NotFound().body("no such path"),
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let stop = self.server.stop(false);
        actix_web::rt::spawn(stop);
    }
}
