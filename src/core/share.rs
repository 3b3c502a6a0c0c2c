//! Share ids: public names of a partner's things, by which anybody signed in may read them.

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, QueryFilter as _, Statement, TryGetable,
};

use super::db::{ShareOwner, TenantDb};
use super::error::Error;
use super::rows::OwnedRow;
use super::unit_of_work::UnitOfWork;

const LENGTH: usize = 7;

/// Something with a share id.
pub trait Shared: OwnedRow<Id: TryGetable> {
    /// Look-up of the schema that, whoever asks, says `id` and `partner_id` of what the share id `$1` stands
    /// for, and no more.
    const LOOKUP: &'static str;
}

/// A new share id: seven characters of `A-Z a-z 0-9` from a secure generator.
pub fn share_id() -> String {
    rand::rng().sample_iter(Alphanumeric).take(LENGTH).map(char::from).collect()
}

/// The row behind a share id, with the view of its owner. Always asked of the primary, so that a renewed
/// id ends at once.
///
/// # Errors
/// `record not found`, or a store error.
pub async fn open<'a, E: Shared<Model: Send + Sync>>(
    unit: &'a UnitOfWork,
    share_id: &str,
) -> Result<(E::Model, TenantDb<'a>), Error> {
    let sql = format!("SELECT id, partner_id FROM {}", E::LOOKUP);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [share_id.into()]);
    let found = unit.read().query_one_raw(statement).await?;
    let found = found.ok_or_else(Error::record_not_found)?;
    let (id, owner): (E::Id, i64) = (found.try_get("", "id")?, found.try_get("", "partner_id")?);
    let rows = unit.shared(ShareOwner::read_only(owner)).await?;
    let row = rows.enabled::<E>().filter(E::ID.eq(id)).one().await?;
    Ok((row.ok_or_else(Error::record_not_found)?, rows))
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_seven_alphanumerics_and_differ() {
        let (one, two) = (super::share_id(), super::share_id());
        assert_eq!(one.len(), 7);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
