//! Behind every service prefix: no session, no module, except for signing in.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use chrono::Utc;
use uuid::Uuid;

use super::Gateway;
use super::arrival::Arrival;
use super::client_headers::{outbound_headers, set_client};
use super::context::{CLIENT_ID, DEFAULT_CLIENT_TYPE, DEVICE_ID, client_type, locale, text};
use super::login_cache::{Login, Refusal};
use super::routes::Access;
use crate::core::caller::Caller;
use crate::core::error::{Code, SOMETHING_WENT_WRONG};
use crate::core::respond::status_only;
use crate::core::types::Plan;
use crate::modules::identity::Identity;

/// Who is asking; `None` where nobody has to say.
///
/// # Errors
/// The caller is not let in.
pub async fn authenticate(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    request: &ServiceRequest,
) -> Result<Option<Arc<Caller>>, Refusal> {
    let headers = request.headers();
    match arrival.destination.access(request.path()) {
        Access::Anyone => Ok(None),
        Access::Client => {
            let network = gateway.proxies.network(request.head());
            let stated = without_session(headers, arrival.id)?;
            Ok(Some(Arc::new(Caller { network, ..stated })))
        }
        Access::Session => caller(gateway, arrival, headers).await.map(Some),
    }
}

/// The answer to a request that is not let in.
pub fn refused(refusal: Refusal) -> HttpResponse {
    match refusal {
        Refusal::Unauthorized => {
            status_only(StatusCode::UNAUTHORIZED, Code::Unauthenticated, "UnAuthorized Access")
        }
        Refusal::Unavailable => {
            status_only(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, SOMETHING_WENT_WRONG)
        }
    }
}

async fn caller(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    headers: &HeaderMap,
) -> Result<Arc<Caller>, Refusal> {
    // Without a client id nobody is asked.
    text(headers, &CLIENT_ID).ok_or(Refusal::Unauthorized)?;
    let token = bearer(headers).ok_or(Refusal::Unauthorized)?;
    let (authenticator, now) = (&gateway.authenticator, Utc::now());
    let outbound = || outbound_headers(headers, arrival.id);
    let login = authenticator.login(token, now, outbound).await?;
    let outbound = || {
        let mut outbound = outbound();
        if let Some(app) = &login.client {
            set_client(&mut outbound, app);
        }
        outbound
    };
    let plan = match login.identity.partner_id {
        Some(partner_id) => authenticator.plan(partner_id, (now, arrival.at), outbound).await,
        None => Plan::Free,
    };
    let mut caller = signed_in(without_session(headers, arrival.id)?, login, plan);
    if arrival.destination.is_identity() {
        caller.session_id = authenticator.session_id(token, now);
    }
    Ok(Arc::new(caller))
}

/// What a client states about itself, none of which grants anything.
fn without_session(headers: &HeaderMap, request_id: Uuid) -> Result<Caller, Refusal> {
    let client_id = text(headers, &CLIENT_ID).ok_or(Refusal::Unauthorized)?;
    Ok(Caller {
        device_id: text(headers, &DEVICE_ID).map(str::to_owned),
        client_id: client_id.to_owned(),
        client_type: match client_type(headers) {
            DEFAULT_CLIENT_TYPE => Cow::Borrowed(DEFAULT_CLIENT_TYPE),
            other => Cow::Owned(other.to_owned()),
        },
        locale: locale(headers),
        request_id,
        ..Caller::default()
    })
}

fn signed_in(stated: Caller, login: Login, plan: Plan) -> Caller {
    let Identity { user_id, user_name, account_id, partner_id } = login.identity;
    let mut caller = Caller { partner_id, account_id, user_id, user_name, plan, ..stated };
    if let Some(app) = &login.client {
        caller.client_id.clone_from(&app.id);
        if !app.kind.is_empty() {
            caller.client_type = Cow::Owned(app.kind.clone());
        }
    }
    caller
}

/// Second blank-separated part of `Authorization`; the scheme word is not checked (contract).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = std::str::from_utf8(headers.get(AUTHORIZATION)?.as_bytes()).ok()?;
    let (_, rest) = value.trim_start_matches(' ').split_once(' ')?;
    let token = rest.trim_start_matches(' ');
    let token = token.split_once(' ').map_or(token, |(token, _)| token);
    Some(token).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_token_is_the_second_part() {
        let token = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        for value in ["Bearer t", "x t", "  Bearer   t  ", "Bearer t more"] {
            assert_eq!(token(value).as_deref(), Some("t"), "{value:?}");
        }
        for value in ["", " ", "t", "Bearer ", "Bearer  "] {
            assert_eq!(token(value), None, "{value:?}");
        }
    }
}
