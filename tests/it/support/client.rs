//! A front end of the tests.

use base64::Engine as _;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// Sends requests with one token and client id.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    client_id: Option<&'static str>,
    http: reqwest::Client,
}

/// An answer, read completely.
#[derive(Debug)]
pub struct Answer {
    pub code: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, which must be exactly one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e} in {:?}", self.text))
    }

    /// The body of a refusal or failure as front ends of the old contract read it: without `code`, which
    /// it must have, and `field`.
    #[track_caller]
    pub fn contract(&self) -> Value {
        without_code(self.json())
    }

    /// `status.code` and `status.field`.
    pub fn reason(&self) -> (String, String) {
        let body = self.json();
        let text = |name: &str| body["status"][name].as_str().unwrap_or_default().to_owned();
        (text("code"), text("field"))
    }

    /// `status.status` and `status.message`.
    pub fn status(&self) -> (String, String) {
        let body = self.json();
        let text = |name: &str| body["status"][name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("message"))
    }

    /// Asserts status value and message.
    #[track_caller]
    pub fn refused(&self, value: &str, message: &str) {
        assert_eq!(self.code, StatusCode::OK, "{}", self.text);
        assert_eq!(self.status(), (value.to_owned(), message.to_owned()), "{}", self.text);
    }

    /// The body of a success.
    #[track_caller]
    pub fn success(&self) -> Value {
        assert_eq!(self.code, StatusCode::OK, "{}", self.text);
        assert_eq!(self.status().0, "SUCCESS", "{}", self.text);
        self.json()
    }
}

impl Client {
    pub fn new(base: String, token: Option<String>) -> Self {
        Self { base, token, client_id: Some("test"), http: reqwest::Client::new() }
    }

    /// The same caller without `x-bb-clientid`.
    pub fn without_client_id(&self) -> Self {
        Self { client_id: None, ..self.clone() }
    }

    /// Head of a request on a connection of the test's own, without the empty line.
    pub fn head(&self, method: &str, path: &str) -> String {
        let token = self.token.as_deref().unwrap_or_default();
        format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {token}\r\n\
             x-bb-clientid: test\r\n"
        )
    }

    /// A request that can still be changed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        match self.client_id {
            Some(id) => request.header("x-bb-clientid", id),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    /// A list request with filters given as `(type, field, value)`.
    pub async fn list(&self, path: &str, filters: &[(&str, &str, &str)]) -> Answer {
        let filters: Vec<Value> = filters
            .iter()
            .map(|(kind, field, value)| {
                serde_json::json!({"filterType": kind, "field": field, "value": value})
            })
            .collect();
        self.post(path, &serde_json::json!({ "filters": filters })).await
    }
}

/// A refusal or failure without its `code`, which it must have, and its `field`.
#[track_caller]
pub fn without_code(mut body: Value) -> Value {
    let is_bare = body["status"].is_string();
    let status = if is_bare { &mut body } else { &mut body["status"] };
    let status = status.as_object_mut().expect("a status");
    assert!(status.remove("code").is_some_and(|code| code.is_string()), "no code: {status:?}");
    status.remove("field");
    status.remove("resetsOn");
    body
}

/// Sends a request and reads the whole answer.
pub async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.expect("the server answers");
    let (code, headers) = (answer.status(), answer.headers().clone());
    Answer { code, headers, text: answer.text().await.expect("a body") }
}

/// Session id in a token.
pub fn session_of(token: &str) -> String {
    let payload = token.split('.').nth(1).expect("a JWT");
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64");
    let claims: Value = serde_json::from_slice(&payload).expect("claims");
    claims["sid"].as_str().expect("a session").to_owned()
}
