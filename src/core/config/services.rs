//! Services that listeners need, and where files for clients go.
#![expect(
    missing_docs,
    reason = "config/default.toml documents each key, and is the user's manual"
)]

use serde::Deserialize;

use super::checks::is_http;
use super::sections::list;
use super::{ConfigError, Secret};

/// Longest life of a signed address, a limit of the protocol: seven days.
const MAX_SIGNED_URL_SECS: u64 = 604_800;

/// A service that is asked over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    pub url: String,
    pub timeout_ms: u64,
    pub authorization: Secret,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    pub kind: StorageKind,
    pub directory: String,
    pub public_url: String,
    #[serde(deserialize_with = "list")]
    pub report_buckets: Vec<String>,
    pub s3: S3Config,
}

/// Where files are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageKind {
    Local,
    S3,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    pub endpoint: String,
    pub region: String,
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub signed_url_secs: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectorConfig {
    pub url: String,
    pub cdn_url: String,
}

impl ServiceConfig {
    pub(super) fn check(&self, url: &'static str, limit: &'static str) -> Result<(), ConfigError> {
        if !self.url.is_empty() && !is_http(&self.url) {
            return Err(refused(url, "expected an http(s) address"));
        }
        if !(1..=60_000).contains(&self.timeout_ms) {
            return Err(refused(limit, "expected 1..=60000"));
        }
        Ok(())
    }
}

impl StorageConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !self.public_url.is_empty() && !is_http(&self.public_url) {
            return Err(refused("storage.public_url", "expected an http(s) address"));
        }
        match self.kind {
            StorageKind::Local if self.directory.is_empty() => {
                Err(refused("storage.directory", "expected a directory for kind local"))
            }
            StorageKind::Local => Ok(()),
            StorageKind::S3 => self.s3.check(),
        }
    }
}

impl S3Config {
    fn check(&self) -> Result<(), ConfigError> {
        if self.bucket.is_empty() {
            return Err(refused("storage.s3.bucket", "expected a bucket for kind s3"));
        }
        if self.region.is_empty() {
            return Err(refused("storage.s3.region", "expected a region for kind s3"));
        }
        if !self.endpoint.is_empty() && !is_http(&self.endpoint) {
            return Err(refused("storage.s3.endpoint", "expected an http(s) address"));
        }
        if self.access_key_id.is_empty() != self.secret_access_key.is_empty() {
            return Err(refused("storage.s3.secret_access_key", "expected both keys or none"));
        }
        if !(1..=MAX_SIGNED_URL_SECS).contains(&self.signed_url_secs) {
            return Err(refused("storage.s3.signed_url_secs", "expected 1..=604800"));
        }
        Ok(())
    }
}

fn refused(key: &'static str, reason: &str) -> ConfigError {
    ConfigError::Value { key, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::core::config::Config;

    #[test]
    fn a_bucket_needs_all_that_reaches_it() {
        let load = |toml: &str| Config::from_toml(&format!("[storage]\nkind = \"s3\"\n{toml}"));
        let good = "[storage.s3]\nbucket = \"b\"\naccess_key_id = \"a\"\nsecret_access_key = \"s\"";
        assert!(load(good).is_ok());
        assert!(load("[storage.s3]\nbucket = \"b\"").is_ok(), "keys of the instance");
        for bad in [
            "",
            "[storage.s3]\nbucket = \"b\"\nregion = \"\"",
            "[storage.s3]\nbucket = \"b\"\naccess_key_id = \"a\"",
            "[storage.s3]\nbucket = \"b\"\nendpoint = \"s3.example\"",
            "[storage.s3]\nbucket = \"b\"\nsigned_url_secs = 604801",
            "public_url = \"files.example\"\n[storage.s3]\nbucket = \"b\"",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn services_have_http_addresses_and_a_limit() {
        for section in ["job_tracker", "assets", "influencer_app"] {
            let load = |toml: &str| Config::from_toml(&format!("[{section}]\n{toml}"));
            assert!(load("url = \"http://jobs.example/base\"").is_ok());
            for bad in ["url = \"jobs.example\"", "timeout_ms = 0", "timeout_ms = 60001"] {
                assert!(load(bad).is_err(), "{section}: {bad}");
            }
        }
        assert!(Config::from_toml("[storage]\ndirectory = \"\"").is_err());
        assert!(Config::from_toml("[storage]\nkind = \"tape\"").is_err());
    }
}
