//! Partners and their contracts.

use chrono::{DateTime, Utc};

use super::dao;
use super::dto::PartnerOut;
use crate::core::config::Config;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::invalidation::{Invalidation, announce};
use crate::core::session::Session;
use crate::core::stores::Stores;
use crate::core::types::Plan;
use crate::modules::partner_usage::{ContractTerms, UsageService};

/// Longest name.
const LONGEST_NAME: usize = 255;
/// Kind of the contracts that decide the plan.
const DECIDES_PLAN: &str = "SAAS";

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

/// A contract to make.
#[derive(Debug, Clone, Copy)]
pub struct NewContract {
    /// Tenant.
    pub partner_id: i64,
    /// Plan that it gives.
    pub plan: Plan,
    /// First instant.
    pub start: DateTime<Utc>,
    /// End, exclusive, after the start.
    pub end: DateTime<Utc>,
    /// Units of each limited module per month, 0 or more.
    pub limit: i64,
}

/// Partners and contracts.
#[derive(Debug, Clone)]
pub struct PartnerService {
    usage: UsageService,
}

impl PartnerService {
    /// New contracts get their counters from the usage engine.
    pub fn new(config: &Config) -> Self {
        Self { usage: UsageService::new(config) }
    }

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
        dao::contracts(&db, partner_id).await
    }

    /// A partner that the caller may see: the own one, any for the platform's own partner.
    ///
    /// # Errors
    /// `invalid Record Id - {id}` for every other one, or a store error.
    pub(super) async fn own_partner(
        &self,
        session: &Session,
        id: &str,
    ) -> Result<PartnerOut, Error> {
        let caller = session.caller();
        let invalid = || Error::rejected(Error::invalid_record(id).public_message());
        let wanted: i64 = id.parse().map_err(|_| invalid())?;
        if !caller.is_admin() && caller.partner_id != Some(wanted) {
            return Err(invalid());
        }
        let found = dao::partners(&session.catalogue(), Some(wanted)).await?;
        found.into_iter().next().ok_or_else(invalid)
    }

    /// Partners with their contracts: one, or all.
    ///
    /// # Errors
    /// A store error.
    pub async fn partners(
        &self,
        session: &Session,
        id: Option<i64>,
    ) -> Result<Vec<PartnerOut>, Error> {
        dao::partners(&session.catalogue(), id).await
    }

    /// Creates a partner, as the schema's owner; without an id it gets the next free one.
    ///
    /// # Errors
    /// An unusable name or id, an id that is taken, or a store error.
    pub async fn add_partner(
        &self,
        session: &Session,
        id: Option<i64>,
        name: &str,
    ) -> Result<Vec<PartnerOut>, Error> {
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
            let text = format!("a name has 1 to {LONGEST_NAME} characters");
            return Err(Error::refused(text));
        }
        if id.is_some_and(|id| id <= 0) {
            return Err(Error::refused("ids of partners are positive"));
        }
        let db = session.write().await?;
        let id = dao::insert_partner(&db, id, name).await?;
        dao::partners(&db, Some(id)).await
    }

    /// Creates the partner if it does not exist, as the schema's owner.
    ///
    /// # Errors
    /// A store error.
    pub async fn ensure_partner(&self, session: &Session, partner_id: i64) -> Result<(), Error> {
        dao::ensure_partner(&session.write().await?, partner_id).await
    }

    /// Makes a contract with its usage counters, as the schema's owner, and tells every replica.
    /// Where contracts overlap, the one with the latest start decides, so earlier ones stay as they
    /// are. The counters of a contract that starts while another runs count from the running one,
    /// with the new limit.
    ///
    /// # Errors
    /// No such partner, an empty term, a negative limit, or a store error.
    pub async fn add_contract(
        &self,
        session: &Session,
        contract: NewContract,
    ) -> Result<Vec<PartnerOut>, Error> {
        let NewContract { partner_id, plan, start, end, limit } = contract;
        let db = session.write().await?;
        if dao::partners(&db, Some(partner_id)).await?.is_empty() {
            return Err(Error::refused(format!("there is no partner {partner_id}")));
        }
        if end <= start || limit < 0 {
            return Err(Error::refused("a contract ends after its start, its limit is 0 or more"));
        }
        let counted_from = running_start(&dao::contracts(&db, partner_id).await?, start);
        let terms = ContractTerms { partner_id, plan, start, end, limit };
        dao::insert_contract(&db, &terms).await?;
        if plan != Plan::Free || counted_from == start {
            let terms = ContractTerms { start: counted_from, ..terms };
            self.usage.install_contract_counters(&db, terms).await?;
        }
        let stores = session.stores().clone();
        session.after_commit(async move {
            if let Err(error) = announce(&stores, &Invalidation::Partner(partner_id)).await {
                tracing::warn!(%error, "the new contract could not be announced");
            }
        });
        dao::partners(&db, Some(partner_id)).await
    }
}

/// Where counters of a contract from `start` begin: earlier when another contract runs until then.
fn running_start(contracts: &[Contract], start: DateTime<Utc>) -> DateTime<Utc> {
    let now = Utc::now();
    if start <= now {
        return start;
    }
    let running = contracts.iter().filter(|contract| {
        let pays = Plan::parse(&contract.plan).is_some_and(|plan| plan != Plan::Free);
        let runs = contract.start_time < now && now < contract.end_time;
        contract.contract_type == DECIDES_PLAN && pays && runs
    });
    running.map(|contract| contract.start_time).max().unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn counters_of_a_coming_contract_include_the_running_one() {
        let now = Utc::now();
        let day = Duration::days(1);
        let contract = |plan: &str, start, end| Contract {
            contract_type: "SAAS".into(),
            plan: plan.into(),
            start_time: start,
            end_time: end,
        };
        let running = contract("SAAS", now - day, now + day);
        assert_eq!(running_start(&[], now + day), now + day);
        assert_eq!(running_start(std::slice::from_ref(&running), now + day), now - day);
        assert_eq!(running_start(&[running], now - day * 2), now - day * 2);
        let free = contract("FREE", now - day, now + day);
        let over = contract("PAID", now - day * 3, now - day);
        assert_eq!(running_start(&[free, over], now + day), now + day);
    }
}
