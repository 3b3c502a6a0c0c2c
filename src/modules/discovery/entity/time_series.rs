//! ClickHouse table `social_profile_time_series`: the growth of an account, week by week and month
//! by month, derived by the warehouse.

use chrono::NaiveDate;
use clickhouse::Row;
use serde::Deserialize;

use crate::core::types::Platform;

/// One week or month of one account.
#[derive(Debug, Clone, Default, Row, Deserialize)]
pub struct GrowthRow {
    /// First day of the period: a Sunday, or the first of a month.
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub date: NaiveDate,
    /// Whether the period is a month.
    pub monthly_stats: bool,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub views: Option<i64>,
    pub plays: Option<i64>,
    pub uploads: Option<i64>,
    pub followers_change: Option<i64>,
    pub views_total: Option<i64>,
    pub plays_total: Option<i64>,
    /// Fraction.
    pub engagement_rate: Option<f64>,
}

/// One week of one of several accounts.
#[derive(Debug, Clone, Row, Deserialize)]
pub struct WeekRow {
    pub platform: String,
    pub platform_profile_id: i64,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub date: NaiveDate,
    pub followers: Option<i64>,
    pub views_total: Option<i64>,
    pub plays_total: Option<i64>,
}

/// Totals of an account at the end of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPoint {
    /// Platform of the account.
    pub platform: Platform,
    /// Id of the account.
    pub account_id: i64,
    /// Sunday that begins the week.
    pub date: NaiveDate,
    /// Followers.
    pub followers: Option<i64>,
    /// Views of all time.
    pub views_total: Option<i64>,
    /// Plays of all time.
    pub plays_total: Option<i64>,
}
