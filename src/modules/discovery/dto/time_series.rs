//! Growth of an account.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::{Envelope, FAILURE_500, Status};
use crate::core::error::Code;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;
use crate::core::types::Platform;

/// Point of a graph.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PointOut<T> {
    /// Period, for example `7th Jul - 13th Jul` or `Jul 2024`.
    pub label: String,
    /// The last value seen in the period.
    pub value: T,
    /// First day of the period.
    #[serde(rename = "from")]
    pub from: NaiveDate,
    /// Last day of the period.
    #[serde(rename = "to")]
    pub to: NaiveDate,
}

/// Growth of an account. A graph without points is left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrowthOut {
    /// Id of the account, as text.
    pub platform_code: String,
    /// Platform of the account.
    pub platform: Platform,
    /// Followers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub follower_graph: Vec<PointOut<i64>>,
    /// Accounts followed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub following_graph: Vec<PointOut<i64>>,
    /// Views of the period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub view_graph: Vec<PointOut<i64>>,
    /// Plays of the period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plays_graph: Vec<PointOut<i64>>,
    /// Posts of the period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uploads_graph: Vec<PointOut<i64>>,
    /// Engagement rate as a fraction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub engagement_graph: Vec<PointOut<f64>>,
    /// Followers gained or lost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub followers_change_graph: Vec<PointOut<i64>>,
    /// Views of all time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub total_view_graph: Vec<PointOut<i64>>,
    /// Plays of all time.
    #[serde(rename = "TotalPlaysGraph", skip_serializing_if = "Vec::is_empty")]
    pub total_plays_graph: Vec<PointOut<i64>>,
}

/// Answer with the growth of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeSeriesOut {
    /// Outcome.
    pub status: Status,
    /// One element; none on errors, and left out where nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<Vec<GrowthOut>>,
}

impl Envelope for TimeSeriesOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        let nothing_recorded = status.code == Some(Code::NotFound);
        Self { growth: (!nothing_recorded).then(Vec::new), status }
    }
}

/// Fields of the growth of an account.
pub struct GrowthFields;

impl ListFields for GrowthFields {
    const FIELDS: &'static [Field] = &[
        Field::new("date", Kind::Date),
        Field::filter_only("monthly_stats", Kind::Bool),
        Field::new("followers", Kind::Integer),
        Field::new("following", Kind::Integer),
        Field::new("views", Kind::Integer),
        Field::new("plays", Kind::Integer),
        Field::new("uploads", Kind::Integer),
        Field::new("engagement_rate", Kind::Float),
        Field::new("followers_change", Kind::Integer),
        Field::new("views_total", Kind::Integer),
        Field::new("plays_total", Kind::Integer),
    ];
}

#[cfg(test)]
mod tests {
    use crate::core::error::Error;

    use super::*;

    #[test]
    fn growth_is_left_out_where_nothing_is_recorded() {
        let failed = |error: Error| {
            TimeSeriesOut::failed(Status::failure(FAILURE_500, error.public())).growth
        };
        assert!(failed(Error::record_not_found()).is_none());
        assert!(failed(Error::invalid_request()).is_some_and(|growth| growth.is_empty()));
    }
}
