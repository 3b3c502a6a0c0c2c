//! Share ids: public names of a partner's things, by which anybody signed in may read them.

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait, QueryFilter as _, SqlErr,
    Statement, TryGetable,
};

use super::db::{ShareOwner, TenantDb};
use super::error::{Code, Error};
use super::rows::OwnedRow;
use super::unit_of_work::UnitOfWork;

const LENGTH: usize = 7;
/// Longest id that a client may choose.
const CHOSEN_LIMIT: usize = 64;
/// Attempts to find an id that nobody has.
const ATTEMPTS: usize = 3;

/// Something with a share id.
pub trait Shared: OwnedRow<Id: TryGetable> {
    /// Look-up of the schema that, whoever asks, says `id` and `partner_id` of what the share id `$1` stands
    /// for, and no more.
    const LOOKUP: &'static str;
    /// Column of the share id, which is unique.
    const SHARE_ID: Self::Column;
}

/// Makes the entity of this file, an owned row with a column `share_id`, a [`Shared`] one with this look-up.
macro_rules! shared_row {
    ($lookup:literal) => {
        impl $crate::core::share::Shared for Entity {
            const LOOKUP: &'static str = $lookup;
            const SHARE_ID: Column = Column::ShareId;
        }
    };
}

pub(crate) use shared_row;

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

/// Whether a client may choose this share id: 7 to 64 of `A-Z a-z 0-9 _ -`.
///
/// # Errors
/// `invalid shareId`.
pub fn check_chosen(share_id: Option<&String>) -> Result<(), Error> {
    let is_good = |id: &String| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (LENGTH..=CHOSEN_LIMIT).contains(&id.len()) && id.bytes().all(is_name)
    };
    if share_id.is_none_or(is_good) {
        return Ok(());
    }
    Err(Error::invalid_value("shareId", "invalid shareId"))
}

impl TenantDb<'_> {
    /// Gives a row a new share id; the one before stops working with the commit.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`, a store error.
    pub async fn renew_share_id<E>(&self, id: E::Id) -> Result<E::Model, Error>
    where
        E: Shared + EntityTrait<Model: Send + Sync>,
    {
        for _ in 0..ATTEMPTS {
            // A key that is taken fails the statement, and would fail the transaction with it.
            let before = self.savepoint().await?;
            let update =
                self.update::<E>().filter(E::ENABLED.eq(true)).filter(E::ID.eq(id.clone()));
            let update = update.set(E::SHARE_ID, share_id()).set(E::UPDATED_AT, chrono::Utc::now());
            match update.returning().await {
                Ok(rows) => {
                    return rows.into_iter().next().ok_or_else(|| Error::invalid_record(id));
                }
                Err(error) if is_taken(&error) => before.back().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::refused(Code::AlreadyExists, "no share id is free: try again"))
    }
}

fn is_taken(error: &sea_orm::DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn chosen_ids_are_short_names() {
        let check = |id: &str| super::check_chosen(Some(&id.to_owned())).is_ok();
        assert!(super::check_chosen(None).is_ok());
        assert!(check("aB3_-fG") && check(&"a".repeat(64)));
        for bad in ["", "aB3dE5", &"a".repeat(65), "aB3dE5/", "aB3dE5 ", "aB3dE5\u{e9}"] {
            assert!(!check(bad), "{bad:?}");
        }
    }

    #[test]
    fn ids_are_seven_alphanumerics_and_differ() {
        let (one, two) = (super::share_id(), super::share_id());
        assert_eq!(one.len(), 7);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
