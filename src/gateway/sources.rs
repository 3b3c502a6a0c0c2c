//! Where identities and contracts come from: the built-in modules, or the services whose addresses
//! are configured.

use std::sync::Arc;

use reqwest::header::HeaderMap;

use super::identity_client::{IdentityClient, Verified};
use super::partner_client::PartnerClient;
use crate::core::config::{Config, ConfigError};
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::token::Claims;
use crate::modules::identity::IdentityService;
use crate::modules::partner::{Contract, PartnerService};

/// Says whose a token is.
pub enum IdentitySource {
    /// The module of this process.
    BuiltIn(Arc<IdentityService>),
    /// The service at `identity.url`.
    External(IdentityClient),
}

/// A verified token in question, and the headers that a service gets with the question.
pub struct TokenInQuestion<'a> {
    /// The whole token.
    pub token: &'a str,
    /// What it says.
    pub claims: &'a Claims,
    /// What is said about the client.
    pub headers: HeaderMap,
}

impl IdentitySource {
    /// The configured source.
    ///
    /// # Errors
    /// An address that is not usable.
    pub fn new(config: &Config, built_in: Arc<IdentityService>) -> Result<Self, ConfigError> {
        if config.identity.url.is_empty() {
            return Ok(Self::BuiltIn(built_in));
        }
        Ok(Self::External(IdentityClient::new(&config.identity)?))
    }

    /// What a question says about the client: only a service wants to know.
    pub fn headers(&self, headers: impl FnOnce() -> HeaderMap) -> HeaderMap {
        match self {
            Self::BuiltIn(_) => HeaderMap::new(),
            Self::External(_) => headers(),
        }
    }

    /// Whose token it is; `None` when its session is not alive.
    ///
    /// # Errors
    /// The source cannot tell.
    pub async fn verify(
        &self,
        stores: &Stores,
        question: TokenInQuestion<'_>,
    ) -> Result<Option<Verified>, Error> {
        match self {
            Self::BuiltIn(service) => {
                let identity = service.session(stores, &question.claims.sid).await?;
                Ok(identity.map(|identity| Verified { identity, client: None }))
            }
            Self::External(client) => client.verify(question.token, question.headers).await,
        }
    }
}

/// Knows the contracts of partners.
pub enum ContractSource {
    /// The module of this process.
    BuiltIn(Arc<PartnerService>),
    /// The service at `partner.url`.
    External(PartnerClient),
}

impl ContractSource {
    /// The configured source.
    ///
    /// # Errors
    /// An address that is not usable.
    pub fn new(config: &Config, built_in: Arc<PartnerService>) -> Result<Self, ConfigError> {
        if config.partner.url.is_empty() {
            return Ok(Self::BuiltIn(built_in));
        }
        Ok(Self::External(PartnerClient::new(&config.partner)?))
    }

    /// Contracts of a partner; none for an unknown one. `headers` go to a service that is asked.
    ///
    /// # Errors
    /// The source cannot tell.
    pub async fn contracts(
        &self,
        stores: &Stores,
        partner_id: i64,
        headers: impl FnOnce() -> HeaderMap,
    ) -> Result<Vec<Contract>, Error> {
        match self {
            Self::BuiltIn(service) => service.contracts(stores, partner_id).await,
            Self::External(client) => client.contracts(partner_id, headers()).await,
        }
    }
}
