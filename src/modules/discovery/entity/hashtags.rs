//! Table `social_profile_hashtags`: the most used hashtags of an account, loaded.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "social_profile_hashtags")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub platform: String,
    pub platform_profile_id: Option<i64>,
    pub hashtags: Vec<String>,
    /// Counts, position by position.
    pub hashtags_counts: Vec<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
