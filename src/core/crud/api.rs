//! HTTP side of plain modules: who may call, then what the request says.

use super::resource::Resource;
use super::service;
use crate::core::error::{Code, Error};
use crate::core::json::json_body;
use crate::core::query::{ListIn, QueryPairs};
use crate::core::session::Session;

/// An integer key of a path; 0 and negative numbers name nothing.
///
/// # Errors
/// `invalid Record Id - <text>`.
pub fn record_id(text: &str) -> Result<i64, Error> {
    let invalid = || Error::invalid_value("id", format!("invalid Record Id - {text}"));
    text.parse().ok().filter(|id| *id > 0).ok_or_else(invalid)
}

/// Creates an entry from a body.
///
/// # Errors
/// As [`service::create`]; an empty body is refused.
pub async fn create<R: Resource<In: Clone>>(
    session: &Session,
    body: &[u8],
) -> Result<R::Answer, Error> {
    user_only(session, R::UNAUTHORIZED)?;
    let input =
        json_body(body)?.ok_or_else(|| Error::refused(Code::InvalidBody, "domain is null"))?;
    service::create::<R>(session, input).await
}

/// Finds an entry by the key of the path.
///
/// # Errors
/// As [`service::find`].
pub async fn find<R: Resource<Id = i64>>(session: &Session, id: &str) -> Result<R::Answer, Error> {
    user_only(session, R::UNAUTHORIZED)?;
    service::find::<R>(session, record_id(id)?).await
}

/// Updates an entry from a body.
///
/// # Errors
/// As [`service::update`]; an empty body is refused.
pub async fn update<R: Resource<Id = i64>>(
    session: &Session,
    id: &str,
    body: &[u8],
) -> Result<R::Answer, Error> {
    user_only(session, R::UNAUTHORIZED)?;
    let id = record_id(id)?;
    let input = json_body(body)?
        .ok_or_else(|| Error::refused(Code::InvalidBody, "null entity passed to update"))?;
    service::update::<R>(session, id, input).await
}

/// Lists entries.
///
/// # Errors
/// As [`service::search`].
pub async fn search<R: Resource>(
    session: &Session,
    query: &QueryPairs,
    body: &[u8],
) -> Result<R::Answer, Error> {
    user_only(session, R::UNAUTHORIZED)?;
    service::search::<R>(session, &ListIn::parse(query, body)?).await
}

fn user_only(session: &Session, refusal: &'static str) -> Result<(), Error> {
    session.caller().user().map(drop).map_err(|_| Error::rejected(Code::Unauthorized, refusal))
}
