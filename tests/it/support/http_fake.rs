//! A service that answers what a test's closure says, and remembers every request with its body.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// Path, still percent-encoded.
    pub path: String,
    pub query: String,
    pub headers: HashMap<String, String>,
    pub body: web::Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

type Answer = dyn FnMut(&Seen) -> HttpResponse + Send;

struct State {
    answer: Mutex<Box<Answer>>,
    seen: Mutex<Vec<Seen>>,
}

/// A running fake.
pub struct HttpFake {
    /// Address without a path.
    pub url: String,
    state: Arc<State>,
    server: ServerHandle,
}

impl HttpFake {
    pub async fn start(answer: impl FnMut(&Seen) -> HttpResponse + Send + 'static) -> Self {
        let state = State { answer: Mutex::new(Box::new(answer)), seen: Mutex::default() };
        let state = Arc::new(state);
        let shared = web::Data::from(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(64 << 20))
                .default_service(web::to(serve))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("listens").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url: format!("http://{address}"), state, server: handle }
    }

    /// What to answer from now on.
    pub fn answers(&self, answer: impl FnMut(&Seen) -> HttpResponse + Send + 'static) {
        *self.state.answer.lock().expect("not poisoned") = Box::new(answer);
    }

    /// Requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.state.seen.lock().expect("not poisoned")
    }
}

async fn serve(request: HttpRequest, body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let header = |(name, value): (&actix_web::http::header::HeaderName, &_)| {
        let value: &actix_web::http::header::HeaderValue = value;
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let seen = Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.query_string().to_owned(),
        headers: request.headers().iter().map(header).collect(),
        body,
    };
    state.seen.lock().expect("not poisoned").push(seen.clone());
    let mut answer = state.answer.lock().expect("not poisoned");
    answer(&seen)
}

impl Drop for HttpFake {
    fn drop(&mut self) {
        actix_web::rt::spawn(self.server.stop(false));
    }
}
