//! A partner's contract with what was consumed of it, and its change.

use chrono::Utc;
use deadpool_redis::redis::{self, Value};

use super::super::dto::PartnerLimits;
use super::super::manager;
use super::PartnerUsageService;
use crate::core::db::redis::report;
use crate::core::error::{Code, Error};
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::partner::PartnerOut;
use crate::modules::usage::ContractLimits;

/// Life of a cached contract, in seconds.
const CACHED_SECS: u64 = 12 * 60 * 60;

impl PartnerUsageService {
    /// The partner with what it consumed of the contract that rules now. For the partner itself and
    /// the platform's own.
    ///
    /// # Errors
    /// `invalid partner id`, `contract missing`, `configurations missing`, a store error.
    pub async fn contract(&self, unit: &UnitOfWork, id: &str) -> Result<PartnerLimits, Error> {
        let own = unit.caller().partner()?;
        let id = partner_id(id)?;
        if own != id && !unit.caller().is_admin() {
            return Err(Error::unauthorized());
        }
        let missing = || Error::refused(Code::ContractNotFound, "contract missing");
        let mut partner = self.limits(unit, id).await?.ok_or_else(missing)?;
        let contracts = partner.contracts.as_deref_mut().unwrap_or_default();
        let contract = manager::ruling_contract(contracts, Utc::now()).ok_or_else(missing)?;
        self.usage.put_consumed(unit, id, contract).await?;
        Ok(partner)
    }

    /// Makes the limits of the first contract the partner's counters; what was consumed stays. For the
    /// platform's own partner; `partner`, as far as it could be read, is looked at afterwards.
    ///
    /// # Errors
    /// Those of `partner`, `invalid partner id`, `contract not found`, `invalid plan`, `configurations missing`,
    /// `invalid contract`, a store error.
    pub async fn change_contract(
        &self,
        unit: &UnitOfWork,
        id: &str,
        partner: Result<Option<PartnerLimits>, Error>,
    ) -> Result<(), Error> {
        let id = partner_id(id)?;
        let contract = partner?.and_then(|partner| partner.contracts?.into_iter().next());
        let contract =
            contract.ok_or_else(|| Error::invalid_value("contracts", "contract not found"))?;
        self.usage.install(unit, id, &contract).await?;
        let stores = unit.stores().clone();
        unit.after_commit(async move { forget(&stores, id).await });
        Ok(())
    }

    /// The partner as the external service or the partner module knows it.
    async fn limits(&self, unit: &UnitOfWork, id: i64) -> Result<Option<PartnerLimits>, Error> {
        let Some(service) = &self.contracts else {
            let partners = self.partners.partners(unit, Some(id)).await?;
            return partners.into_iter().next().map(stored).transpose();
        };
        if let Some(partner) = cached(unit.stores(), id).await {
            return Ok(Some(partner));
        }
        match service.partner(unit, id).await {
            Ok(Some(partner)) => {
                cache(unit.stores(), id, &partner).await;
                Ok(Some(partner))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the contract cannot be asked for");
                Ok(None)
            }
        }
    }
}

fn partner_id(text: &str) -> Result<i64, Error> {
    let id = text.parse().ok().filter(|id| *id != 0);
    id.ok_or_else(|| Error::invalid_value("id", "invalid partner id"))
}

/// A partner of the partner module.
fn stored(partner: PartnerOut) -> Result<PartnerLimits, Error> {
    let contracts = partner.contracts.into_iter().map(|contract| {
        let configurations = serde_json::from_value(contract.configurations);
        Ok(ContractLimits {
            id: Some(contract.id),
            partner_id: Some(contract.partner_id),
            contract_type: Some(contract.contract_type),
            status: Some(contract.status),
            onboarding_status: contract.onboarding_status,
            plan: Some(contract.plan),
            start_time: Some(contract.start_time),
            end_time: Some(contract.end_time),
            configurations: configurations.map_err(|e| Error::internal("partner_contract", e))?,
        })
    });
    Ok(PartnerLimits {
        id: Some(partner.id),
        name: Some(partner.name),
        status: Some(partner.status),
        inventory_sync_enabled: Some(partner.inventory_sync_enabled),
        contracts: Some(contracts.collect::<Result<_, Error>>()?),
    })
}

fn key(partner_id: i64) -> String {
    format!("partnercontract-{partner_id}")
}

/// What Redis has of the partner; nothing if it does not answer.
async fn cached(stores: &Stores, id: i64) -> Option<PartnerLimits> {
    let redis = stores.redis()?;
    let mut get = redis::cmd("GET");
    get.arg(redis.key(&key(id)));
    let text = redis.run::<Option<String>>(&get).await.unwrap_or_else(|error| {
        report(&error, "contracts cannot be read from redis");
        None
    });
    serde_json::from_str(&text?).ok()
}

async fn cache(stores: &Stores, id: i64, partner: &PartnerLimits) {
    let (Some(redis), Ok(text)) = (stores.redis(), serde_json::to_string(partner)) else { return };
    let mut set = redis::cmd("SET");
    set.arg(redis.key(&key(id))).arg(text).arg("EX").arg(CACHED_SECS);
    if let Err(error) = redis.run::<Value>(&set).await {
        report(&error, "a contract cannot be written to redis");
    }
}

async fn forget(stores: &Stores, id: i64) {
    let Some(redis) = stores.redis() else { return };
    let mut delete = redis::cmd("DEL");
    delete.arg(redis.key(&key(id)));
    if let Err(error) = redis.run::<i64>(&delete).await {
        report(&error, "a contract cannot be deleted from redis");
    }
}
