//! What a contract says becomes counters, and the counters say what was consumed of it.

use chrono::Utc;

use super::super::dao::counters;
use super::super::dto::ContractLimits;
use super::super::manager;
use super::UsageService;
use crate::core::error::Error;
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;

impl UsageService {
    /// Makes the limits of a contract the partner's counters; one that exists keeps what was consumed.
    /// Without a paid plan the partner loses its counters and unlocked pages. For the partner itself and
    /// the platform.
    ///
    /// # Errors
    /// `invalid plan`, `configurations missing`, `invalid contract`, a store error.
    pub async fn install(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        contract: &ContractLimits,
    ) -> Result<(), Error> {
        let plan = manager::plan(contract)?;
        let counters = match plan {
            Plan::Free => Vec::new(),
            _ => manager::counters(contract, Utc::now(), self.zone)?,
        };
        let tenant = unit.tenant().await?.narrowed(partner_id)?;
        counters::replace(&tenant, &counters).await?;
        if plan == Plan::Free {
            counters::delete_unlocks(&tenant).await?;
        }
        Ok(())
    }

    /// Puts into a contract what the partner consumed of it. For the partner itself and the platform.
    ///
    /// # Errors
    /// `configurations missing`, a store error.
    pub async fn put_consumed(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        contract: &mut ContractLimits,
    ) -> Result<(), Error> {
        let namespaces = contract.configurations.as_deref_mut().unwrap_or_default();
        if namespaces.is_empty() {
            return Err(manager::configurations_missing());
        }
        let tenant = unit.tenant().await?.narrowed(partner_id)?;
        manager::put_consumed(namespaces, &counters::consumed(&tenant).await?);
        Ok(())
    }
}
