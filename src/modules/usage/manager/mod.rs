//! Rules of usage: who is counted, what the event says, when a counter starts again.

mod contract;
mod event;
mod reset;

pub use contract::{configurations_missing, counters, plan, put_consumed};
pub use event::activity_event;
pub use reset::{Reset, locks_pages, reset};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::dto::UsageModule;
use crate::core::caller::Caller;
use crate::core::error::{Code, Error};
use crate::core::types::Plan;

/// The partner has no counter of the module that is in force.
pub fn contract_not_found() -> Error {
    Error::refused(Code::ContractNotFound, "partner contract not found")
}

/// The counter is at its limit, or would pass it; it starts again then.
pub fn limit_consumed(until: Option<DateTime<Utc>>, zone: Tz) -> Error {
    let refusal = Error::refused(Code::LimitConsumed, "limit consumed");
    match until {
        Some(until) => refusal.until(until.with_timezone(&zone).date_naive()),
        None => refusal,
    }
}

/// Partner whose counter of `module` the caller uses; `None` where nothing is counted: without a
/// paid plan, for the platform's own partner and for modules without limit.
pub fn counted_partner(caller: &Caller, module: UsageModule) -> Option<i64> {
    let paid = caller.gated_plan().is_some_and(|plan| plan > Plan::Free);
    caller.partner_id.filter(|_| paid && module.is_limited())
}

/// Whether `count` more units fit; 0 fits only below the limit.
pub fn has_room(consumed: i64, limit: i64, count: i64) -> bool {
    consumed < limit && count <= limit - consumed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(partner_id: Option<i64>, plan: Plan) -> Caller {
        Caller { partner_id, plan, ..Caller::default() }
    }

    #[test]
    fn only_paying_tenants_are_counted() {
        let counted =
            |partner, plan| counted_partner(&caller(partner, plan), UsageModule::Discovery);
        assert_eq!(counted(Some(10), Plan::Saas), Some(10));
        assert_eq!(counted(Some(10), Plan::Paid), Some(10));
        assert_eq!(counted(Some(10), Plan::Free), None);
        assert_eq!(counted(Some(-1), Plan::Paid), None);
        assert_eq!(counted(None, Plan::Paid), None);
        let unlimited = UsageModule::TopicResearch;
        assert_eq!(counted_partner(&caller(Some(10), Plan::Paid), unlimited), None);
    }

    #[test]
    fn zero_needs_room_and_more_never_passes_the_limit() {
        assert!(has_room(9, 10, 0));
        assert!(has_room(9, 10, 1));
        assert!(!has_room(9, 10, 2));
        assert!(!has_room(10, 10, 0));
        assert!(!has_room(11, 10, 0));
        assert!(!has_room(0, 10, i64::MAX));
    }
}
