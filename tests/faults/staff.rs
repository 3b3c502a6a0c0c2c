//! Somebody of the platform who changes profiles of creators.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::bed::Bed;
use super::process::PAUSE;

pub const PROFILES: &str = "/campaign-profile-service/api/campaign-profile";

/// Sends requests as an account of the platform's own partner.
pub struct Staff {
    http: reqwest::Client,
    token: String,
}

impl Staff {
    pub async fn of(bed: &Bed) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(15));
        Self { http: http.build().expect("a client"), token: bed.token_of(-1).await }
    }

    /// The answer; `None` where nothing came.
    pub async fn ask(&self, (method, url): (Method, String), body: &Value) -> Option<Value> {
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let answer = request.header("x-bb-clientid", "test").json(body).send().await.ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }

    /// Upserts a creator until that is a success; `server` says where.
    pub async fn upsert(&self, server: impl Fn() -> String, person: &Value) -> Value {
        loop {
            let url = format!("{}{PROFILES}/upsert", server());
            if let Some(answer) = self.ask((Method::POST, url), person).await
                && answer["status"]["status"] == "SUCCESS"
            {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// A creator with an account on each platform.
pub fn person(handle: &str) -> Value {
    json!({
        "socials": [
            {"platform": "INSTAGRAM", "handle": handle},
            {"platform": "YOUTUBE", "handle": format!("UC{handle}")},
        ],
        "accountId": 77, "adminDetails": {"name": format!("Staff {handle}"), "phone": "98"},
    })
}
