//! The usage engine: asks for room, charges, logs, unlocks.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::activity::{ActivityLog, UsageModule};
use super::super::dao::counters::{self, Counter};
use super::super::dao::log as log_dao;
use super::super::dto::LimitNamespace;
use super::super::manager::{self, Reset};
use crate::core::config::Config;
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::events::Queue;
use crate::core::session::{OutboxEvent, Session};
use crate::core::types::Plan;

/// Queue of the consumer that keeps the log of all activities.
pub const ACTIVITY_LOG: Queue =
    Queue::new("coffee.dx", "activity_tracker_q").bound_to(&["activity_tracker_rk"]);
const ACTIVITY_TOPIC: &str = "coffee.dx___activity_tracker_rk";

/// The usage engine. Everything it does happens in the caller's unit of work.
#[derive(Debug, Clone)]
pub struct UsageService {
    zone: Tz,
}

/// A contract of the built-in partner service, as far as counters depend on it.
#[derive(Debug, Clone, Copy)]
pub struct ContractTerms {
    /// Tenant.
    pub partner_id: i64,
    /// [`Plan::Free`] has no counters.
    pub plan: Plan,
    /// Start; also where the periods are counted from.
    pub start: DateTime<Utc>,
    /// End, after the start.
    pub end: DateTime<Utc>,
    /// Units of each limited module per month, 0 or more.
    pub limit: i64,
}

impl UsageService {
    /// The engine; event times are in the configured business zone.
    pub fn new(config: &Config) -> Self {
        Self { zone: config.app.time_zone }
    }

    /// Whether `count` more units of `module` fit the caller's contract. Locks nothing, so a later
    /// [`UsageService::log`] may still refuse. Always true without a paid plan, for the platform's
    /// own partner and for modules without limit.
    ///
    /// # Errors
    /// `limit consumed`, `partner contract not found`, a store error.
    pub async fn check(
        &self,
        session: &Session,
        module: UsageModule,
        count: i64,
    ) -> Result<(), Error> {
        if manager::counted_partner(session.caller(), module).is_none() {
            return Ok(());
        }
        match log_dao::counter(&session.tenant().await?, module).await? {
            None => Err(manager::contract_not_found()),
            Some((consumed, limit, _)) if manager::has_room(consumed, limit, count) => Ok(()),
            Some((.., until)) => Err(manager::limit_consumed(Some(until), self.zone)),
        }
    }

    /// Charges an activity, writes its row where it has one and emits its event, in one statement.
    /// Holds the counter until the end of the unit of work: log as late as possible. A caller
    /// without partner is neither charged nor given a row.
    ///
    /// A counter whose period is over starts its next one with the charge. Returns the id of the
    /// activity's row.
    ///
    /// # Errors
    /// `limit consumed`, `partner contract not found` (the unit of work must then not be committed
    /// if an unlock key or a key of [`Once`](super::super::Once) was given), a store error.
    pub async fn log(&self, session: &Session, log: ActivityLog) -> Result<Option<i64>, Error> {
        let caller = session.caller();
        let event = manager::activity_event(caller, &log, Utc::now(), self.zone);
        if caller.partner_id.is_none() {
            session.emit(ACTIVITY_TOPIC, None, &event)?;
            return Ok(None);
        }
        let entry = log_dao::Entry {
            log: &log,
            counted: manager::counted_partner(caller, log.module).is_some(),
            account_id: caller.account_or_zero(),
            event: OutboxEvent::new(ACTIVITY_TOPIC, None, &event, caller)?,
        };
        let tenant = session.tenant().await?;
        let mut logged = log_dao::log(&tenant, &entry).await?;
        if logged.due {
            self.start_period(&tenant, log.module).await?;
            logged = log_dao::log(&tenant, &entry).await?;
        }
        if logged.logged {
            session.emitted();
        }
        let already_unlocked = log.page_to_unlock().is_some() && !logged.unlocked;
        match logged {
            log_dao::Logged { granted: true, activity_id, .. } => Ok(activity_id),
            _ if already_unlocked => Ok(None),
            log_dao::Logged { contracted: true, resets_on, .. } => {
                Err(manager::limit_consumed(resets_on, self.zone))
            }
            log_dao::Logged { .. } => Err(manager::contract_not_found()),
        }
    }

    /// Starts a counter again whose period is over, before the job does: the partner's pages are locked
    /// again with the counter of pages.
    async fn start_period(&self, tenant: &TenantDb<'_>, module: UsageModule) -> Result<(), Error> {
        let tenant = tenant.own();
        let due = counters::due_of(&tenant, module).await?;
        // Without one, another transaction was faster.
        let Some(due) = due else { return Ok(()) };
        let now = Utc::now().max(due.due_on);
        if let Reset::Until(next) = manager::reset(&due, now, self.zone) {
            counters::reset(&tenant, due.id, next).await?;
            if due.is_of_pages() {
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
        session: &Session,
        keys: &[String],
    ) -> Result<HashSet<String>, Error> {
        if keys.is_empty() || session.caller().partner_id.is_none() {
            return Ok(HashSet::new());
        }
        Ok(log_dao::unlocked(&session.tenant().await?, keys).await?)
    }

    /// Gives a contract its counters: one per limited module, monthly; existing ones keep what was
    /// consumed. Without a paid plan the partner loses its counters and unlocked pages.
    ///
    /// `tenant` is the partner's own view, or the platform's.
    ///
    /// # Errors
    /// `invalid contract` for an empty term or a negative limit; a store error.
    pub async fn install_contract_counters(
        &self,
        tenant: TenantDb<'_>,
        terms: ContractTerms,
    ) -> Result<(), Error> {
        let ContractTerms { partner_id, plan, start, end, limit } = terms;
        let term = manager::Term::new(start, end)?;
        let counters = manager::monthly_counters(limit, term, (Utc::now(), self.zone))?;
        self.install(&tenant.narrowed(partner_id)?, plan, &counters).await
    }

    /// Makes these the counters of the partner; without a paid plan it loses all of them and its
    /// unlocked pages.
    pub(super) async fn install(
        &self,
        tenant: &TenantDb<'_>,
        plan: Plan,
        counters: &[Counter],
    ) -> Result<(), Error> {
        if plan == Plan::Free {
            counters::replace(tenant, &[]).await?;
            return Ok(counters::delete_unlocks(tenant).await?);
        }
        Ok(counters::replace(tenant, counters).await?)
    }

    /// Business zone, in which periods are counted.
    pub(super) fn zone(&self) -> Tz {
        self.zone
    }
}

impl ContractTerms {
    /// The limits as a contract says them; none without a paid plan.
    pub fn limits(&self) -> Vec<LimitNamespace> {
        if self.plan == Plan::Free {
            return Vec::new();
        }
        manager::monthly_limits(self.plan, self.limit)
    }
}
