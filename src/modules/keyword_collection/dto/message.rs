//! Jobs for the data plane, and its reports.

use serde::{Deserialize, Serialize};

/// A report to be made.
#[derive(Debug, Serialize)]
pub struct ReportJob<'a> {
    /// `<app.job_prefix>_KC_<id of the collection>`.
    pub job_id: String,
    pub keywords: &'a [String],
    pub platform: &'a str,
    /// First day, `YYYY-MM-DD`, of the business time zone.
    pub start_date: String,
    /// Last day.
    pub end_date: String,
}

/// A report that is ready.
#[derive(Debug, Deserialize)]
pub struct ReportReady {
    pub job_id: Option<String>,
    pub report_asset: Option<Asset>,
    pub demographic_report_asset: Option<Asset>,
}

/// A file in the object store.
#[derive(Debug, Deserialize)]
pub struct Asset {
    pub path: Option<String>,
    pub bucket: Option<String>,
}
