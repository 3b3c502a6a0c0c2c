//! What values are refused.

use super::sections::network;
use super::{Config, ConfigError, role_names};

/// Longest time to live and lock: instants beyond are nobody's intention.
const YEAR_SECS: u64 = 31_536_000;

impl Config {
    /// Refuses values out of their documented range and combinations that cannot work.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
        if !self.app.job_prefix.bytes().all(is_plain) {
            return refuse("app.job_prefix", "expected letters, digits, - and _");
        }
        if !(1..=600).contains(&self.server.timeout_secs) {
            return refuse("server.timeout_secs", "expected 1..=600");
        }
        if !(1..=600).contains(&self.server.collector_timeout_secs) {
            return refuse("server.collector_timeout_secs", "expected 1..=600");
        }
        if !(1..=3600).contains(&self.server.write_timeout_secs) {
            return refuse("server.write_timeout_secs", "expected 1..=3600");
        }
        if self.postgres.max_connections == 0
            || self.postgres.min_connections > self.postgres.max_connections
        {
            return refuse("postgres.max_connections", "expected at least 1 and min_connections");
        }
        let postgres = &self.postgres;
        if postgres.gateway_connections == 0 || postgres.background_connections == 0 {
            return refuse("postgres", "expected gateway_connections, background_connections >= 1");
        }
        if self.clickhouse.max_connections == 0 || self.clickhouse.background_connections == 0 {
            return refuse("clickhouse.max_connections", "expected at least 1 for both kinds");
        }
        if !(1..=100_000_000).contains(&self.discovery.most_counted) {
            return refuse("discovery.most_counted", "expected 1..=100000000");
        }
        if self.redis.pool_size == 0 {
            return refuse("redis.pool_size", "expected at least 1");
        }
        if self.cache.max_entries == 0 || self.cache.max_bytes == 0 {
            return refuse("cache.max_entries", "expected at least 1 entry and 1 byte");
        }
        for (key, seconds) in [
            ("cache.session_ttl_secs", self.cache.session_ttl_secs),
            ("cache.session_backfill_ttl_secs", self.cache.session_backfill_ttl_secs),
            ("cache.contract_ttl_secs", self.cache.contract_ttl_secs),
            ("cache.contract_stale_secs", self.cache.contract_stale_secs),
        ] {
            if seconds > YEAR_SECS {
                return refuse(key, &format!("expected 0..={YEAR_SECS}"));
            }
        }
        if let Some(bad) = self.server.trusted_proxies.iter().find(|p| network(p).is_none()) {
            return refuse("server.trusted_proxies", &format!("not an address or network: {bad}"));
        }
        let limits = &self.limits;
        if [&limits.free, &limits.saas, &limits.paid]
            .iter()
            .any(|l| l.tenant_per_second > 1_000_000)
        {
            return refuse("limits", "expected tenant_per_second of at most 1000000");
        }
        for (key, address) in [
            ("collector.url", &self.collector.url),
            ("identity.url", &self.identity.url),
            ("partner.url", &self.partner.url),
            ("partner.contract_url", &self.partner.contract_url),
        ] {
            if !address.is_empty() && !is_http(address) {
                return refuse(key, "expected an http(s) address");
            }
        }
        for (key, limit) in [
            ("identity.timeout_ms", self.identity.timeout_ms),
            ("partner.timeout_ms", self.partner.timeout_ms),
        ] {
            if !(1..=60_000).contains(&limit) {
                return refuse(key, "expected 1..=60000");
            }
        }
        if self.roles.is_empty() {
            return refuse("roles", &format!("expected at least one of {}", role_names()));
        }
        if self.events.lanes > 16 {
            return refuse("events.lanes", "expected 0..=16");
        }
        if !(2..=600).contains(&self.events.takeover_secs) {
            return refuse("events.takeover_secs", "expected 2..=600");
        }
        if !(1..=86_400).contains(&self.jobs.limit_secs) {
            return refuse("jobs.limit_secs", "expected 1..=86400");
        }
        self.check_amqp()?;
        self.check_auth()?;
        if let Some(bad) = self.cors.allowed_origins.iter().find(|o| !is_origin(o)) {
            return refuse("cors.allowed_origins", &format!("not an origin: {bad}"));
        }
        self.job_tracker.check("job_tracker.url", "job_tracker.timeout_ms")?;
        self.assets.check("assets.url", "assets.timeout_ms")?;
        self.influencer_app.check("influencer_app.url", "influencer_app.timeout_ms")?;
        self.storage.check()?;
        self.upstream.check()
    }

    fn check_amqp(&self) -> Result<(), ConfigError> {
        let refuse = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        let amqp = &self.amqp;
        let given = |file: &String| !file.is_empty();
        if given(&amqp.client_cert_file) != given(&amqp.client_key_file) {
            return refuse(
                "amqp.client_cert_file",
                "expected with amqp.client_key_file, or neither",
            );
        }
        let files = [&amqp.ca_file, &amqp.client_cert_file];
        if files.into_iter().any(given) && !amqp.url.expose().starts_with("amqps://") {
            return refuse("amqp.url", "expected amqps:// where certificates are given");
        }
        Ok(())
    }

    fn check_auth(&self) -> Result<(), ConfigError> {
        let refuse = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        let auth = &self.auth;
        if !(1..=86_400).contains(&auth.access_token_secs) {
            return refuse("auth.access_token_secs", "expected 1..=86400");
        }
        if auth.refresh_token_secs < auth.access_token_secs {
            return refuse("auth.refresh_token_secs", "expected at least auth.access_token_secs");
        }
        let longest = YEAR_SECS as u32;
        if (auth.max_failed_logins > 0 || auth.max_failed_logins_per_address > 0)
            && !(1..=longest).contains(&auth.lockout_secs)
        {
            return refuse("auth.lockout_secs", &format!("expected 1..={longest}"));
        }
        Ok(())
    }
}

/// An address that requests can be sent to and that paths can be appended to.
pub(super) fn is_http(text: &str) -> bool {
    let plain = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none()
    };
    url::Url::parse(text).as_ref().is_ok_and(plain)
}

/// `scheme://host[:port]` as browsers write it (a name in other letters than a-z in punycode), the host
/// optionally starting with `*.`; no path.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    let of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(of_scheme);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_port = |port: &str| !port.starts_with('+') && port.parse::<u16>().is_ok_and(|p| p > 0);
    is_scheme && port.is_none_or(is_port) && is_host(name)
}

/// A name, `*.` in front of one, or an address.
fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(of_label);
    text.strip_prefix("*.").unwrap_or(text).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_checked() {
        let load =
            |origin: &str| Config::from_toml(&format!("[cors]\nallowed_origins = [\"{origin}\"]"));
        for good in [
            "https://*.example.com:8080",
            "http://localhost:3000",
            "http://[::1]:3000",
            "http://[2001:db8::1]",
            "moz-extension://6c6b5c5e-3a1e-4b8e-9c1d-5f0a7b9c2d1e",
            "web+app.x://a",
        ] {
            assert!(load(good).is_ok(), "{good}");
        }
        for bad in [
            "example.com",
            "https://a.com/path",
            "https://a*.com",
            " https://a.com",
            "https://b.test:99999",
            "https://b.test:0",
            "https://b.test:+80",
            "https://b.test:",
            "https://b..test",
            "https://user@b.test",
            "https://[b.test]",
            "https://*",
            "1ttps://b.test",
            "h_s://b.test",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_beyond_a_year_are_refused() {
        for bad in [
            "[cache]\ncontract_ttl_secs = 9223372036854775807",
            "[cache]\nsession_ttl_secs = 31536001",
            "[auth]\nlockout_secs = 4294967295",
        ] {
            assert!(Config::from_toml(bad).is_err(), "{bad}");
        }
    }
}
