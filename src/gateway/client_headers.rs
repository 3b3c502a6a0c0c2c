//! What a question to another service says about the client for whom it is asked.

use actix_web::http::header::{HeaderMap as ClientMap, HeaderName as ClientName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue,
};
use uuid::Uuid;

use super::context::{CLIENT_ID, client_type, locale, text};

/// Headers of the client that are passed on; `x-bb-clienttype` and `accept-language` carry what we
/// made of the client's value.
const PASSED: [&str; 22] = [
    "x-forwarded-for",
    "x-bb-uid",
    "x-bb-timestamp",
    "x-bb-os",
    "x-bb-clientid",
    "x-bb-clienttype",
    "x-bb-version",
    "x-bb-version-name",
    "x-bb-latitude",
    "x-bb-longitude",
    "x-bb-location",
    "x-bb-deviceid",
    "x-bb-custom-deviceid",
    "x-bb-channelid",
    "x-bb-country",
    "accept-language",
    "x-apollo-operation-name",
    "x-apollo-operation-id",
    "x-bb-user-rt",
    "x-bb-advertising-id",
    "x-bb-ppid",
    "x-bb-new-user",
];

/// A calling application as the identity service knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientApp {
    /// Id, not empty.
    pub id: String,
    /// Kind; empty = the client's own statement stays.
    pub kind: String,
}

impl ClientApp {
    /// Bytes that it takes, texts included.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.kind.len()
    }
}

/// The headers of the client's request `id` that other services get, without its credentials.
pub fn outbound_headers(client: &ClientMap, id: Uuid) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(PASSED.len() + 2);
    for name in PASSED {
        let values = client.get_all(ClientName::from_static(name)).map(|value| value.as_bytes());
        for value in values.filter(|value| !value.is_empty()) {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
    }
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(locale(client)));
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert("x-bb-requestid", id);
    }
    let app = ClientApp {
        id: text(client, &CLIENT_ID).unwrap_or_default().to_owned(),
        kind: client_type(client).to_owned(),
    };
    set_client(&mut headers, &app);
    headers
}

/// Makes `app` the client on whose behalf is asked. Text that no header can carry changes nothing.
pub fn set_client(headers: &mut HeaderMap, app: &ClientApp) {
    let token = client_token(&app.id);
    let outcome = insert(headers, "x-bb-clientid", &app.id)
        .and_then(|()| insert(headers, "authorization", &token))
        .and_then(|()| match app.kind.as_str() {
            "" => Ok(()),
            kind => insert(headers, "x-bb-clienttype", kind),
        });
    if outcome.is_err() {
        tracing::warn!("the client's name is no header value");
    }
    if let Some(token) = headers.get_mut(AUTHORIZATION) {
        token.set_sensitive(true);
    }
}

fn insert(
    headers: &mut HeaderMap,
    name: &'static str,
    value: &str,
) -> Result<(), InvalidHeaderValue> {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    Ok(())
}

/// `{id}~{id}:{id}`; the separators cannot be part of an id, or it could name a user.
fn client_token(id: &str) -> String {
    let id = id.replace(['~', ':'], " ");
    format!("Basic {}", STANDARD.encode(format!("{id}~{id}:{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(pairs: &[(&'static str, &'static str)]) -> ClientMap {
        let mut headers = ClientMap::new();
        for (name, value) in pairs {
            let value = actix_web::http::header::HeaderValue::from_static(value);
            headers.append(ClientName::from_static(name), value);
        }
        headers
    }

    #[test]
    fn only_known_headers_pass_and_none_that_grants_something() {
        let headers = client(&[
            ("x-bb-clientid", "web"),
            ("x-bb-os", "ios"),
            ("x-bb-requestid", "mine"),
            ("x-bb-version", ""),
            ("x-bb-partner-id", "9"),
            ("authorization", "Bearer secret"),
            ("cookie", "c"),
            ("accept-language", "hi-IN"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-for", "192.0.2.2"),
        ]);
        let id = Uuid::new_v4();
        let sent = outbound_headers(&headers, id);
        let get = |name: &str| sent.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(get("x-bb-os"), Some("ios"));
        assert_eq!(get("accept-language"), Some("en"));
        assert_eq!(get("x-bb-clienttype"), Some("CUSTOMER"));
        assert_eq!(get("authorization"), Some("Basic d2VifndlYjp3ZWI="));
        let hops: Vec<_> = sent.get_all("x-forwarded-for").iter().collect();
        assert_eq!(hops, ["192.0.2.1", "192.0.2.2"]);
        assert_eq!(get("x-bb-requestid"), Some(id.to_string().as_str()));
        assert_eq!(sent.keys_len(), 7, "{sent:?}");
    }

    /// What identity and partner services are promised to hear of a client, written down a second time:
    /// a misspelt name above must not pass.
    const WHITELIST: [&str; 23] = [
        "x-bb-requestid",
        "x-forwarded-for",
        "x-bb-uid",
        "x-bb-timestamp",
        "x-bb-os",
        "x-bb-clientid",
        "x-bb-clienttype",
        "x-bb-version",
        "x-bb-version-name",
        "x-bb-latitude",
        "x-bb-longitude",
        "x-bb-location",
        "x-bb-deviceid",
        "x-bb-custom-deviceid",
        "x-bb-channelid",
        "x-bb-country",
        "accept-language",
        "x-apollo-operation-name",
        "x-apollo-operation-id",
        "x-bb-user-rt",
        "x-bb-advertising-id",
        "x-bb-ppid",
        "x-bb-new-user",
    ];

    #[test]
    fn the_whole_whitelist_passes_and_nothing_else() {
        // Each header has its name as its value.
        let value = |name: &'static str| if name == "accept-language" { "hi" } else { name };
        let others = [
            "authorization",
            "cookie",
            "user-agent",
            "x-bb-partner-id",
            "x-bb-plan-type",
            "x-bb-account-id",
            "x-bb-client-authorization",
            "x-ab-test-info",
            "fb-remote-config",
        ];
        let all: Vec<_> = WHITELIST.into_iter().chain(others).map(|n| (n, value(n))).collect();
        let id = Uuid::new_v4();
        let sent = outbound_headers(&client(&all), id);
        let (id, token) = (id.to_string(), client_token("x-bb-clientid"));
        let mut expected: Vec<(&str, &str)> = WHITELIST.map(|name| (name, value(name))).to_vec();
        expected[0].1 = id.as_str();
        expected.push(("authorization", token.as_str()));
        expected.sort_unstable();
        let pairs = sent.iter().map(|(n, value)| (n.as_str(), value.to_str().expect("text")));
        let mut seen: Vec<(&str, &str)> = pairs.collect();
        seen.sort_unstable();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_client_id_cannot_pose_as_a_user() {
        assert_eq!(client_token("7~x~1~5:a"), client_token("7 x 1 5 a"));
    }

    #[test]
    fn the_client_that_identity_names_replaces_the_stated_one() {
        let mut sent = outbound_headers(&client(&[("x-bb-clientid", "web")]), Uuid::nil());
        set_client(&mut sent, &ClientApp { id: "erp".into(), kind: "ERP".into() });
        assert_eq!(sent["x-bb-clientid"], "erp");
        assert_eq!(sent["x-bb-clienttype"], "ERP");
        assert_eq!(sent["authorization"], client_token("erp").as_str());
    }
}
