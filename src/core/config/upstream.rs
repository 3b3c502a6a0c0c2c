//! Services behind the reverse proxy.
#![expect(
    missing_docs,
    reason = "config/default.toml documents each key, and is the user's manual"
)]

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::ConfigError;

/// Prefix of `social_profile_url`.
const SOCIAL_PROFILE: &str = "social-profile-service";
/// First path segments of the gateway itself.
const RESERVED: [&str; 5] =
    ["heartbeat", "docs", "openapi.json", "identity-service", "partner-service"];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfig {
    pub social_profile_url: String,
    pub connect_timeout_ms: u64,
    pub idle_timeout_secs: u64,
    pub max_websockets: usize,
    pub websocket_idle_timeout_secs: u64,
    pub body_limit_bytes: u64,
    pub routes: BTreeMap<String, String>,
}

impl UpstreamConfig {
    /// Every proxied prefix with its upstream's origin.
    ///
    /// # Errors
    /// An origin that is none.
    pub fn origins(&self) -> Result<Vec<(String, Url)>, ConfigError> {
        let social =
            Some((SOCIAL_PROFILE, "upstream.social_profile_url", &self.social_profile_url));
        let social = social.filter(|(_, _, url)| !url.is_empty());
        let routes = self.routes.iter().map(|(prefix, url)| (&**prefix, "upstream.routes", url));
        let all = social.into_iter().chain(routes);
        all.map(|(prefix, key, url)| Ok((prefix.to_owned(), origin(key, url)?))).collect()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !(1..=600_000).contains(&self.connect_timeout_ms) {
            return Err(refused("upstream.connect_timeout_ms", "expected 1..=600000"));
        }
        if !(1..=3600).contains(&self.idle_timeout_secs) {
            return Err(refused("upstream.idle_timeout_secs", "expected 1..=3600"));
        }
        if !(1..=86_400).contains(&self.websocket_idle_timeout_secs) {
            return Err(refused("upstream.websocket_idle_timeout_secs", "expected 1..=86400"));
        }
        for prefix in self.routes.keys() {
            check_prefix(prefix)?;
        }
        if !self.social_profile_url.is_empty() && self.routes.contains_key(SOCIAL_PROFILE) {
            let reason = "social-profile-service has upstream.social_profile_url";
            return Err(refused("upstream.routes", reason));
        }
        self.origins().map(drop)
    }
}

fn check_prefix(prefix: &str) -> Result<(), ConfigError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if prefix.is_empty() || !prefix.bytes().all(allowed) || prefix.bytes().all(|byte| byte == b'.')
    {
        let reason =
            format!("{prefix:?} is not one path segment of letters, digits, '-', '_', '.'");
        return Err(refused("upstream.routes", &reason));
    }
    if RESERVED.contains(&prefix) {
        return Err(refused("upstream.routes", &format!("{prefix} is the gateway's own")));
    }
    Ok(())
}

fn origin(key: &'static str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    url.ok_or_else(|| refused(key, "expected http(s)://host[:port] without path and credentials"))
}

fn refused(key: &'static str, reason: &str) -> ConfigError {
    ConfigError::Value { key, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::core::config::Config;

    #[test]
    fn only_origins_and_plain_prefixes_are_accepted() {
        let load = |toml: &str| Config::from_toml(&format!("[upstream]\n{toml}"));
        assert!(load("").expect("loads").upstream.origins().expect("none").is_empty());
        let good = load(
            "social_profile_url = \"https://data.example\"\n\
             routes = { \"content-service\" = \"http://[::1]:8080/\" }",
        );
        assert_eq!(good.expect("loads").upstream.origins().expect("two").len(), 2);
        for bad in [
            "social_profile_url = \"data.example\"",
            "social_profile_url = \"ftp://data.example\"",
            "social_profile_url = \"http://data.example/base\"",
            "social_profile_url = \"http://user:word@data.example\"",
            "routes = { \"a/b\" = \"http://x\" }",
            "routes = { \"..\" = \"http://x\" }",
            "routes = { \"{tail}\" = \"http://x\" }",
            "routes = { docs = \"http://x\" }",
            "routes = { content-service = \"\" }",
            "social_profile_url = \"http://x\"\nroutes = { social-profile-service = \"http://y\" }",
            "idle_timeout_secs = 0",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }
}
