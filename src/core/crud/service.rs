//! Use cases of plain modules, one unit of work each.

use std::collections::HashMap;

use sea_orm::{ModelTrait as _, Value};

use super::dao;
use super::manager;
use super::resource::{Records, Resource};
use crate::core::db::{ShareOwner, TenantEntity};
use crate::core::error::Error;
use crate::core::query::{ListIn, Sort};
use crate::core::respond::Status;
use crate::core::session::Session;

const CREATED: &str = "Record Created Successfully";
const RETRIEVED: &str = "Record Retrieved Successfully";
const LISTED: &str = "Record(s) Retrieved Successfully";
const UPDATED: &str = "Record Updated Successfully";
const DEFAULT_SORT: &str = "id";

/// Stores a new entry of the caller's partner.
///
/// # Errors
/// The module's refusals, a taken key, or a store error.
pub async fn create<R: Resource<In: Clone>>(
    session: &Session,
    input: R::In,
) -> Result<R::Answer, Error> {
    let tenant = session.tenant().await?;
    R::check(session, tenant.partner_id(), &input).await?;
    let account_id = session.caller().account_or_zero();
    let row = manager::create::<R>(&tenant, || R::created(input.clone(), account_id)).await?;
    one::<R>(CREATED, R::out(row)?)
}

/// The entry with this key.
///
/// # Errors
/// `invalid Record Id`, or a store error.
pub async fn find<R: Resource>(session: &Session, id: R::Id) -> Result<R::Answer, Error> {
    let tenant = session.tenant().await?;
    let row = dao::find::<R>(&tenant, &id).await?.ok_or_else(|| Error::invalid_record(&id))?;
    one::<R>(RETRIEVED, R::out(row)?)
}

/// The entry with this key as `owner` sees it, for an access by share id.
///
/// # Errors
/// `record not found`, or a store error.
pub async fn find_shared<R: Resource>(
    session: &Session,
    owner: i64,
    id: R::Id,
) -> Result<R::Out, Error> {
    let tenant = session.shared(ShareOwner::read_only(owner)).await?;
    R::out(dao::find::<R>(&tenant, &id).await?.ok_or_else(Error::record_not_found)?)
}

/// The entries with these keys, in the order of the keys; missing ones are left out.
///
/// # Errors
/// A store error.
pub async fn find_many<R: Resource>(session: &Session, ids: &[R::Id]) -> Result<R::Answer, Error> {
    if ids.is_empty() {
        return Ok(records::<R>(Status::success(LISTED, 0), Some(Vec::new())));
    }
    let tenant = session.tenant().await?;
    let mut rows = dao::find_many::<R>(&tenant, ids).await?;
    let wanted: HashMap<String, usize> =
        ids.iter().enumerate().map(|(position, id)| (key(id.clone().into()), position)).collect();
    rows.sort_by_key(|row| wanted.get(&key(row.get(R::ID))).copied());
    let found = rows.len() as i64;
    Ok(records::<R>(Status::success(LISTED, found), Some(manager::entries::<R>(rows))))
}

/// Writes the present members of an entry.
///
/// # Errors
/// `invalid Record Id`, the module's refusals, or a store error.
pub async fn update<R: Resource>(
    session: &Session,
    id: R::Id,
    input: R::In,
) -> Result<R::Answer, Error> {
    let tenant = session.tenant().await?;
    let row = dao::find::<R>(&tenant, &id).await?.ok_or_else(|| Error::invalid_record(&id))?;
    R::check(session, owner::<R>(&row)?, &input).await?;
    manager::update::<R>(&tenant, &id, &R::patched(input)?).await?;
    Ok(records::<R>(Status::success(UPDATED, 1), None))
}

/// A page of the partner's entries.
///
/// # Errors
/// `invalid Request`, or a store error.
pub async fn search<R: Resource>(session: &Session, list: &ListIn) -> Result<R::Answer, Error> {
    let sort_by = list.sort_by.as_deref().unwrap_or(DEFAULT_SORT);
    let sort = Sort::resolve(R::FIELDS, sort_by, list.sort_dir.as_deref())?;
    let (tenant, zone) = (session.tenant().await?, session.stores().config.app.time_zone);
    let (rows, total) = dao::search::<R>(&tenant, &list.filters, (sort, list.page), zone).await?;
    let status = Status::page(LISTED, total, list.page, rows.len());
    Ok(records::<R>(status, Some(manager::entries::<R>(rows))))
}

fn one<R: Resource>(message: &str, entry: R::Out) -> Result<R::Answer, Error> {
    Ok(records::<R>(Status::success(message, 1), Some(vec![entry])))
}

fn records<R: Resource>(status: Status, entries: Option<Vec<R::Out>>) -> R::Answer {
    Records { status, entries }.into()
}

fn owner<R: Resource>(row: &super::resource::Model<R>) -> Result<i64, Error> {
    match row.get(<R::Entity as TenantEntity>::PARTNER) {
        Value::BigInt(Some(owner)) => Ok(owner),
        _ => Err(Error::internal("postgresql", "row without a partner")),
    }
}

fn key(value: Value) -> String {
    value.to_string()
}
