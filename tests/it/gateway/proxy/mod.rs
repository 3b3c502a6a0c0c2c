//! Prefixes that other processes serve.

mod bodies;
mod failures;
mod headers;
mod routing;
mod websockets;

use coffee::core::types::Plan;

use crate::support::{Client, Listener, TestApp, Wire};

const PREFIX: &str = "/social-profile-service";

/// An application with an upstream, and a signed-in caller.
async fn proxying(url: &str) -> (TestApp, Client) {
    proxying_with(url, "").await
}

/// With further keys of `[upstream]`, and further sections.
async fn proxying_with(url: &str, more: &str) -> (TestApp, Client) {
    let app = TestApp::start_with(&format!(
        "[clickhouse]\nurl = \"\"\n\
         [server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\ndrain_delay_secs = 0\n\
         timeout_secs = 1\n\
         [upstream]\nsocial_profile_url = \"{url}\"\nidle_timeout_secs = 1\n{more}"
    ))
    .await;
    let client = app.partner(10, Plan::Paid).await;
    (app, client)
}

/// A connection of the client on which a request was sent.
async fn ask(app: &TestApp, request: &str) -> Wire {
    let mut wire = Wire::connect(&app.public).await;
    wire.send(request).await;
    wire
}

/// The upstream and what a GET that reached it is waiting for.
async fn held_get(client: &Client, upstream: &Listener, app: &TestApp) -> (Wire, Wire) {
    let front = ask(app, &format!("{}\r\n", client.head("GET", &format!("{PREFIX}/x")))).await;
    let (back, _) = upstream.request().await;
    (front, back)
}
