//! What the gateway knows of a request before it knows the caller: its id and the client's own
//! statements about itself, none of which grants anything.

use actix_web::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue,
};
use uuid::Uuid;

use super::arrival::Arrival;

/// Header that names the request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-bb-requestid");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// Request header that names the calling application; required.
pub const CLIENT_ID: HeaderName = HeaderName::from_static("x-bb-clientid");
/// Request header with the kind of the calling application.
pub const CLIENT_TYPE: HeaderName = HeaderName::from_static("x-bb-clienttype");
/// Request header with the device of an anonymous caller.
pub const DEVICE_ID: HeaderName = HeaderName::from_static("x-bb-deviceid");

const PARTNER_ID: HeaderName = HeaderName::from_static("x-bb-partner-id");
const PLAN_TYPE: HeaderName = HeaderName::from_static("x-bb-plan-type");
const ACCOUNT_ID: HeaderName = HeaderName::from_static("x-bb-account-id");
const CLIENT_AUTHORIZATION: HeaderName = HeaderName::from_static("x-bb-client-authorization");

/// Kind of a client that names none.
pub const DEFAULT_CLIENT_TYPE: &str = "CUSTOMER";

/// Headers of which a second value could change who the caller is.
const SINGLE: [HeaderName; 6] =
    [AUTHORIZATION, CLIENT_ID, CLIENT_TYPE, DEVICE_ID, PARTNER_ID, PLAN_TYPE];
/// Headers that only the gateway may set.
const OURS: [HeaderName; 5] = [PARTNER_ID, PLAN_TYPE, ACCOUNT_ID, CLIENT_AUTHORIZATION, REQUEST_ID];
const LOCALES: [&str; 5] = ["en", "hi", "bn", "ta", "te"];

/// Puts the headers of every answer. What a service answers is for its caller alone, and no cache keeps it,
/// unless a proxied service says otherwise.
pub fn mark(headers: &mut HeaderMap, arrival: &Arrival<'_>) {
    if arrival.destination.service().is_some() && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    let mut text = Uuid::encode_buffer();
    if let Ok(value) = HeaderValue::from_str(arrival.id.hyphenated().encode_lower(&mut text)) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
}

/// Whether the client states more than one identity.
pub fn is_ambiguous(headers: &HeaderMap) -> bool {
    let has_repeated = headers.len() > headers.len_keys();
    has_repeated && SINGLE.iter().any(|name| headers.get_all(name).nth(1).is_some())
}

/// Drops what only the gateway may say.
pub fn drop_identity(headers: &mut HeaderMap) {
    for name in &OURS {
        headers.remove(name);
    }
}

/// The locale that `accept-language` equals, else `en`.
pub fn locale(headers: &HeaderMap) -> &'static str {
    let mut values = headers.get_all(ACCEPT_LANGUAGE);
    let single = values.next().filter(|_| values.next().is_none());
    let wanted = single.and_then(|value| value.to_str().ok());
    LOCALES.into_iter().find(|known| Some(*known) == wanted).unwrap_or(LOCALES[0])
}

/// A header's text, `None` when absent, empty or not text.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty())
}

/// Kind of the calling application, `CUSTOMER` when it does not say.
pub fn client_type(headers: &HeaderMap) -> &str {
    text(headers, &CLIENT_TYPE).unwrap_or(DEFAULT_CLIENT_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_is_the_whole_header_or_english() {
        let locale_of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
            locale(&headers)
        };
        assert_eq!(locale_of("hi"), "hi");
        assert_eq!(locale_of("hi-IN"), "en");
        assert_eq!(locale_of("HI"), "en");
        assert_eq!(locale(&HeaderMap::new()), "en");
        let mut two = HeaderMap::new();
        two.append(ACCEPT_LANGUAGE, HeaderValue::from_static("hi"));
        two.append(ACCEPT_LANGUAGE, HeaderValue::from_static("ta"));
        assert_eq!(locale(&two), "en");
    }
}
