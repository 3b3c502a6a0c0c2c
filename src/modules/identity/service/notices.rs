//! What a person is told about their own account, by whatever sends e-mails.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::entity::{Counts, Identity, Origin};
use crate::core::error::Error;
use crate::core::events::Queue;
use crate::core::unit_of_work::UnitOfWork;

/// Where a service that sends e-mails takes the notices from.
pub const SIGN_IN_BLOCKED: Queue = Queue::new("coffee.dx", "sign_in_blocked_q");
const TOPIC: &str = "coffee.dx___sign_in_blocked";

/// Wrong passwords were tried for a person, and the place they came from is blocked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignInBlocked<'a> {
    user_id: Option<i64>,
    account_id: Option<i64>,
    partner_id: Option<i64>,
    /// Address that the notice goes to.
    email: &'a str,
    name: Option<&'a str>,
    /// Network address that the attempts came from.
    network: &'a str,
    failures: i32,
    blocked_until: Option<DateTime<Utc>>,
}

/// Has the person told, once the unit of work is committed.
pub(super) fn sign_in_blocked(
    session: &UnitOfWork,
    identity: &Identity,
    email: &str,
    (origin, counts): (&Origin, &Counts),
) -> Result<(), Error> {
    let Identity { user_id, account_id, partner_id, .. } = *identity;
    let notice = SignInBlocked {
        user_id,
        account_id,
        partner_id,
        email,
        name: identity.user_name.as_deref(),
        network: &origin.place,
        failures: counts.pair.failures,
        blocked_until: counts.pair.blocked_until,
    };
    let order_key = user_id.map(|id| format!("user:{id}"));
    session.emit(TOPIC, order_key, &notice)
}
