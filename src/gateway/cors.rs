//! Which browsers' origins may read answers.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
    VARY,
};

use crate::core::config::CorsConfig;

const METHODS: [&str; 7] = ["HEAD", "GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"];
/// Headers of our answers that scripts may read.
const EXPOSED: &str =
    "x-bb-requestid, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After";

/// Seconds that a browser may keep the answer to a preflight: no browser keeps it for longer than two hours
/// but one.
const MAX_AGE: &str = "7200";

/// Allowed origins.
pub struct Cors {
    exact: Vec<String>,
    /// `scheme://` and `.domain[:port]` of the wildcard entries.
    subdomains: Vec<(String, String)>,
}

impl Cors {
    /// From the configuration; names are compared in any case.
    pub fn new(config: &CorsConfig) -> Self {
        let (mut exact, mut subdomains) = (Vec::new(), Vec::new());
        for origin in config.allowed_origins.iter().map(|origin| origin.to_ascii_lowercase()) {
            let origin = without_default_port(&origin).to_owned();
            match origin.split_once("://*.") {
                Some((scheme, domain)) => {
                    subdomains.push((format!("{scheme}://"), format!(".{domain}")));
                }
                None => exact.push(origin),
            }
        }
        Self { exact, subdomains }
    }

    /// The answer to a preflight; `None` for any other request.
    pub fn preflight(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        let is_preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        is_preflight.then(|| self.preflight_answer(request.headers()))
    }

    fn preflight_answer(&self, request: &HeaderMap) -> HttpResponse {
        let mut answer = HttpResponse::Ok().finish();
        let headers = answer.headers_mut();
        for name in [ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_REQUEST_HEADERS] {
            headers.append(VARY, canonical(name.as_str()));
        }
        let method = request.get(ACCESS_CONTROL_REQUEST_METHOD);
        let method = method.filter(|m| m.to_str().is_ok_and(|m| METHODS.contains(&m)));
        if let (Some(origin), Some(method)) = (self.allowed(request), method) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
            if let Some(wanted) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
            }
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        }
        answer
    }

    /// The request's origin, if it is allowed.
    pub fn allowed<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let value = headers.get(ORIGIN)?;
        let origin = value.to_str().ok()?.to_ascii_lowercase();
        let listed = self.exact.contains(&origin)
            || self.subdomains.iter().any(|(scheme, domain)| {
                let labels = origin.strip_prefix(scheme).and_then(|rest| rest.strip_suffix(domain));
                labels.is_some_and(is_labels)
            });
        listed.then_some(value)
    }
}

/// Marks an answer that is no preflight's; `origin` may read it. What a proxied service exposes beside
/// our headers stays exposed.
pub fn mark(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    let varies = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"origin");
    if !headers.get_all(VARY).any(varies) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// An origin as browsers write it.
fn without_default_port(origin: &str) -> &str {
    let default = match origin.split_once("://") {
        Some(("https", _)) => ":443",
        Some(("http", _)) => ":80",
        _ => return origin,
    };
    origin.strip_suffix(default).unwrap_or(origin)
}

/// One or more DNS labels: nothing that could smuggle another host or port in.
fn is_labels(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(is_label)
}

/// Header names as values are written with capitals.
fn canonical(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name {
        "origin" => "Origin",
        "access-control-request-method" => "Access-Control-Request-Method",
        _ => "Access-Control-Request-Headers",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(origin: &'static str) -> bool {
        let origins = [
            "https://App.Example.com",
            "https://*.brand.io:8443",
            "http://app.test:80",
            "chrome-extension://abc",
        ];
        let cors = Cors::new(&CorsConfig { allowed_origins: origins.map(String::from).to_vec() });
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        cors.allowed(&headers).is_some()
    }

    #[test]
    fn only_listed_origins_are_allowed() {
        assert!(allowed("https://app.example.com"));
        assert!(allowed("https://a.b.brand.io:8443"));
        assert!(allowed("http://app.test"));
        assert!(allowed("chrome-extension://abc"));
        for other in [
            "http://app.example.com",
            "https://app.example.com.evil.test",
            "https://brand.io:8443",
            "https://a.brand.io",
            "https://evil.test/.brand.io:8443",
            "https://.brand.io:8443",
            "null",
        ] {
            assert!(!allowed(other), "{other}");
        }
    }
}
