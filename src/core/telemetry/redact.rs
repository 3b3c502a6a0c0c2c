//! What may never be written to a log, a slow log or an error report.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::http::header::HeaderMap;
use percent_encoding::percent_decode_str;

const SECRET_HEADERS: [&str; 6] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-bb-client-authorization",
    "x-bb-user-rt",
];
/// What a parameter of a query is called, in part, whose value is no log's business.
const SECRET_PARAMETERS: [&str; 7] =
    ["auth", "mail", "mobile", "password", "phone", "secret", "token"];
const BLANK: &str = "***";
/// Longest logged part of a body in bytes.
const BODY_LIMIT: usize = 4096;

/// Header names and values, secrets and contacts replaced by `***`.
pub fn redact_headers(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut redacted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let value = if SECRET_HEADERS.contains(&name.as_str()) {
            BLANK.to_owned()
        } else {
            redact_url(&String::from_utf8_lossy(value.as_bytes())).into_owned()
        };
        redacted.entry(name.as_str().to_owned()).or_default().push(value);
    }
    redacted
}

/// A path, with or without a query: values of parameters that are called like secrets, e-mail addresses,
/// phone numbers with their plus sign and session tokens are blanked out. Plain numbers are ids.
pub fn redact_url(url: &str) -> Cow<'_, str> {
    let is_plain = |byte| !matches!(byte, b'@' | b'%' | b'+' | b'?' | b'.');
    if url.bytes().all(is_plain) {
        return url.into();
    }
    let (path, query) =
        url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let mut redacted: String =
        path.split_inclusive(['/', ' ', ',', ';']).map(redact_part).collect();
    for (at, parameter) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        redacted.push(if at == 0 { '?' } else { '&' });
        let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
        let lower = name.to_ascii_lowercase();
        let is_secret = SECRET_PARAMETERS.iter().any(|part| lower.contains(part));
        if is_secret || is_private(value) {
            redacted.extend([name, "=", BLANK]);
        } else {
            redacted.push_str(parameter);
        }
    }
    redacted.into()
}

/// A part of a path, its separator at the end kept.
fn redact_part(part: &str) -> Cow<'_, str> {
    if !is_private(part) {
        return part.into();
    }
    let end = part.len() - part.trim_end_matches(['/', ' ', ',', ';']).len();
    format!("{BLANK}{}", &part[part.len() - end..]).into()
}

/// An e-mail address, a phone number with its plus sign, or a token; percent-encoded or not.
fn is_private(text: &str) -> bool {
    let text = percent_decode_str(text).decode_utf8_lossy();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.contains('@')
        || text.starts_with('+') && digits >= 8
        || text.starts_with("eyJ") && text.contains('.')
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
    let is_blank = phone_like || is_private(word);
    if is_blank { "*** ".to_owned() } else { word.to_owned() }
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

    #[test]
    fn urls_keep_ids_and_lose_contacts_and_secrets() {
        for same in ["/a/b", "/profile/INSTAGRAM/10885334246", "/a?size=3&cursor=12345678", "/a.b"]
        {
            assert_eq!(redact_url(same), same);
        }
        for (url, redacted) in [
            ("/byhandle/asha@example.com", "/byhandle/***"),
            ("/byhandle/asha%40example.com/x", "/byhandle/***/x"),
            ("/call/%2B919876543210", "/call/***"),
            ("/t/eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "/t/***"),
            ("/a?refreshToken=abc&size=3", "/a?refreshToken=***&size=3"),
            ("/a?q=asha@example.com&EMAIL=x", "/a?q=***&EMAIL=***"),
        ] {
            assert_eq!(redact_url(url), redacted);
        }
        let mut headers = HeaderMap::new();
        let referer = HeaderValue::from_static("https://app.test/reset?token=abc");
        headers.append(HeaderName::from_static("referer"), referer);
        assert_eq!(redact_headers(&headers)["referer"], ["https://app.test/reset?token=***"]);
    }
}
