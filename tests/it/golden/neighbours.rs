//! Services elsewhere that answer as recorded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::suite::file;
use crate::support::{HttpFake, Seen};

/// A collector that answers from a file of answers by path and query.
pub(super) async fn collector(name: &str) -> HttpFake {
    let answers: HashMap<String, Value> = serde_json::from_str(&file(name)).expect("answers");
    let key = |target: &str| {
        let url = url::Url::parse("http://collector").and_then(|base| base.join(target));
        let url = url.expect("a target");
        let path =
            percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
        let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        query.sort();
        (path, query)
    };
    let answers: HashMap<_, _> =
        answers.into_iter().map(|(target, answer)| (key(&target), answer)).collect();
    let unknown = json!({"status": {"type": "ERROR", "message": "no such profile"}});
    HttpFake::start(move |seen| {
        let found = answers.get(&key(&format!("{}?{}", seen.path, seen.query)));
        HttpResponse::Ok().json(found.unwrap_or(&unknown))
    })
    .await
}

/// All other services in one, with what they answer by `METHOD path`; `{name}` in a path is any segment,
/// and in an answer that segment; `{base}` is the address of the fake.
pub(super) struct Neighbours {
    pub(super) fake: HttpFake,
    exceptions: Arc<Mutex<Map<String, Value>>>,
}

impl Neighbours {
    pub(super) async fn start(answers: Map<String, Value>) -> Self {
        let exceptions: Arc<Mutex<Map<String, Value>>> = Arc::default();
        let fake = HttpFake::start(|_| HttpResponse::NotFound().finish()).await;
        let (base, shared) = (fake.url.clone(), Arc::clone(&exceptions));
        fake.answers(move |seen| {
            let exceptions = shared.lock().expect("not poisoned");
            if let Some((exception, _)) = answer(&exceptions, seen) {
                let status = exception["status"].as_u64().unwrap_or(200);
                let status =
                    u16::try_from(status).ok().and_then(|it| StatusCode::from_u16(it).ok());
                return HttpResponse::build(status.expect("a status")).json(&exception["body"]);
            }
            match answer(&answers, seen) {
                Some((body, segments)) => {
                    let text = body.to_string().replace("{base}", &base);
                    let put =
                        |text: String, (name, value): (String, String)| text.replace(&name, &value);
                    let text = segments.into_iter().fold(text, put);
                    HttpResponse::Ok().content_type("application/json").body(text)
                }
                None => HttpResponse::NotFound().finish(),
            }
        });
        Self { fake, exceptions }
    }

    /// What is answered from now on instead of the defaults: `{"status": code, "body": answer}` each.
    pub(super) fn except(&self, exceptions: Map<String, Value>) {
        *self.exceptions.lock().expect("not poisoned") = exceptions;
    }
}

/// The answer whose pattern begins the request's path, with the segments that the pattern names.
fn answer<'a>(
    answers: &'a Map<String, Value>,
    seen: &Seen,
) -> Option<(&'a Value, Vec<(String, String)>)> {
    answers.iter().find_map(|(pattern, answer)| {
        let path = pattern.strip_prefix(&seen.method)?.trim_start();
        let mut segments = seen.path.split('/');
        let mut named = Vec::new();
        for wanted in path.split('/') {
            let segment = segments.next()?;
            if wanted.starts_with('{') {
                named.push((wanted.to_owned(), segment.to_owned()));
            } else if wanted != segment {
                return None;
            }
        }
        Some((answer, named))
    })
}
