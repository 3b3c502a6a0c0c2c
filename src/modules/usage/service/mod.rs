//! Asks for room, charges, logs, unlocks, counts places.

mod contract;
mod reset;
mod slot;

pub use reset::forget_searches;

use std::collections::HashSet;

use chrono::Utc;
use chrono_tz::Tz;
use serde_json::Value;

use super::dao::{charge, counters};
use super::dto::{Activity, ActivityLog, Charge, UsageModule};
use super::manager::{self, Reset};
use crate::core::config::Config;
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::events::Queue;
use crate::core::types::Plan;
use crate::core::unit_of_work::{OutboxEvent, UnitOfWork};

/// Queue of the consumer that keeps the log of all activities.
pub const ACTIVITY_LOG: Queue =
    Queue::new("coffee.dx", "activity_tracker_q").bound_to(&["activity_tracker_rk"]);
const ACTIVITY_TOPIC: &str = "coffee.dx___activity_tracker_rk";

/// The usage engine. Everything it does happens in the caller's unit of work.
#[derive(Debug, Clone)]
pub struct UsageService {
    zone: Tz,
}

impl UsageService {
    /// The engine; event times are in the configured business zone.
    pub fn new(config: &Config) -> Self {
        Self { zone: config.app.time_zone }
    }

    /// Whether `count` more units of `module` fit the caller's contract. Locks nothing, so a later
    /// [`UsageService::charge`] may still refuse. Always true without a paid plan, for the platform's
    /// own partner and for modules without limit.
    ///
    /// # Errors
    /// `limit consumed`, `partner contract not found`, a store error.
    pub async fn check(
        &self,
        unit: &UnitOfWork,
        module: UsageModule,
        count: i64,
    ) -> Result<(), Error> {
        if manager::counted_partner(unit.caller(), module).is_none() {
            return Ok(());
        }
        match charge::counter(&unit.tenant().await?, module).await? {
            None => Err(manager::contract_not_found()),
            Some((consumed, limit, _)) if manager::has_room(consumed, limit, count) => Ok(()),
            Some((.., until)) => Err(manager::limit_consumed(Some(until), self.zone)),
        }
    }

    /// Charges an activity, writes its row where it has one and emits its event, in one statement.
    /// Holds the counter until the end of the unit of work: charge as late as possible. A caller
    /// without partner is neither charged nor given a row.
    ///
    /// A counter whose period is over starts its next one with the charge. Returns the id of the
    /// activity's row.
    ///
    /// # Errors
    /// `limit consumed`, `partner contract not found` (the unit of work must then not be committed
    /// if an unlock key or a key of [`Once`](super::Once) was given), a store error.
    pub async fn charge(&self, unit: &UnitOfWork, log: ActivityLog) -> Result<Option<i64>, Error> {
        let caller = unit.caller();
        let event = manager::activity_event(caller, &log, Utc::now(), self.zone);
        if caller.partner_id.is_none() {
            unit.emit(ACTIVITY_TOPIC, None, &event)?;
            return Ok(None);
        }
        let entry = charge::Entry {
            log: &log,
            counted: manager::counted_partner(caller, log.module).is_some(),
            account_id: caller.account_or_zero(),
            event: OutboxEvent::new(ACTIVITY_TOPIC, None, &event, caller)?,
        };
        let tenant = unit.tenant().await?;
        let mut charged = charge::charge(&tenant, &entry).await?;
        if charged.due {
            self.start_period(&tenant, log.module).await?;
            charged = charge::charge(&tenant, &entry).await?;
        }
        if charged.logged {
            unit.emitted();
        }
        let already_unlocked = log.page_to_unlock().is_some() && !charged.unlocked;
        match charged {
            charge::Charged { granted: true, activity_id, .. } => Ok(activity_id),
            _ if already_unlocked => Ok(None),
            charge::Charged { contracted: true, resets_on, .. } => {
                Err(manager::limit_consumed(resets_on, self.zone))
            }
            charge::Charged { .. } => Err(manager::contract_not_found()),
        }
    }

    /// Charges a profile page and unlocks it, unless the partner has it already.
    ///
    /// # Errors
    /// `partner contract not found`, also without a paid plan; `limit consumed`; a store error.
    pub async fn unlock(
        &self,
        unit: &UnitOfWork,
        (activity, meta): (Activity, Option<Value>),
        key: String,
    ) -> Result<(), Error> {
        if unit.caller().gated_plan() == Some(Plan::Free) {
            return Err(manager::contract_not_found());
        }
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::ProfilePage,
            activity,
            count: 1,
            once: None,
            activity_id: None,
            meta,
            unlock_key: Some(key),
        };
        self.charge(unit, log).await.map(drop)
    }

    /// Starts a counter again whose period is over, before the job does: the partner's pages are locked
    /// again with the counter of pages.
    async fn start_period(&self, tenant: &TenantDb<'_>, module: UsageModule) -> Result<(), Error> {
        let tenant = tenant.own();
        let due = counters::due_of(&tenant, module).await?;
        // Without one, another transaction was faster.
        let Some(due) = due else { return Ok(()) };
        let now = Utc::now().max(due.next_reset_on);
        if let Reset::Until(next) = manager::reset(&due, now, self.zone) {
            counters::reset(&tenant, due.id, next).await?;
            if manager::locks_pages(&due) {
                counters::delete_unlocks(&tenant).await?;
            }
        }
        Ok(())
    }

    /// Those of the unlock keys that the caller's partner has; none for a caller without partner.
    ///
    /// # Errors
    /// A store error.
    pub async fn unlocked(
        &self,
        unit: &UnitOfWork,
        keys: &[String],
    ) -> Result<HashSet<String>, Error> {
        if keys.is_empty() || unit.caller().partner_id.is_none() {
            return Ok(HashSet::new());
        }
        Ok(charge::unlocked(&unit.tenant().await?, keys).await?)
    }
}
