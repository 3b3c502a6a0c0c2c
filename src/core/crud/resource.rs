//! What a plain module says about itself.

use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::core::db::TenantEntity;
use crate::core::error::Error;
use crate::core::query::Field;
use crate::core::respond::{Envelope, Status};
use crate::core::session::Session;

/// Model of a resource's entity.
pub type Model<R> = <<R as Resource>::Entity as EntityTrait>::Model;
/// Column of a resource's entity.
pub type Column<R> = <<R as Resource>::Entity as EntityTrait>::Column;

/// Entries on their way into the module's envelope.
pub struct Records<T> {
    /// Outcome.
    pub status: Status,
    /// Entries; absent after an update.
    pub entries: Option<Vec<T>>,
}

/// A plain, tenant-owned module: its table, its entries and the two mappings between them.
#[expect(async_fn_in_trait, reason = "requests are served on one thread each")]
pub trait Resource: 'static {
    /// Table.
    type Entity: TenantEntity<Model: IntoActiveModel<Self::Row> + FromQueryResult + Send + Sync>;
    /// Row to store.
    type Row: ActiveModelTrait<Entity = Self::Entity> + Send;
    /// Key of a row.
    type Id: Into<Value> + std::fmt::Display + Clone;
    /// Entry of a create or update.
    type In: DeserializeOwned;
    /// Entry of an answer.
    type Out: Serialize;
    /// Answer.
    type Answer: Envelope + From<Records<Self::Out>>;

    /// Fields that searches may name, by column name.
    const FIELDS: &'static [Field];
    /// Key column.
    const ID: Column<Self>;
    /// Column of the soft delete.
    const ENABLED: Column<Self>;
    /// Column of the optimistic lock, when the table has one.
    const VERSION: Option<Column<Self>> = None;
    /// Refusal of a caller without account or partner.
    const UNAUTHORIZED: &'static str = "you are not authorized to access this resource";
    /// Refusal of a create that meets a row of somebody else.
    const CONFLICT: &'static str = "record already exists";

    /// Entry of a row.
    ///
    /// # Errors
    /// A stored value that cannot be read; the row is left out of lists and logged.
    fn out(row: Model<Self>) -> Result<Self::Out, Error>;

    /// Row of a new entry; the tenant is set by the dao.
    ///
    /// # Errors
    /// A missing or malformed member.
    fn created(input: Self::In, account_id: i64) -> Result<Self::Row, Error>;

    /// The columns that an update writes; absent members stay.
    ///
    /// # Errors
    /// A malformed member.
    fn patched(input: Self::In) -> Result<Self::Row, Error>;

    /// Columns and values by which a stored row stands for the same thing as a new one: an own
    /// enabled one is returned unchanged instead of a second one, any other refuses the create.
    fn same(_row: &Self::Row) -> Vec<(Column<Self>, Value)> {
        Vec::new()
    }

    /// Rules that need the store, for the entry of `owner`.
    ///
    /// # Errors
    /// A refusal, or a store error.
    async fn check(_session: &Session, _owner: i64, _input: &Self::In) -> Result<(), Error> {
        Ok(())
    }
}
