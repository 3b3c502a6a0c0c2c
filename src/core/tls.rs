//! The cryptography behind every outgoing TLS connection.

/// Makes *ring* the provider of the process; a second call changes nothing.
pub fn install_provider() {
    // An error means that a provider is installed already, which is what this is for.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
