//! Contracts of a partner.

use chrono::{DateTime, Utc};

use super::dao;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::types::Plan;

/// What a partner may use from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// `SAAS` for the contracts that decide the plan.
    pub contract_type: String,
    /// `FREE`, `SAAS` or `PAID`.
    pub plan: String,
    /// First instant.
    pub start_time: DateTime<Utc>,
    /// End, exclusive.
    pub end_time: DateTime<Utc>,
}

/// Partners and contracts.
#[derive(Debug, Clone, Copy, Default)]
pub struct PartnerService;

impl PartnerService {
    /// Contracts of a partner in the order in which they were made; none for an unknown partner.
    ///
    /// # Errors
    /// A store error.
    pub async fn contracts(
        &self,
        stores: &Stores,
        partner_id: i64,
    ) -> Result<Vec<Contract>, Error> {
        let db = Db::pool(&stores.postgres.primary, &stores.metrics.statements);
        self.contracts_by(&db, partner_id).await
    }

    /// The same, on a given connection.
    ///
    /// # Errors
    /// A store error.
    pub async fn contracts_by(&self, db: &Db<'_>, partner_id: i64) -> Result<Vec<Contract>, Error> {
        dao::contracts(db, partner_id).await
    }

    /// Creates the partner if it does not exist, on the schema owner's connection.
    ///
    /// # Errors
    /// A store error.
    pub async fn ensure_partner(&self, owner: &Db<'_>, partner_id: i64) -> Result<(), Error> {
        dao::ensure_partner(owner, partner_id).await
    }

    /// Makes `plan` the partner's plan from `start` to `end`, on the schema owner's connection. The
    /// contract with the latest start decides, so earlier ones stay as they are.
    ///
    /// # Errors
    /// A store error.
    pub async fn add_contract(
        &self,
        owner: &Db<'_>,
        partner_id: i64,
        plan: Plan,
        span: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), Error> {
        dao::insert_contract(owner, partner_id, plan, span).await
    }
}
