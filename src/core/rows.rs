//! Rows of tenant tables that are removed by a flag: the few operations that plain modules share. Each is
//! one statement with the tenant's predicate; a module combines them with its own.

use std::fmt::Display;
use std::ops::RangeInclusive;

use futures_util::{Stream, stream};
use sea_orm::sea_query::{Condition, IntoCondition};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait as _, EntityTrait, IntoActiveModel, ModelTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, SqlErr, Value,
};

use super::db::{Scoped, TenantDb, TenantEntity, assignments};
use super::error::{Code, Error};
use super::query::{ListIn, Listed, Paging, RowKey, Sort, compile, condition, read_page};
use super::route::ListFields;
use super::unit_of_work::UnitOfWork;

/// Order of a list that names none.
const DEFAULT_SORT: &str = "id";

/// Field of removed rows.
const ENABLED: &str = "enabled";

/// Attempts to store a row under a generated key before a taken key must be another one.
const INSERT_ATTEMPTS: usize = 3;

/// A row with a flag in place of its removal.
pub trait OwnedRow: TenantEntity {
    /// Type of the key.
    type Id: RowKey + Into<Value> + Display + Clone + Send;
    /// Key.
    const ID: Self::Column;
    /// Flag.
    const ENABLED: Self::Column;
    /// Account that stored the row, as text.
    const CREATED_BY: Self::Column;
    /// When the row was last changed.
    const UPDATED_AT: Self::Column;
}

/// Makes the entity of this file an [`OwnedRow`] with a key of this type, whose columns have the usual names
/// (`id`, `partner_id`, `enabled`, `created_by`, `updated_at`).
macro_rules! owned_row {
    ($id:ty) => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}

        impl $crate::core::db::TenantEntity for Entity {
            const PARTNER: Column = Column::PartnerId;
        }

        impl $crate::core::rows::OwnedRow for Entity {
            type Id = $id;
            const ID: Column = Column::Id;
            const ENABLED: Column = Column::Enabled;
            const CREATED_BY: Column = Column::CreatedBy;
            const UPDATED_AT: Column = Column::UpdatedAt;
        }
    };
}

pub(crate) use owned_row;

/// A column that is written where a request has the member. A column that may be null takes
/// `member.map(Some)`.
pub fn given<T: Into<Value>>(member: Option<T>) -> ActiveValue<T> {
    member.map_or(ActiveValue::NotSet, ActiveValue::Set)
}

/// Whether a text can be stored in a column of this many characters: PostgreSQL has no NUL in texts.
pub fn fits(text: &str, limit: usize) -> bool {
    text.chars().count() <= limit && !text.contains('\0')
}

/// Whether a request that stores something has a member that it needs.
///
/// # Errors
/// `<field> is missing`.
pub fn required<T>(field: &'static str, member: Option<&T>) -> Result<(), Error> {
    let missing = || Error::invalid_value(field, format!("{field} is missing"));
    member.map(drop).ok_or_else(missing)
}

/// Whether a text of a request, where it has one, is as long as it should be and can be stored.
///
/// # Errors
/// `<field> must have <from> to <to> characters`; blanks alone count as none.
pub fn check_text(
    field: &'static str,
    text: Option<&String>,
    lengths: RangeInclusive<usize>,
) -> Result<(), Error> {
    let is_good = |text: &String| {
        let is_long_enough = *lengths.start() == 0 || !text.trim().is_empty();
        is_long_enough && text.chars().count() >= *lengths.start() && fits(text, *lengths.end())
    };
    if text.is_none_or(is_good) {
        return Ok(());
    }
    let (from, to) = lengths.into_inner();
    Err(Error::invalid_value(field, format!("{field} must have {from} to {to} characters")))
}

impl UnitOfWork {
    /// A page of the scope's rows, as a request for a list over the fields `F` asks; the last ones first
    /// where it names no order, for which `F` has `id`. Rows that were removed show only where the request
    /// has a filter over `enabled`, and `F` that field.
    ///
    /// # Errors
    /// A filter or an order outside of `F`.
    pub async fn list<E, F>(&self, list: &ListIn) -> Result<Listed<E::Model>, Error>
    where
        E: OwnedRow<Model: Send + Sync>,
        F: ListFields,
    {
        self.list_of::<E, F>(&self.tenant().await?, list).await
    }

    /// The same for the rows of another scope, such as `tenant.own()`: the platform's own rows alone.
    ///
    /// # Errors
    /// A filter or an order outside of `F`.
    pub async fn list_of<E, F>(
        &self,
        rows: &TenantDb<'_>,
        list: &ListIn,
    ) -> Result<Listed<E::Model>, Error>
    where
        E: OwnedRow<Model: Send + Sync>,
        F: ListFields,
    {
        self.list_where::<E, F>(rows, list, Condition::all()).await
    }

    /// The same for those of them that also meet a condition of ours.
    ///
    /// # Errors
    /// A filter or an order outside of `F`.
    pub async fn list_where<E, F>(
        &self,
        rows: &TenantDb<'_>,
        list: &ListIn,
        also: Condition,
    ) -> Result<Listed<E::Model>, Error>
    where
        E: OwnedRow<Model: Send + Sync>,
        F: ListFields,
    {
        let rows = if shows_removed(list) { rows.find::<E>() } else { rows.enabled::<E>() };
        self.page_of::<E, E::Id, F>((rows.filter(also), E::ID), list).await
    }

    /// A page of these rows, as a request for a list over the fields `F` asks.
    pub(super) async fn page_of<E, K, F>(
        &self,
        (rows, id): (Scoped<'_, Select<E>>, E::Column),
        list: &ListIn,
    ) -> Result<Listed<E::Model>, Error>
    where
        E: EntityTrait<Model: Send + Sync>,
        K: RowKey,
        F: ListFields,
    {
        let clauses = compile(&list.filters, F::FIELDS, self.stores().config.app.time_zone)?;
        let by = list.sort_by.as_deref().unwrap_or(DEFAULT_SORT);
        let sort = Sort::resolve(F::FIELDS, by, list.sort_dir.as_deref())?;
        let paging = list.paging_by::<K>("", [sort.kind])?;
        rows.filter(condition(&clauses)).page((sort, &paging), id).await
    }
}

/// Whether a list also shows rows that were removed: it has a filter over the flag.
pub(super) fn shows_removed(list: &ListIn) -> bool {
    list.filters.has_value(ENABLED)
}

impl<'a> TenantDb<'a> {
    /// Rows of the scope that were not removed.
    pub fn enabled<E: OwnedRow>(&self) -> Scoped<'a, Select<E>> {
        self.find::<E>().filter(E::ENABLED.eq(true))
    }

    /// The row with this key.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`.
    pub async fn row<E: OwnedRow<Model: Send + Sync>>(&self, id: E::Id) -> Result<E::Model, Error> {
        let row = self.enabled::<E>().filter(E::ID.eq(id.clone())).one().await?;
        row.ok_or_else(|| Error::invalid_record(id))
    }

    /// Stores a row in the name of the scope and the caller's account.
    ///
    /// # Errors
    /// `record already exists` where a unique key is taken, also by a removed row.
    pub async fn create<E, A>(&self, mut row: A) -> Result<E::Model, Error>
    where
        E: OwnedRow<Model: IntoActiveModel<A> + Send + Sync>,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        row.set(E::ENABLED, true.into());
        row.set(E::CREATED_BY, self.author().to_string().into());
        self.insert::<E, A>(row).await?.ok_or_else(taken)
    }

    /// Stores the row of `fresh`, which generates keys anew for each attempt. Where a key is taken, the row
    /// of the scope that is the `same` is returned as it is; `None` when the key is somebody else's.
    ///
    /// # Errors
    /// A store error, also another violated constraint.
    pub async fn insert_or_same<E, A>(
        &self,
        fresh: impl Fn() -> A,
        same: impl IntoCondition + Clone,
    ) -> Result<Option<E::Model>, Error>
    where
        E: OwnedRow<Model: IntoActiveModel<A> + Send + Sync>,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        for _ in 0..INSERT_ATTEMPTS {
            let mut row = fresh();
            row.set(E::CREATED_BY, self.author().to_string().into());
            if let Some(stored) = self.insert::<E, A>(row).await? {
                return Ok(Some(stored));
            }
            let there = self.enabled::<E>().filter(same.clone().into_condition());
            if let Some(there) = there.one().await? {
                return Ok(Some(there));
            }
        }
        Ok(None)
    }

    /// Writes the columns that are set in `row`, and the time.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`; `record already exists` where a unique key is taken.
    pub async fn patch<E, A>(&self, id: E::Id, mut row: A) -> Result<E::Model, Error>
    where
        E: OwnedRow,
        A: ActiveModelTrait<Entity = E>,
    {
        row.set(E::UPDATED_AT, chrono::Utc::now().into());
        let enabled = self.update::<E>().filter(E::ENABLED.eq(true)).filter(E::ID.eq(id.clone()));
        let set = assignments::<E, A>(&row).into_iter();
        let update = set.fold(enabled, |update, (column, value)| update.set(column, value));
        let changed = update.returning().await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
            _ => error.into(),
        });
        changed?.into_iter().next().ok_or_else(|| Error::invalid_record(id))
    }
}

fn taken() -> Error {
    Error::refused(Code::AlreadyExists, "record already exists")
}

impl<E: EntityTrait<Model: Send + Sync>> Scoped<'_, Select<E>> {
    /// A page of the rows, those of one place in the order by `id`, and how many there are.
    ///
    /// # Errors
    /// A store error.
    pub async fn page(
        self,
        list: (Sort, &Paging),
        id: E::Column,
    ) -> Result<Listed<E::Model>, Error> {
        let (query, db) = self.into_parts();
        read_page(&db, query, list, id).await
    }
}

impl<'a, E: EntityTrait<Model: Send + Sync>> Scoped<'a, Select<E>> {
    /// All the rows in the order of their unique column `id`, `size` at a time, each time in one statement
    /// that begins behind the last row. For whatever is larger than memory: a file, a walk over a table.
    pub fn in_pages(
        self,
        id: E::Column,
        size: u64,
    ) -> impl Stream<Item = Result<Vec<E::Model>, Error>> + use<'a, E> {
        stream::try_unfold(Some((self, None)), move |place| async move {
            let Some((rows, last)) = place else { return Ok(None) };
            let query = match last {
                Some(last) => rows.clone().filter(id.gt::<Value>(last)),
                None => rows.clone(),
            };
            let page = query.order_by_asc(id).limit(size).all().await?;
            let Some(last) = page.last().map(|row| row.get(id)) else { return Ok(None) };
            let next = (page.len() as u64 == size).then_some((rows, Some(last)));
            Ok(Some((page, next)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_length_and_what_a_column_takes() {
        let check = |text: &str| check_text("name", Some(&text.to_owned()), 1..=3);
        assert!(check_text("name", None, 1..=3).is_ok());
        for good in ["a", "äöü", " a "] {
            assert!(check(good).is_ok(), "{good:?}");
        }
        for bad in ["", "   ", "abcd", "a\0"] {
            let refused = check(bad).expect_err("refused").to_string();
            assert_eq!(refused, "name must have 1 to 3 characters", "{bad:?}");
        }
        assert!(check_text("name", Some(&String::new()), 0..=3).is_ok());
    }
}
