//! Rows of keyword collections, and of what ClickHouse finds in their reports.

mod collection;
mod report;

pub use collection::{ActiveModel, Column, Entity, Model, ReportTotals};
pub use report::{
    BucketRow, DemographyRow, MonthlyShareRow, PostRow, ProfileRow, ShareRow, SummaryRow, TokenRow,
};
