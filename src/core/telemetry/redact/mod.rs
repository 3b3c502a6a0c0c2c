//! What may never leave by log or report, found wherever it stands: in paths, bodies, texts of stores,
//! panics. Every line of the log and of the slow log and every error report passes [`redact`], so that no
//! place has to think of it.

mod patterns;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::HeaderMap;
use regex::{Captures, Regex};

use patterns::PATTERNS;
use walk::redact_at;

/// What stands in place of a secret.
const BLANK: &str = "***";
/// Longest logged part of a body in bytes.
const BODY_LIMIT: usize = 4096;
/// Longest text of one member of a line or report, in bytes.
const TEXT_LIMIT: usize = 16 << 10;
/// Longest statement of a client about itself, in bytes.
const STATED_LIMIT: usize = 200;
/// How deep texts are looked into that hold texts, such as a body in a line.
const DEPTH: usize = 4;

/// The text without secrets and contacts; the same text when there are none.
///
/// In JSON, also inside of other texts and cut off, the value of a member that is called like a secret is
/// blanked whole. Everywhere, session tokens, e-mail addresses, phone numbers with their plus sign, logins in
/// addresses, secret parameters and what follows a name as in `password=` are. Longer texts than 16 KiB are
/// cut.
pub fn redact(text: &str) -> Cow<'_, str> {
    redact_at(text, DEPTH)
}

fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// What a client states about itself, for a line or a tag: without control characters, 200 bytes at most.
pub fn stated(text: &str) -> Cow<'_, str> {
    let text = cut(text, STATED_LIMIT);
    if text.chars().any(char::is_control) {
        let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        return redact(&printable.collect::<String>()).into_owned().into();
    }
    redact(text)
}

/// Header names and values without secrets and contacts.
pub fn redact_headers(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let is_secret =
        |name: &str| PATTERNS.as_ref().is_none_or(|patterns| patterns.name.is_match(name));
    let mut redacted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let value = if is_secret(name.as_str()) {
            BLANK.to_owned()
        } else {
            let text = String::from_utf8_lossy(value.as_bytes());
            redact(cut(&text, BODY_LIMIT)).into_owned()
        };
        redacted.entry(name.as_str().to_owned()).or_default().push(value);
    }
    redacted
}

/// The body as text, at most 4 KiB, without secrets and contacts. A text of eight digits and more is taken
/// for a phone number here.
pub fn cap_body(body: &[u8]) -> String {
    static DIGITS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(^|["=])\+?\d[\d ().-]{6,}\d("|&|$)"#).ok());
    let text = String::from_utf8_lossy(&body[..body.len().min(BODY_LIMIT)]);
    let Some(digits) = DIGITS.as_ref() else {
        return BLANK.to_owned();
    };
    let blank = |found: &Captures<'_>| format!("{}{BLANK}{}", &found[1], &found[2]);
    digits.replace_all(&redact(&text), blank).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
    use proptest::prelude::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJzIn0.c2lnbmF0dXJl";

    #[test]
    fn secrets_contacts_and_long_bodies_are_cut() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer abc"));
        for name in ["x-api-key", "x-auth-token", "x-bb-user-rt", "cookie"] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("hidden"));
        }
        headers.append(HeaderName::from_static("x-a"), HeaderValue::from_static("b"));
        let referer = HeaderValue::from_static("https://app.test/reset?token=abc");
        headers.append(HeaderName::from_static("referer"), referer);
        let redacted = redact_headers(&headers);
        for name in ["authorization", "x-api-key", "x-auth-token", "x-bb-user-rt", "cookie"] {
            assert_eq!(redacted[name], ["***"], "{name}");
        }
        assert_eq!(redacted["x-a"], ["b"]);
        assert_eq!(redacted["referer"], ["https://app.test/reset?token=***"]);
        let body = cap_body(
            br#"{"to":"asha@example.com","call":"91 9876543210","n":42,"id":12345678901}"#,
        );
        assert_eq!(body, r#"{"to":"***","call":"***","n":42,"id":12345678901}"#);
        assert!(cap_body(&[b'x'; 10_000]).len() <= 4096);
        assert!(redact(&format!(r#"{{"a":"@ {}"}}"#, "x".repeat(99_999))).len() < 20_000);
    }

    #[test]
    fn what_is_no_secret_stays() {
        for same in [
            "/a/b",
            "/profile/INSTAGRAM/10885334246",
            "/a?size=3&cursor=12345678",
            "/a.b",
            "2026-11-29T21:56:24.123456+00:00 started",
            r#"{"message":"answered","code":200,"user_agent":"Mozilla/5.0 (X11) Gecko/1"}"#,
            "invalid token",
            "@asha has 12345678 followers",
        ] {
            assert_eq!(redact(same), same);
        }
    }

    #[test]
    fn texts_lose_contacts_and_secrets() {
        for (text, redacted) in [
            ("/byhandle/asha@example.com", "/byhandle/***"),
            ("/byhandle/asha%40example.com/x", "/byhandle/***/x"),
            ("/call/%2B919876543210", "/call/***"),
            ("/t/eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "/t/***"),
            ("/a?refreshToken=abc&size=3", "/a?refreshToken=***&size=3"),
            (
                "/a?x-api-key=k&code=c&sig=s&otp=1&size=3",
                "/a?x-api-key=***&code=***&sig=***&otp=***&size=3",
            ),
            ("/a?q=asha@example.com&EMAIL=x", "/a?q=***&EMAIL=***"),
            ("amqp://guest:hidden@mq:5672/%2f is away", "amqp://***@mq:5672/%2f is away"),
            ("Key (email)=(asha@example.com) already exists.", "Key (email)=(***) already exists."),
            (
                r#"LoginIn { password: Some("hunter 22"), n: 1 }"#,
                r#"LoginIn { password: Some("***"), n: 1 }"#,
            ),
            (
                r#"{"secret":["a",{"b":"c","d":1}],"e":"f"}"#,
                r#"{"secret":["***",{"b":"***","d":"***"}],"e":"f"}"#,
            ),
            (r#"{"otp":123456,"next":1}"#, r#"{"otp":"***","next":1}"#),
            (
                r#"{"body":"{\"password\":\"a \\\" b\",\"n\":1}"}"#,
                r#"{"body":"{\"password\":\"***\",\"n\":1}"}"#,
            ),
            (r#"{"filters":[],"password":"cut o"#, r#"{"filters":[],"password":"***""#),
        ] {
            assert_eq!(redact(text), redacted);
        }
    }

    #[test]
    fn clients_say_little_and_nothing_that_breaks_a_line() {
        assert_eq!(stated("front-end/1"), "front-end/1");
        assert_eq!(stated("a\r\nb\u{1b}[31m"), "a  b [31m");
        assert_eq!(stated(&"x".repeat(1000)).len(), 200);
        assert_eq!(stated(JWT), "***");
    }

    /// Where a secret may stand in what leaves the process.
    fn planted(secret: &str, place: usize) -> String {
        let json =
            |name: &str| serde_json::json!({"before": 1, name: secret, "after": "x"}).to_string();
        let inner = match place % 9 {
            0 => json("password"),
            1 => json("x-api-key"),
            2 => json("clientSecret"),
            3 => json("refreshToken"),
            4 => serde_json::json!({"tokens": [secret, {"deep": secret}]}).to_string(),
            5 => format!(
                "/path?size=1&otp={}&b=c",
                url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()
            ),
            6 => {
                format!("panicked: {:?}", std::collections::BTreeMap::from([("password", secret)]))
            }
            7 => format!(
                "/path/{JWT}{}/more",
                secret.replace(|c: char| !c.is_ascii_alphanumeric(), "")
            ),
            _ => format!(
                "DETAIL: ({}@example.com)",
                secret.replace(|c: char| !c.is_ascii_alphanumeric(), "x")
            ),
        };
        // As a member of a line, and the line as a member of a report.
        match place / 9 {
            0 => inner,
            1 => serde_json::json!({"level": "ERROR", "error": inner}).to_string(),
            _ => {
                let line = serde_json::json!({"message": "failed", "error": inner}).to_string();
                serde_json::json!({"extra": {"line": line}}).to_string()
            }
        }
    }

    proptest! {
        /// The mark is a word that nothing else contains.
        #[test]
        fn planted_secrets_do_not_come_out(before in r#"[ -~é]{0,6}"#, after in r#"[ -~é]{0,6}"#, place in 0_usize..27) {
            let secret = format!("{before}Zq7Marker9{after}");
            let text = planted(&secret, place);
            prop_assert!(text.contains("Zq7Marker9"));
            let redacted = redact(&text);
            prop_assert!(!redacted.contains("Zq7Marker9"), "{text}\n{redacted}");
            let slow = cap_body(text.as_bytes());
            prop_assert!(!slow.contains("Zq7Marker9"), "{text}\n{slow}");
        }

        #[test]
        fn lines_stay_json(members in prop::collection::btree_map("[a-z@+ ]{1,12}|password", "[ -~é]{0,40}|eyJabcdefgh\\.x", 0..5)) {
            let line = serde_json::to_string(&members).expect("serialises");
            let redacted = redact(&line);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&redacted).is_ok(), "{redacted}");
        }
    }
}
