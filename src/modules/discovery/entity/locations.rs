//! Table `locations`: cities, states and countries of the accounts; and what the views behind it
//! tell about one of them.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "locations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub full_name: String,
    /// `city`, `state` or `country`.
    #[sea_orm(column_name = "type")]
    pub kind: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A location of the master view, split at its prefix.
#[derive(Debug, FromQueryResult)]
pub struct Place {
    /// `city`, `state` or `country`.
    pub kind: String,
    /// Name of a city or state, code of a country.
    pub name: String,
}

/// Locations, and what this transaction did to them.
#[derive(FromQueryResult)]
pub struct Counts {
    pub all: i64,
    pub added: i64,
    pub changed: i64,
}
