//! Rules of plain modules between service and dao.

use super::dao;
use super::resource::{Model, Resource};
use crate::core::db::TenantDb;
use crate::core::error::{Code, Error};

/// Attempts to store a row under a generated key before a taken key must be another one.
const INSERT_ATTEMPTS: usize = 3;

/// Entries of rows; one that cannot be read is left out and logged.
pub(super) fn entries<R: Resource>(rows: Vec<Model<R>>) -> Vec<R::Out> {
    let readable = rows.into_iter().filter_map(|row| match R::out(row) {
        Ok(entry) => Some(entry),
        Err(error) => {
            tracing::error!(%error, "stored row cannot be read");
            None
        }
    });
    readable.collect()
}

/// Stores a new row, or finds the own one that stands for the same thing.
///
/// `fresh` builds the row with newly generated keys: each attempt needs its own.
pub(super) async fn create<R: Resource>(
    tenant: &TenantDb<'_>,
    fresh: impl Fn() -> Result<R::Row, Error>,
) -> Result<Model<R>, Error> {
    for _ in 0..INSERT_ATTEMPTS {
        let row = fresh()?;
        let same = R::same(&row);
        if let Some(stored) = dao::insert::<R>(tenant, row).await? {
            return Ok(stored);
        }
        if !same.is_empty()
            && let Some(existing) = dao::find_same::<R>(tenant, same).await?
        {
            return Ok(existing);
        }
    }
    Err(Error::refused(Code::AlreadyExists, R::CONFLICT))
}

/// Writes the set columns of a row, and says why it could not.
pub(super) async fn update<R: Resource>(
    tenant: &TenantDb<'_>,
    id: &R::Id,
    row: &R::Row,
) -> Result<Model<R>, Error> {
    if let Some(updated) = dao::update::<R>(tenant, id, row).await? {
        return Ok(updated);
    }
    match dao::find::<R>(tenant, id).await? {
        Some(_) if R::VERSION.is_some() => {
            let text = format!("record was modified by another request - {id}");
            Err(Error::refused(Code::Conflict, text))
        }
        _ => Err(Error::invalid_record(id)),
    }
}
