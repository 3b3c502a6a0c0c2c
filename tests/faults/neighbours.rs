//! The services beside coffee in one: the collector knows every account, the others agree to everything. They
//! answer at once unless they are held back, and remember what they were told.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tokio::sync::watch;

/// A request: method and path, and what came with it.
#[derive(Debug, Clone)]
pub struct Told {
    pub what: String,
    pub body: Value,
}

struct State {
    told: Mutex<Vec<Told>>,
    is_open: watch::Sender<bool>,
}

/// Running services.
pub struct Neighbours {
    url: String,
    state: Arc<State>,
    server: ServerHandle,
}

impl Neighbours {
    pub fn start() -> Self {
        let state = State { told: Mutex::default(), is_open: watch::Sender::new(true) };
        let state = Arc::new(state);
        let shared = web::Data::from(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = HttpServer::new(move || {
            App::new().app_data(shared.clone()).default_service(web::to(serve))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("listens").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url: format!("http://{address}"), state, server: handle }
    }

    /// Sections of the configuration that name them.
    pub fn sections(&self) -> String {
        let of = |name: &str| format!("[{name}]\nurl = \"{}\"\n", self.url);
        ["collector", "job_tracker", "influencer_app"].map(of).concat()
    }

    /// Whether they answer.
    pub fn open(&self, is_open: bool) {
        self.state.is_open.send_replace(is_open);
    }

    /// What they were told on paths with this part, in order.
    pub fn told(&self, part: &str) -> Vec<Told> {
        let told = self.state.told.lock().expect("not poisoned");
        told.iter().filter(|one| one.what.contains(part)).cloned().collect()
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        actix_web::rt::spawn(self.server.stop(false));
    }
}

async fn serve(request: HttpRequest, body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let what = format!("{} {}", request.method(), request.path());
    let body = serde_json::from_slice(&body).unwrap_or_default();
    state.told.lock().expect("not poisoned").push(Told { what, body });
    let mut is_open = state.is_open.subscribe();
    let _ = is_open.wait_for(|is_open| *is_open).await;
    let (rest, name) = request.path().rsplit_once('/').unwrap_or_default();
    let profile = match rest {
        "/profiles/instagram/byhandle" => json!({
            "handle": name, "profile_id": ig_id(name), "full_name": "Collected", "followers": 75_000,
        }),
        "/profiles/instagram/byid" => json!({"profile_id": name, "followers": 90_000}),
        "/profiles/youtube/byhandle" => json!({"channel_id": name, "title": "Collected"}),
        _ => Value::Null,
    };
    HttpResponse::Ok().json(json!({"status": {"type": "SUCCESS"}, "profile": profile}))
}

/// Id on Instagram of the account with this handle.
pub fn ig_id(handle: &str) -> String {
    format!("id-{handle}")
}
