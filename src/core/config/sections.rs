//! One struct per subject; the meaning of every key is documented in `config/default.toml`.
#![expect(
    missing_docs,
    reason = "config/default.toml documents each key, and is the user's manual"
)]

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono_tz::Tz;
use ipnet::IpNet;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Deserializer};

use super::Secret;
use crate::core::types::{Cron, Plan};

/// Mode of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Env {
    Development,
    Test,
    Production,
}

impl Env {
    /// Lower-case name; also the name of the mode file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

impl<'de> Deserialize<'de> for Env {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.to_ascii_lowercase().as_str() {
            "development" => Ok(Self::Development),
            "test" => Ok(Self::Test),
            "production" => Ok(Self::Production),
            _ => Err(serde::de::Error::custom("env: expected development, test or production")),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulesConfig {
    #[serde(deserialize_with = "list")]
    pub off: Vec<String>,
}

/// A list, or, in an environment variable, its items between commas.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written<T> {
        Items(Vec<T>),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Items(items) => Ok(items),
        Written::Text(text) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            items.map(|item| T::deserialize(item.into_deserializer())).collect()
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppConfig {
    pub time_zone: Tz,
    pub job_prefix: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub host: String,
    pub port: u16,
    pub workers: usize,
    pub timeout_secs: u64,
    pub collector_timeout_secs: u64,
    pub body_limit_bytes: usize,
    pub idle_timeout_secs: u64,
    pub write_timeout_secs: u64,
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    pub max_connections_per_proxy: usize,
    pub unread_limit_bytes: usize,
    pub concurrency: usize,
    pub queue: usize,
    pub drain_delay_secs: u64,
    pub drain_timeout_secs: u64,
    pub heartbeat_auto: bool,
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<String>,
    pub docs: Switch,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
    /// On, but in production.
    Auto,
}

impl Switch {
    pub fn is_on(self, env: Env) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => env != Env::Production,
        }
    }
}

impl ServerConfig {
    /// `trusted_proxies` as networks; an address is a network of one.
    pub fn trusted_networks(&self) -> Vec<IpNet> {
        self.trusted_proxies.iter().filter_map(|text| network(text)).collect()
    }
}

/// An address, or a network in CIDR notation.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationsConfig {
    pub host: String,
    pub port: u16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    #[serde(deserialize_with = "log_level")]
    pub level: tracing::level_filters::LevelFilter,
    pub response_bodies: bool,
    pub slow_request_ms: u64,
    pub slow_statement_ms: u64,
    pub slow_dir: String,
}

/// Names, or the integers of older installations (0 debug … 5 panic).
fn log_level<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<tracing::level_filters::LevelFilter, D::Error> {
    use tracing::level_filters::LevelFilter;
    let text = String::deserialize(deserializer)?;
    match text.to_ascii_lowercase().as_str() {
        "trace" => Ok(LevelFilter::TRACE),
        "debug" | "0" => Ok(LevelFilter::DEBUG),
        "info" | "1" => Ok(LevelFilter::INFO),
        "warn" | "2" => Ok(LevelFilter::WARN),
        "error" | "3" | "4" | "5" => Ok(LevelFilter::ERROR),
        _ => Err(serde::de::Error::custom("log.level: expected trace, debug, info, warn or error")),
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    #[serde(deserialize_with = "list")]
    pub channels: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub clients: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentryConfig {
    pub dsn: Secret,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresConfig {
    pub url: Secret,
    pub owner_url: Secret,
    pub replica_url: Secret,
    pub direct_url: Secret,
    pub min_connections: u32,
    pub max_connections: u32,
    pub gateway_connections: u32,
    pub background_connections: u32,
    pub connect_timeout_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClickHouseConfig {
    pub url: String,
    pub database: String,
    pub user: String,
    pub password: Secret,
    pub max_execution_secs: u64,
    pub max_connections: usize,
    pub max_waiting: usize,
    pub max_wait_ms: u64,
    pub background_connections: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    #[serde(deserialize_with = "list")]
    pub addresses: Vec<String>,
    pub password: Secret,
    pub tls: bool,
    pub pool_size: usize,
    pub timeout_ms: u64,
    pub key_prefix: String,
    pub keyspace_notifications: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmqpConfig {
    pub url: Secret,
    pub ca_file: String,
    pub client_cert_file: String,
    pub client_key_file: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsConfig {
    pub lanes: usize,
    pub body_limit_bytes: usize,
    pub takeover_secs: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    pub hmac_secret: Secret,
    pub access_token_secs: u32,
    pub refresh_token_secs: u32,
    pub max_failed_logins: u32,
    /// Wrong passwords from one address, for whomever, after which it is refused; 0 = never.
    pub max_failed_logins_per_address: u32,
    pub lockout_secs: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    pub url: String,
    pub timeout_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerConfig {
    pub url: String,
    pub timeout_ms: u64,
    pub contract_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorsConfig {
    #[serde(deserialize_with = "list")]
    pub allowed_origins: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    pub max_entries: usize,
    pub max_bytes: u64,
    pub session_ttl_secs: u64,
    pub session_backfill_ttl_secs: u64,
    pub contract_ttl_secs: u64,
    pub contract_stale_secs: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    pub enabled: bool,
    pub free: PlanLimits,
    pub saas: PlanLimits,
    pub paid: PlanLimits,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLimits {
    pub tenant_per_second: u32,
    pub tenant_per_day: u32,
    pub search_per_minute: u32,
    pub read_per_minute: u32,
    pub write_per_minute: u32,
    pub import_per_minute: u32,
    pub other_per_minute: u32,
}

impl LimitsConfig {
    /// Limits of a tenant with this plan.
    pub fn of(&self, plan: Plan) -> &PlanLimits {
        match plan {
            Plan::Free => &self.free,
            Plan::Saas => &self.saas,
            Plan::Paid => &self.paid,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsConfig {
    pub limit_secs: u64,
    pub usage_reset_secs: u64,
    pub locations_secs: u64,
    pub search_phrases_secs: u64,
    pub contact_flags_secs: u64,
    pub ended_sessions_secs: u64,
    pub warehouse_secs: u64,
    pub collection_metrics_secs: u64,
    pub profile_search_secs: u64,
    pub profile_search_drift_secs: u64,
    pub keyword_reports_secs: u64,
    pub housekeeping_secs: u64,
    pub cron: BTreeMap<String, Cron>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageConfig {
    pub default_limit: i64,
}

#[cfg(test)]
mod tests {
    use tracing::level_filters::LevelFilter;

    use crate::core::config::Config;

    #[test]
    fn log_levels_are_names_or_the_integers_of_older_installations() {
        let level = |value: &str| {
            let config = Config::from_toml(&format!("[log]\nlevel = {value}"));
            config.map(|config| config.log.level).ok()
        };
        let old = [
            (0, LevelFilter::DEBUG),
            (1, LevelFilter::INFO),
            (2, LevelFilter::WARN),
            (3, LevelFilter::ERROR),
            (4, LevelFilter::ERROR),
            (5, LevelFilter::ERROR),
        ];
        for (number, expected) in old {
            assert_eq!(level(&number.to_string()), Some(expected), "{number}");
            assert_eq!(level(&format!("\"{number}\"")), Some(expected), "\"{number}\"");
        }
        for (name, expected) in [
            ("trace", LevelFilter::TRACE),
            ("debug", LevelFilter::DEBUG),
            ("Info", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("error", LevelFilter::ERROR),
        ] {
            assert_eq!(level(&format!("\"{name}\"")), Some(expected), "{name}");
        }
        for bad in ["6", "-1", "\"6\"", "\"panic\"", "\"off\"", "\"\"", "1.5", "true"] {
            assert_eq!(level(bad), None, "{bad}");
        }
    }
}
