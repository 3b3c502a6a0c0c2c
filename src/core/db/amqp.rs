//! RabbitMQ: the address and whether it answers. Publishing and consuming live in `core::events`.

use std::sync::Arc;
use std::time::Duration;

use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::tls::TlsAdaptor;
use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::core::config::{AmqpConfig, Config};
use crate::core::error::Error;
use crate::core::tls::install_provider;

const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
/// A peer that is silent for twice as long is gone: its messages go to others.
const HEARTBEAT_SECS: u16 = 5;

const PORT: u16 = 5672;
const TLS_PORT: u16 = 5671;
const EXPECTED: &str = "amqp.url: expected amqp(s)://user:password@host:port/vhost";

/// Address of the broker.
#[derive(Clone)]
pub struct Amqp {
    arguments: OpenConnectionArguments,
}

impl Amqp {
    /// `None` when no address is configured.
    ///
    /// # Errors
    /// Not an `amqp://` or `amqps://` address, or certificates that cannot be read.
    pub fn new(config: &Config) -> Result<Option<Self>, Error> {
        let url = config.amqp.url.expose();
        if url.is_empty() {
            return Ok(None);
        }
        let arguments = arguments(url).ok_or_else(|| Error::internal("rabbitmq", EXPECTED))?;
        let (mut arguments, is_secure) = arguments;
        if is_secure {
            let host = arguments.get_host().to_owned();
            let tls = tls(&config.amqp, host);
            arguments.tls_adaptor(tls.map_err(|reason| Error::internal("rabbitmq", reason))?);
        }
        Ok(Some(Self { arguments }))
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.arguments.get_host(), self.arguments.get_port())
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

/// TLS as configured; or what is wrong with the configuration.
fn tls(config: &AmqpConfig, host: String) -> Result<TlsAdaptor, String> {
    install_provider();
    let builder = ClientConfig::builder();
    let builder = if config.ca_file.is_empty() {
        let platform = builder.with_platform_verifier();
        platform.map_err(|error| format!("the system's certificates: {error}"))?
    } else {
        let mut roots = RootCertStore::empty();
        for root in certificates("amqp.ca_file", &config.ca_file)? {
            roots.add(root).map_err(|error| format!("amqp.ca_file: {error}"))?;
        }
        builder.with_root_certificates(roots)
    };
    let client = if config.client_cert_file.is_empty() {
        builder.with_no_client_auth()
    } else {
        let chain = certificates("amqp.client_cert_file", &config.client_cert_file)?;
        let key = PrivateKeyDer::from_pem_file(&config.client_key_file);
        let key =
            key.map_err(|e| format!("amqp.client_key_file: {}: {e}", config.client_key_file))?;
        let client = builder.with_client_auth_cert(chain, key);
        client.map_err(|error| format!("amqp.client_cert_file: {error}"))?
    };
    Ok(TlsAdaptor::new(Arc::new(client).into(), host))
}

/// The certificates of a PEM file; at least one.
fn certificates(key: &str, path: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let failed = |error| format!("{key}: {path}: {error}");
    let certificates = CertificateDer::pem_file_iter(path).map_err(failed)?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(failed)?;
    if certificates.is_empty() {
        return Err(format!("{key}: {path} has no certificate"));
    }
    Ok(certificates)
}

/// Parts of `amqp(s)://user:password@host:port/vhost`, percent-decoded, and whether TLS is asked for;
/// without a path the virtual host is `/`.
fn arguments(url: &str) -> Option<(OpenConnectionArguments, bool)> {
    let url = url::Url::parse(url).ok()?;
    let (is_secure, usual_port) = match url.scheme() {
        "amqp" => (false, PORT),
        "amqps" => (true, TLS_PORT),
        _ => return None,
    };
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    let part = |text: &str| decoded(if text.is_empty() { "guest" } else { text });
    let (user, password) = (part(url.username())?, part(url.password().unwrap_or_default())?);
    let vhost = decoded(url.path().strip_prefix('/').unwrap_or_default())?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let port = url.port().unwrap_or(usual_port);
    let mut arguments = OpenConnectionArguments::new(host, port, &user, &password);
    arguments.virtual_host(if vhost.is_empty() { "/" } else { &vhost }).heartbeat(HEARTBEAT_SECS);
    Some((arguments, is_secure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let of = |url| {
            let (arguments, is_secure) = arguments(url)?;
            let vhost = arguments.get_virtual_host().to_owned();
            let tls = if is_secure { " TLS" } else { "" };
            Some(format!("{}:{} {vhost}{tls}", arguments.get_host(), arguments.get_port()))
        };
        assert_eq!(of("amqp://u:p%40@h:1/%2f").as_deref(), Some("h:1 /"));
        assert_eq!(of("amqp://h").as_deref(), Some("h:5672 /"));
        assert_eq!(of("amqp://u:p@[::1]:2/team%2Fa").as_deref(), Some("::1:2 team/a"));
        assert_eq!(of("amqps://h").as_deref(), Some("h:5671 / TLS"));
        for bad in ["https://h", "h:1", "", "amqp://", "amqp://h/%ff"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
