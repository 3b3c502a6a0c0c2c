//! Table `social_profile_audience_info`: the audience of an account, loaded.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "social_profile_audience_info")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub platform: String,
    pub platform_profile_id: Option<i64>,
    /// `{"city": {name: percent}, "country": {code: percent}}`
    pub audience_location_split: Option<Json>,
    /// `{"male_per": percent, "female_per": percent}`
    pub audience_gender_split: Option<Json>,
    /// `{"male": {bucket: percent}, "female": {bucket: percent}}`
    pub audience_age_gender_split: Option<Json>,
    /// `{language: percent}`
    pub audience_language: Option<Json>,
    pub quality_score_breakup: Option<Json>,
    /// Instagram ids or YouTube channel ids.
    pub notable_followers: Option<Vec<String>>,
    pub audience_reachability_percentage: Option<f64>,
    pub audience_authenticity_percentage: Option<f64>,
    pub quality_audience_percentage: Option<f64>,
    pub quality_audience_score: Option<f64>,
    pub comment_rate_percentage: Option<f64>,
    pub quality_score_grade: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
