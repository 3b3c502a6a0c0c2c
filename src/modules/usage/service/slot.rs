//! Places that the plan `FREE` has a number of.

use super::super::dto::Quota;
use super::UsageService;
use crate::core::db::TenantDb;
use crate::core::error::{Code, Error};
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;

impl UsageService {
    /// Whether the caller's partner may have `more` of something, of which `used` counts what it has.
    /// With the plan `FREE` the partner's other units of work that ask the same wait until this one has
    /// ended, so that no two take the last place. Nothing is counted with a paid plan and for the
    /// platform.
    ///
    /// # Errors
    /// The quota's refusal with code `plan_required`; what `used` fails with; a store error.
    pub async fn slot(
        &self,
        unit: &UnitOfWork,
        (quota, more): (&Quota, i64),
        used: impl AsyncFnOnce(&TenantDb<'_>) -> Result<i64, Error>,
    ) -> Result<(), Error> {
        if unit.caller().gated_plan() != Some(Plan::Free) {
            return Ok(());
        }
        let tenant = unit.tenant().await?;
        tenant.lock(quota.name).await?;
        if used(&tenant).await?.saturating_add(more) > quota.free {
            return Err(Error::refused(Code::PlanRequired, quota.refusal));
        }
        Ok(())
    }
}
