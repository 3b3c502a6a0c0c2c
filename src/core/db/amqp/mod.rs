//! RabbitMQ: the address and whether it answers. Publishing and consuming live in `core::events`.

mod login;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::tls::TlsAdaptor;
use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::core::config::{AmqpConfig, Config, Secret};
use crate::core::error::Error;
use crate::core::tls::install_provider;

const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
/// A broker that is silent for so long may have refused the login.
const SUSPICIOUS: Duration = Duration::from_millis(300);
/// A peer that is silent for twice as long is gone: its messages go to others.
const HEARTBEAT_SECS: u16 = 5;

const PORT: u16 = 5672;
const TLS_PORT: u16 = 5671;
const EXPECTED: &str = "amqp.url: expected amqp(s)://user:password@host:port/vhost";

/// Address of the broker.
#[derive(Clone)]
pub struct Amqp {
    arguments: OpenConnectionArguments,
    tls: Option<TlsConnector>,
    user: String,
    password: Secret,
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
        let address = Address::parse(url).ok_or_else(|| Error::internal("rabbitmq", EXPECTED))?;
        let Address { mut arguments, is_secure, user, password } = address;
        let mut tls = None;
        if is_secure {
            let host = arguments.get_host().to_owned();
            let connector = connector(&config.amqp);
            let connector = connector.map_err(|reason| Error::internal("rabbitmq", reason))?;
            arguments.tls_adaptor(TlsAdaptor::new(connector.clone(), host));
            tls = Some(connector);
        }
        Ok(Some(Self { arguments, tls, user, password: Secret::new(password) }))
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
        let opening = tokio::time::timeout(OPEN_TIMEOUT, Connection::open(&self.arguments));
        tokio::select! {
            opened = opening => match opened {
                Ok(opened) => opened.map_err(|error| Error::internal("rabbitmq", error)),
                Err(_) => Err(Error::internal("rabbitmq", "no answer in time")),
            },
            reason = self.refusal() => {
                Err(Error::internal("rabbitmq", format!("it refuses the login: {reason}")))
            }
        }
    }

    /// Ends when it is known that the broker refuses the login.
    async fn refusal(&self) -> String {
        tokio::time::sleep(SUSPICIOUS).await;
        match self.ask_for_refusal().await {
            Ok(Some(reason)) => reason,
            // Opening the connection says what happened.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    async fn ask_for_refusal(&self) -> io::Result<Option<String>> {
        let (host, port) = (self.arguments.get_host(), self.arguments.get_port());
        let stream = TcpStream::connect((host, port)).await?;
        let login = (self.user.as_str(), self.password.expose());
        let Some(tls) = &self.tls else { return login::refusal(stream, login).await };
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        login::refusal(tls.connect(name, stream).await?, login).await
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
fn connector(config: &AmqpConfig) -> Result<TlsConnector, String> {
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
    Ok(Arc::new(client).into())
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

/// Parts of `amqp(s)://user:password@host:port/vhost`, percent-decoded; without a path the virtual host is
/// `/`.
struct Address {
    arguments: OpenConnectionArguments,
    is_secure: bool,
    user: String,
    password: String,
}

impl Address {
    fn parse(url: &str) -> Option<Self> {
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
        let vhost = if vhost.is_empty() { "/" } else { &vhost };
        arguments.virtual_host(vhost).heartbeat(HEARTBEAT_SECS);
        Some(Self { arguments, is_secure, user, password })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let of = |url| {
            let Address { arguments, is_secure, .. } = Address::parse(url)?;
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
