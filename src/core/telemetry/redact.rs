//! What may never be written to a log, a slow log or an error report.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderMap;

const SECRET_HEADERS: [&str; 5] =
    ["authorization", "cookie", "set-cookie", "x-bb-user-rt", "x-bb-client-authorization"];
/// Longest logged part of a body in bytes.
const BODY_LIMIT: usize = 4096;

/// Header names and values, secrets replaced by `***`.
pub fn redact_headers(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut redacted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let value = if SECRET_HEADERS.contains(&name.as_str()) {
            "***".to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        redacted.entry(name.as_str().to_owned()).or_default().push(value);
    }
    redacted
}

/// The body as text, at most 4 KiB, e-mail addresses and phone numbers blanked out.
pub fn cap_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(BODY_LIMIT)]);
    text.split_inclusive([' ', ',', '"', ':', '\n']).map(redact_word).collect()
}

fn redact_word(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let phone_like =
        digits >= 8 && word.chars().all(|c| c.is_ascii_digit() || "+-() \",:\n".contains(c));
    if word.contains('@') || phone_like { "*** ".to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};

    #[test]
    fn secrets_contacts_and_long_bodies_are_cut() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer abc"));
        headers.append(HeaderName::from_static("x-a"), HeaderValue::from_static("b"));
        let redacted = redact_headers(&headers);
        assert_eq!(redacted["authorization"], ["***"]);
        assert_eq!(redacted["x-a"], ["b"]);
        let body = cap_body(br#"{"email":"asha@example.com","phone":"+91 9876543210","n":42}"#);
        assert!(!body.contains("asha") && !body.contains("9876543210"), "{body}");
        assert!(body.contains("42"));
        assert!(cap_body(&[b'x'; 10_000]).len() <= 4096);
    }
}
