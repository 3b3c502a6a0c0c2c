//! RabbitMQ: the address and whether it answers. Publishing and consuming live in `core::events`.

use std::time::Duration;

use amqprs::connection::{Connection, OpenConnectionArguments};
use percent_encoding::percent_decode_str;

use crate::core::config::Config;
use crate::core::error::Error;

const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
/// A peer that is silent for twice as long is gone: its messages go to others.
const HEARTBEAT_SECS: u16 = 5;

const PORT: u16 = 5672;
const EXPECTED: &str = "amqp.url: expected amqp://user:password@host:port/vhost";

/// Address of the broker.
#[derive(Clone)]
pub struct Amqp {
    arguments: OpenConnectionArguments,
}

impl Amqp {
    /// `None` when no address is configured.
    ///
    /// # Errors
    /// Not an `amqp://` address.
    pub fn new(config: &Config) -> Result<Option<Self>, Error> {
        let url = config.amqp.url.expose();
        if url.is_empty() {
            return Ok(None);
        }
        let arguments = arguments(url).ok_or_else(|| Error::internal("rabbitmq", EXPECTED))?;
        Ok(Some(Self { arguments }))
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// The broker does not answer in time, or refuses.
    pub async fn connect(&self) -> Result<Connection, Error> {
        match tokio::time::timeout(OPEN_TIMEOUT, Connection::open(&self.arguments)).await {
            Ok(opened) => opened.map_err(|error| Error::internal("rabbitmq", error)),
            Err(_) => Err(Error::internal("rabbitmq", "no answer in time")),
        }
    }

    /// Whether the broker answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let connection = self.connect().await?;
        connection.close().await.map_err(|error| Error::internal("rabbitmq", error))
    }
}

/// Parts of `amqp://user:password@host:port/vhost`, percent-decoded; without a path the virtual host is
/// `/`.
fn arguments(url: &str) -> Option<OpenConnectionArguments> {
    let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "amqp")?;
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    let part = |text: &str| decoded(if text.is_empty() { "guest" } else { text });
    let (user, password) = (part(url.username())?, part(url.password().unwrap_or_default())?);
    let vhost = decoded(url.path().strip_prefix('/').unwrap_or_default())?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let port = url.port().unwrap_or(PORT);
    let mut arguments = OpenConnectionArguments::new(host, port, &user, &password);
    arguments.virtual_host(if vhost.is_empty() { "/" } else { &vhost }).heartbeat(HEARTBEAT_SECS);
    Some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let of = |url| {
            let arguments = arguments(url)?;
            let vhost = arguments.get_virtual_host().to_owned();
            Some(format!("{}:{} {vhost}", arguments.get_host(), arguments.get_port()))
        };
        assert_eq!(of("amqp://u:p%40@h:1/%2f").as_deref(), Some("h:1 /"));
        assert_eq!(of("amqp://h").as_deref(), Some("h:5672 /"));
        assert_eq!(of("amqp://u:p@[::1]:2/team%2Fa").as_deref(), Some("::1:2 team/a"));
        for bad in ["amqps://h", "h:1", "", "amqp://", "amqp://h/%ff"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
