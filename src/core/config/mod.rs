//! Typed configuration: embedded defaults < `config/{env}.toml` < `COFFEE__SECTION__KEY`.
//!
//! Nothing else in the crate reads an environment variable or a configuration file. Unknown keys
//! and impossible combinations refuse to start.

mod checks;
mod discovery;
mod production;
mod roles;
mod secret;
mod sections;
mod services;
mod stray;
mod upstream;

use std::path::{Path, PathBuf};

use config::{Config as Source, Environment, File, FileFormat};
use serde::Deserialize;

pub use discovery::{DiscoveryConfig, SearchStore};
pub use roles::{Load, ROLES, Role, RoleRow, background_threads, role_names};
pub use secret::Secret;
use sections::list;
pub use sections::*;
pub use services::{CollectorConfig, S3Config, ServiceConfig, StorageConfig, StorageKind};
pub use stray::stray_variables;
pub use upstream::UpstreamConfig;

/// Where mode files are unless said.
const DIRECTORY: &str = "config";
const DEFAULTS: &str = include_str!("../../../config/default.toml");
const MIN_HMAC_BYTES: usize = 32;

/// Why the configuration is refused. The text names the key and what is expected.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A source could not be read, or a key is unknown or of the wrong type.
    #[error("configuration: {0}")]
    Source(#[from] config::ConfigError),
    /// The directory that was given does not exist.
    #[error("configuration: {} is no directory (--config-dir)", .0.display())]
    Directory(PathBuf),
    /// A value is out of its documented range.
    #[error("configuration key {key}: {reason}")]
    Value {
        /// Dotted name of the key.
        key: &'static str,
        /// What is expected.
        reason: String,
    },
}

/// The whole configuration of a process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Mode of operation.
    pub env: Env,
    /// What the process does.
    #[serde(deserialize_with = "list")]
    pub roles: Vec<Role>,
    /// Business settings.
    pub app: AppConfig,
    /// Public listener.
    pub server: ServerConfig,
    /// Operations listener.
    pub operations: OperationsConfig,
    /// Logging.
    pub log: LogConfig,
    /// Labels of metrics.
    pub metrics: MetricsConfig,
    /// Error tracker.
    pub sentry: SentryConfig,
    /// PostgreSQL.
    pub postgres: PostgresConfig,
    /// ClickHouse.
    pub clickhouse: ClickHouseConfig,
    /// Redis.
    pub redis: RedisConfig,
    /// RabbitMQ.
    pub amqp: AmqpConfig,
    /// Outbox and messages.
    pub events: EventsConfig,
    /// Session tokens.
    pub auth: AuthConfig,
    /// External identity service.
    pub identity: IdentityConfig,
    /// External partner service.
    pub partner: PartnerConfig,
    /// Which modules work.
    pub modules: ModulesConfig,
    /// Browsers' origins.
    pub cors: CorsConfig,
    /// Services behind the reverse proxy.
    pub upstream: UpstreamConfig,
    /// Caches of the gateway.
    pub cache: CacheConfig,
    /// Rate limits.
    pub limits: LimitsConfig,
    /// Scheduled jobs.
    pub jobs: JobsConfig,
    /// Usage counters.
    pub usage: UsageConfig,
    /// Discovery module.
    pub discovery: DiscoveryConfig,
    /// Collector service.
    pub collector: CollectorConfig,
    /// Job tracker, which hears what became of its batches.
    pub job_tracker: ServiceConfig,
    /// Asset service, which keeps files for clients.
    pub assets: ServiceConfig,
    /// Application for influencers, which keeps a copy of what staff know of them.
    pub influencer_app: ServiceConfig,
    /// Where files for clients go without an asset service.
    pub storage: StorageConfig,
}

impl Config {
    /// Loads the configuration of this process. Mode files are looked for in `directory`, which has to
    /// exist; absent = in `config`, where that exists.
    ///
    /// # Errors
    /// A source that cannot be read, an unknown key, a value out of range.
    pub fn load(directory: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(missing) = directory.filter(|directory| !directory.is_dir()) {
            return Err(ConfigError::Directory(missing.to_owned()));
        }
        let directory = directory.unwrap_or(Path::new(DIRECTORY));
        let defaults = File::from_str(DEFAULTS, FileFormat::Toml);
        let env: Env = Self::builder()?
            .add_source(defaults.clone())
            .add_source(Self::environment())
            .build()?
            .get("env")?;
        let mode_file = directory.join(format!("{}.toml", env.name()));
        Self::from_source(
            Self::builder()?
                .add_source(defaults)
                .add_source(File::from(mode_file).format(FileFormat::Toml).required(false))
                .add_source(Self::environment()),
        )
    }

    /// Configuration of the embedded defaults with `overrides` in TOML on top; reads no environment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_toml(overrides: &str) -> Result<Self, ConfigError> {
        Self::from_source(
            Self::builder()?
                .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
                .add_source(File::from_str(overrides, FileFormat::Toml)),
        )
    }

    /// Nobody said so: a release build serves in production, a debug build is a developer's.
    fn builder() -> Result<config::ConfigBuilder<config::builder::DefaultState>, ConfigError> {
        let unsaid = if cfg!(debug_assertions) { Env::Development } else { Env::Production };
        Ok(Source::builder().set_default("env", unsaid.name())?)
    }

    /// Text: what its key expects decides what is read from it.
    fn environment() -> Environment {
        Environment::with_prefix("COFFEE").prefix_separator("__").separator("__")
    }

    fn from_source(
        builder: config::ConfigBuilder<config::builder::DefaultState>,
    ) -> Result<Self, ConfigError> {
        let config: Self = builder.build()?.try_deserialize()?;
        config.check()?;
        Ok(config)
    }

    /// URL for commands that change the schema or load catalogue data.
    pub fn owner_url(&self) -> &Secret {
        if self.postgres.owner_url.is_empty() {
            self.direct_url()
        } else {
            &self.postgres.owner_url
        }
    }

    /// URL for connections whose session is their own.
    pub fn direct_url(&self) -> &Secret {
        if self.is_pooled() { &self.postgres.direct_url } else { &self.postgres.url }
    }

    /// Whether `postgres.url` may be a pooler that gives every transaction another session.
    pub fn is_pooled(&self) -> bool {
        !self.postgres.direct_url.is_empty()
    }

    /// What ids of jobs of this installation begin with.
    pub fn job_prefix(&self) -> String {
        match self.app.job_prefix.as_str() {
            "" => self.env.name().to_uppercase(),
            prefix => prefix.to_owned(),
        }
    }

    /// Transactions in which a process carries events at the same time.
    pub fn relay_lanes(&self) -> usize {
        match self.events.lanes {
            0 if self.amqp.url.is_empty() => 2,
            0 => 1,
            lanes => lanes,
        }
    }

    /// Key of the session tokens, decoded.
    ///
    /// # Errors
    /// Not standard base64, or shorter than 32 bytes.
    pub fn hmac_key(&self) -> Result<Vec<u8>, ConfigError> {
        use base64::Engine as _;
        let refuse = |reason: &str| ConfigError::Value {
            key: "auth.hmac_secret",
            reason: reason.to_owned(),
        };
        let key = base64::engine::general_purpose::STANDARD
            .decode(self.auth.hmac_secret.expose())
            .map_err(|_| refuse("expected standard base64 (set COFFEE__AUTH__HMAC_SECRET)"))?;
        if key.len() < MIN_HMAC_BYTES {
            return Err(refuse(
                "expected base64 of at least 32 bytes (set COFFEE__AUTH__HMAC_SECRET)",
            ));
        }
        if self.env == Env::Production && production::is_guessable(&key) {
            return Err(refuse(
                "expected random bytes (openssl rand -base64 32): this key can be guessed",
            ));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        let config = Config::from_toml("").expect("embedded defaults load");
        assert_eq!(config.server.port, 8009);
        assert_eq!(config.discovery.country, "IN");
    }

    #[test]
    fn unknown_key_is_refused() {
        let error = Config::from_toml("[server]\nporrt = 1").expect_err("unknown key");
        assert!(error.to_string().contains("porrt"), "{error}");
    }

    #[test]
    fn short_or_broken_hmac_secret_is_refused() {
        for secret in ["", "not base64!", "c2hvcnQ="] {
            let config = Config::from_toml(&format!("[auth]\nhmac_secret = \"{secret}\""))
                .expect("loads without checking the key");
            assert!(config.hmac_key().is_err(), "{secret}");
        }
    }

    #[test]
    fn env_is_read_in_any_case() {
        let config = Config::from_toml("env = \"PRODUCTION\"").expect("loads");
        assert_eq!(config.env, Env::Production);
    }

    #[test]
    fn variables_are_read_as_their_keys_expect() {
        let load = |variables: &[(&str, &str)]| {
            let variables = variables
                .iter()
                .map(|(key, value)| (format!("COFFEE__{key}"), (*value).to_owned()));
            let environment = Config::environment().source(Some(variables.collect()));
            let defaults = File::from_str(DEFAULTS, FileFormat::Toml);
            Config::from_source(
                Config::builder().expect("a mode").add_source(defaults).add_source(environment),
            )
        };
        let config = load(&[
            ("REDIS__PASSWORD", "0123"),
            ("CLICKHOUSE__PASSWORD", "1e5"),
            ("CLICKHOUSE__USER", "TRUE"),
            ("REDIS__ADDRESSES", " a:1, b:2 ,"),
            ("CORS__ALLOWED_ORIGINS", ""),
            ("METRICS__CLIENTS", "42"),
            ("ROLES", "api,jobs"),
            ("SERVER__PORT", "8080"),
            ("LIMITS__ENABLED", "false"),
            ("LOG__LEVEL", "2"),
        ]);
        let config = config.expect("loads");
        assert_eq!(config.redis.password.expose(), "0123");
        assert_eq!(config.clickhouse.password.expose(), "1e5");
        assert_eq!(config.clickhouse.user, "TRUE");
        assert_eq!(config.redis.addresses, ["a:1", "b:2"]);
        assert_eq!(config.cors.allowed_origins, [""; 0]);
        assert_eq!(config.metrics.clients, ["42"]);
        assert_eq!(config.roles, [Role::Api, Role::Jobs]);
        assert_eq!((config.server.port, config.limits.enabled), (8080, false));
        assert_eq!(config.log.level, tracing::level_filters::LevelFilter::WARN);
        for bad in [("SERVER__PORT", "x"), ("ROLES", "api,nobody"), ("SERVER__PORRT", "1")] {
            assert!(load(&[bad]).is_err(), "{bad:?}");
        }
    }
}
