//! From the headers of a message to the caller it works for.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;

use super::delivery::{Delivery, Failure};
use crate::core::caller::{Caller, PLATFORM_PARTNER};
use crate::core::types::Plan;

/// Who sent the message. With `platform`, a message without partner works as the platform's own.
///
/// # Errors
/// `Authorization` is there and cannot be read.
pub(super) fn caller(delivery: &Delivery, platform: bool) -> Result<Caller, Failure> {
    let partner = delivery.header("x-bb-partner-id").and_then(|id| id.parse().ok());
    let partner = partner.filter(|id| *id != 0).or(platform.then_some(PLATFORM_PARTNER));
    let plan = delivery.header("x-bb-plan-type").and_then(Plan::parse).unwrap_or_default();
    let id = delivery.message_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let caller = Caller {
        partner_id: partner,
        plan,
        client_type: Cow::Borrowed("message"),
        locale: "en",
        request_id: id.unwrap_or_else(Uuid::new_v4),
        ..Caller::default()
    };
    match delivery.header("authorization") {
        None => Ok(caller),
        Some(value) => signed_in(caller, value)
            .ok_or_else(|| Failure::Reject("UnAuthorized Access".to_owned())),
    }
}

/// Reads `<scheme> <base64 of {user}~{name}~1[~{account}]:{password}>`; any other left part names a
/// device. The inverse of [`Caller::internal_token`].
fn signed_in(caller: Caller, authorization: &str) -> Option<Caller> {
    let (_, encoded) = authorization.split_once(' ')?;
    let text = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (identity, _) = text.split_once(':')?;
    let parts: Vec<&str> = identity.split('~').collect();
    Some(match parts.as_slice() {
        [user, name, signed_in, account @ ..] if signed_in.parse() == Ok(1) => Caller {
            user_id: user.parse().ok().filter(|id| *id != 0),
            user_name: Some(Arc::from(*name)),
            account_id: account.first().and_then(|id| id.parse().ok()),
            ..caller
        },
        [device, ..] => Caller { device_id: Some((*device).to_owned()), ..caller },
        [] => caller,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn delivery(headers: &[(&str, &str)]) -> Delivery {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Delivery { headers: BTreeMap::from_iter(headers), ..Delivery::default() }
    }

    fn with_authorization(value: &str) -> Result<Caller, Failure> {
        caller(&delivery(&[("authorization", value)]), false)
    }

    #[test]
    fn tokens_of_a_caller_read_back() {
        let sent = Caller {
            user_id: Some(1014),
            user_name: Some("Asha".into()),
            account_id: Some(55),
            ..Caller::default()
        };
        let read = with_authorization(&sent.internal_token().expect("a token")).expect("read");
        assert_eq!(read.user_id, Some(1014));
        assert_eq!(read.user_name.as_deref(), Some("Asha"));
        assert_eq!(read.account_id, Some(55));
        let device = Caller { device_id: Some("d1".into()), ..Caller::default() };
        let read = with_authorization(&device.internal_token().expect("a token")).expect("read");
        assert_eq!((read.user_id, read.device_id.as_deref()), (None, Some("d1")));
    }

    #[test]
    fn malformed_authorization_is_refused_and_an_absent_one_is_anonymous() {
        for bad in ["x", "Basic ???", "Basic bm9jb2xvbg==", "Basic /w=="] {
            assert!(matches!(with_authorization(bad), Err(Failure::Reject(_))), "{bad}");
        }
        let anonymous = with_authorization("").expect("anonymous");
        assert_eq!((anonymous.user_id, anonymous.partner_id), (None, None));
    }

    #[test]
    fn partner_and_plan_come_from_their_headers() {
        let of = |partner: &str, plan: &str, platform| {
            let headers = [("x-bb-partner-id", partner), ("x-bb-plan-type", plan)];
            let caller = caller(&delivery(&headers), platform).expect("read");
            (caller.partner_id, caller.plan)
        };
        assert_eq!(of("10", "SAAS", false), (Some(10), Plan::Saas));
        assert_eq!(of("0", "GOLD", false), (None, Plan::Free));
        assert_eq!(of("x", "", true), (Some(PLATFORM_PARTNER), Plan::Free));
        assert_eq!(of("10", "PAID", true), (Some(10), Plan::Paid));
    }
}
