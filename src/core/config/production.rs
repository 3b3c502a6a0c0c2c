//! What is fine on a developer's machine and dangerous in production.

use ipnet::IpNet;

use super::{Config, ConfigError, Env, Secret, network};

/// Passwords that everybody tries first, beside the name of the login itself.
const KNOWN: [&str; 10] = [
    "coffee",
    "coffee_owner",
    "guest",
    "postgres",
    "default",
    "password",
    "secret",
    "admin",
    "changeme",
    "test",
];
/// Different bytes of a key at least; 32 random ones have 30 on average.
const DIFFERENT_BYTES: usize = 16;

impl Config {
    /// Refuses what a production installation must not have; elsewhere anything goes.
    ///
    /// # Errors
    /// The key and what is expected.
    pub fn check_production(&self) -> Result<(), ConfigError> {
        if self.env != Env::Production {
            return Ok(());
        }
        let refuse = |key, reason: String| Err(ConfigError::Value { key, reason });
        for (key, url) in [
            ("postgres.url", self.postgres.url.expose()),
            ("postgres.owner_url", self.postgres.owner_url.expose()),
            ("postgres.replica_url", self.postgres.replica_url.expose()),
            ("clickhouse.url", &self.clickhouse.url),
            ("amqp.url", self.amqp.url.expose()),
        ] {
            if has_known_password(url) {
                return refuse(key, "in production: a password that is not well known".into());
            }
        }
        for (key, user, password) in [
            ("clickhouse.password", self.clickhouse.user.as_str(), &self.clickhouse.password),
            ("redis.password", "default", &self.redis.password),
        ] {
            if is_known(user, password) {
                return refuse(key, "in production: a password that is not well known".into());
            }
        }
        if let Some(bad) = self.cors.allowed_origins.iter().find(|origin| is_too_wide(origin)) {
            return refuse(
                "cors.allowed_origins",
                format!("in production: anybody can have a host of {bad}"),
            );
        }
        let proxies = &self.server.trusted_proxies;
        if let Some(bad) = proxies.iter().find(|text| network(text).is_some_and(is_vast)) {
            return refuse(
                "server.trusted_proxies",
                format!("in production: the networks of load balancers, not {bad}"),
            );
        }
        Ok(())
    }
}

/// Whether somebody who tries comes upon a key: nearly constant, or a short text again and again.
pub(super) fn is_guessable(key: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in key {
        seen[usize::from(*byte)] = true;
    }
    let different = seen.iter().filter(|seen| **seen).count();
    let repeats = |length: usize| key.iter().zip(key.iter().skip(length)).all(|(a, b)| a == b);
    let counts_up = key.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 1);
    different < DIFFERENT_BYTES || counts_up || (1..=key.len() / 2).any(repeats)
}

fn has_known_password(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let password = url.password().unwrap_or_default();
    // A broker takes a missing login for guest:guest.
    (url.scheme() == "amqp" && password.is_empty())
        || is_known(url.username(), &Secret::new(password))
}

/// Without a password something else says who comes: a socket, a certificate, a network.
fn is_known(user: &str, password: &Secret) -> bool {
    let password = password.expose();
    !password.is_empty() && (password == user || KNOWN.contains(&password))
}

/// Whether a wildcard spans hosts of different owners, as `*.com`, `*.co.in` and `*.github.io` do.
fn is_too_wide(origin: &str) -> bool {
    let Some((_, host)) = origin.split_once("://*.") else { return false };
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase();
    psl::domain_str(&host).is_none()
}

/// No load balancers have as many addresses.
fn is_vast(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "iZ0hb5Q3xkpX1o8WfE6Q0mV9s2cTnLrJ7uYzDgBtHwE=";
    const GOOD: &str = "\
        [postgres]\nurl = \"postgres://app:Xy7d-kd9@db/coffee\"\n";

    fn load(toml: &str) -> Config {
        let text = format!("env = \"production\"\n{toml}");
        Config::from_toml(&text).expect("loads")
    }

    #[test]
    fn production_refuses_what_anybody_knows() {
        assert!(load(GOOD).check_production().is_ok());
        assert!(load("").check_production().is_err(), "the default login");
        for bad in [
            "[amqp]\nurl = \"amqp://coffee:coffee@mq\"",
            "[amqp]\nurl = \"amqp://mq\"",
            "[amqp]\nurl = \"amqp://a:guest@mq\"",
            "[clickhouse]\nurl = \"http://a:a@ch:8123\"",
            "[clickhouse]\nuser = \"b\"\npassword = \"b\"",
            "[redis]\npassword = \"changeme\"",
            "[cors]\nallowed_origins = [\"https://*.com\"]",
            "[cors]\nallowed_origins = [\"https://*.co.in:8443\"]",
            "[cors]\nallowed_origins = [\"https://*.github.io\"]",
            "[server]\ntrusted_proxies = [\"0.0.0.0/0\"]",
            "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"::/0\"]",
        ] {
            let config = load(&format!("{GOOD}{bad}"));
            assert!(config.check_production().is_err(), "{bad}");
            let elsewhere = Config { env: Env::Test, ..config };
            assert!(elsewhere.check_production().is_ok(), "{bad}");
        }
        for good in [
            "[cors]\nallowed_origins = [\"https://*.example.com:8443\", \"https://a.com\"]",
            "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"fc00::/7\", \"192.0.2.1\"]",
            "[amqp]\nurl = \"amqp://app:k9-Kd0xx@mq\"",
        ] {
            assert!(load(&format!("{GOOD}{good}")).check_production().is_ok(), "{good}");
        }
    }

    #[test]
    fn production_refuses_a_key_that_can_be_guessed() {
        use base64::Engine as _;
        let with = |env: &str, key: &str| {
            let text = format!("env = \"{env}\"\n[auth]\nhmac_secret = \"{key}\"");
            Config::from_toml(&text).expect("loads").hmac_key()
        };
        assert!(with("production", KEY).is_ok());
        let encode = |key: &[u8]| base64::engine::general_purpose::STANDARD.encode(key);
        let counting: Vec<u8> = (1..=32).collect();
        for bad in [
            encode(&[0; 32]),
            encode(b"0123456789abcdef0123456789abcdef"),
            encode(b"secretsecretsecretsecretsecretsecret"),
            encode(&counting),
        ] {
            assert!(with("production", &bad).is_err(), "{bad}");
            assert!(with("test", &bad).is_ok(), "{bad}");
        }
    }
}
