//! Where an upstream listens, and how to open a connection to it.

use std::io;
use std::sync::Arc;

use hyper::http::HeaderValue;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Position, Url};

use crate::core::config::ConfigError;

/// A byte stream to an upstream.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Scheme, host and port of an upstream.
pub(super) struct Origin {
    host: String,
    port: u16,
    /// Value of the `Host` header.
    authority: HeaderValue,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Origin {
    /// Of a checked URL.
    ///
    /// # Errors
    /// No usable host or trusted certificates.
    pub(super) fn new(url: &Url) -> Result<Self, ConfigError> {
        let refused = |reason: String| ConfigError::Value { key: "upstream", reason };
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            None => return Err(refused(format!("{url} has no host"))),
        };
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let tls = (url.scheme() == "https").then(|| tls(&host)).transpose();
        Ok(Self {
            authority: HeaderValue::from_str(authority).map_err(|e| refused(e.to_string()))?,
            port: url.port_or_known_default().unwrap_or(80),
            tls: tls.map_err(|error| refused(format!("{url}: {error}")))?,
            host,
        })
    }

    /// Value of the `Host` header.
    pub(super) fn authority(&self) -> HeaderValue {
        self.authority.clone()
    }

    /// Opens a connection, with TLS where the scheme asks for it.
    ///
    /// # Errors
    /// Nobody listens, or the TLS handshake fails.
    pub(super) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => Ok(Box::new(stream)),
            Some((connector, name)) => Ok(Box::new(connector.connect(name.clone(), stream).await?)),
        }
    }
}

fn tls(host: &str) -> Result<(TlsConnector, ServerName<'static>), rustls::Error> {
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| rustls::Error::General(error.to_string()))?;
    let mut config = ClientConfig::with_platform_verifier()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsConnector::from(Arc::new(config)), name))
}
