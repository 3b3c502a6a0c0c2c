//! Rules of a collection, and how rows become entries.

use std::collections::HashMap;

use serde_json::Value;

use super::super::dto::{PostCollectionIn, PostCollectionOut, PostItemOut};
use super::super::entity::collection::Model;
use super::{GCC_CAMPAIGN, SAAS};
use crate::core::error::{Code, Error};
use crate::core::rows::fits;
use crate::core::share;
use crate::modules::collection_metrics::{MeasuredPost, Summary};

const SOURCES: [&str; 4] = [SAAS, "SAAS-AT", GCC_CAMPAIGN, "CAMPAIGN"];
/// Most metrics that a collection expects or disables.
const METRIC_LIMIT: usize = 100;
/// Longest name or id, in characters.
const NAME_LIMIT: usize = 255;
/// Longest name of a frequency, in characters.
const FREQUENCY_LIMIT: usize = 45;
/// Longest comment, in characters.
const COMMENT_LIMIT: usize = 10_000;
/// Seconds since 1970 of the years 1 to 9999.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// What of a creation counts, where it may be.
///
/// # Errors
/// A member that is missing, unknown or too long.
pub fn checked_new(mut collection: PostCollectionIn) -> Result<PostCollectionIn, Error> {
    let text =
        |member: &Option<String>| member.as_deref().is_some_and(|text| !text.trim().is_empty());
    let missing = || Error::refused(Code::InvalidValue, "Bad Request - Missing mandatory fields");
    if !text(&collection.name) || !text(&collection.source) {
        return Err(missing());
    }
    let source = collection.source.as_deref().unwrap_or_default();
    if !SOURCES.contains(&source) {
        return Err(Error::invalid_value("source", "bad Request. Invalid source"));
    }
    if source == SAAS {
        collection.source_id = None;
    } else if text(&collection.source_id) {
        (collection.items, collection.items_asset_id) = (None, None);
    } else {
        return Err(missing());
    }
    collection.share_id = collection.share_id.filter(|id| !id.is_empty());
    share::check_chosen(collection.share_id.as_ref())?;
    check(&collection)?;
    check_window(collection.start_time, collection.end_time)?;
    collection.enabled = None;
    Ok(collection)
}

/// Whether a collection may be changed so, but for its window.
///
/// # Errors
/// A blank name, or a member that is too long.
pub fn check_change(collection: &PostCollectionIn) -> Result<(), Error> {
    if collection.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Error::invalid_value("name", "name cannot be empty"));
    }
    check(collection)
}

/// Whether a window ends after its beginning.
///
/// # Errors
/// `invalid time range`.
pub fn check_window(start: Option<i64>, end: Option<i64>) -> Result<(), Error> {
    match start.zip(end) {
        Some((start, end)) if end < start => {
            Err(Error::invalid_value("endTime", "invalid time range"))
        }
        _ => Ok(()),
    }
}

/// Whether a change has one end of the window, so that the other one is the stored one.
pub fn has_one_end(collection: &PostCollectionIn) -> bool {
    collection.start_time.is_some() != collection.end_time.is_some()
}

/// Whether the window that a stored collection would have is one.
///
/// # Errors
/// `invalid time range`.
pub fn check_window_of(row: &Model, change: &PostCollectionIn) -> Result<(), Error> {
    let stored = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.timestamp());
    let start = change.start_time.or_else(|| stored(row.start_time));
    check_window(start, change.end_time.or_else(|| stored(row.end_time)))
}

/// No list and no text is longer than what a collection can mean, and a column holds.
fn check(collection: &PostCollectionIn) -> Result<(), Error> {
    let texts = [
        (&collection.name, NAME_LIMIT),
        (&collection.source_id, NAME_LIMIT),
        (&collection.metrics_ingestion_freq, FREQUENCY_LIMIT),
        (&collection.comments, COMMENT_LIMIT),
    ];
    let texts =
        texts.into_iter().all(|(text, limit)| text.as_ref().is_none_or(|text| fits(text, limit)));
    let disabled = collection.disabled_metrics.as_deref().unwrap_or_default();
    let expected = collection.expected_metric_values.iter().flatten();
    let mut names = disabled.iter().chain(expected.clone().map(|(name, _)| name));
    let metrics = disabled.len().max(expected.count()) <= METRIC_LIMIT
        && names.all(|name| fits(name, NAME_LIMIT));
    let instants = [collection.start_time, collection.end_time];
    let instants = instants.into_iter().flatten().all(|seconds| INSTANTS.contains(&seconds));
    if texts && metrics && instants { Ok(()) } else { Err(Error::invalid_request()) }
}

/// The entry of a row.
pub fn entry(row: Model) -> PostCollectionOut {
    let is_empty = |value: &Value| match value {
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => true,
    };
    PostCollectionOut {
        id: row.id,
        share_id: row.share_id,
        name: row.name,
        partner_id: row.partner_id,
        source: row.source,
        source_id: row.source_id,
        budget: row.budget.unwrap_or_default(),
        enabled: row.enabled,
        start_time: row.start_time.map(|at| at.timestamp()),
        end_time: row.end_time.map(|at| at.timestamp()),
        job_id: row.job_id,
        items: None,
        created_by: Some(row.created_by),
        created_at: row.created_at.timestamp(),
        updated_at: row.updated_at.timestamp(),
        disabled_metrics: row.disabled_metrics.filter(|value| !is_empty(value)),
        metrics_ingestion_freq: row.metrics_ingestion_freq,
        sentiment_report_path: row.sentiment_report_path,
        sentiment_report_bucket: row.sentiment_report_bucket,
        expected_metric_values: row.expected_metric_values.filter(|value| !is_empty(value)),
        comments: row.comments.unwrap_or_default(),
        report_ready: None,
        reach: None,
        cost_per_reach: None,
        total_posts: None,
    }
}

/// The entry of a row in a list: what its posts have come to and which were the best, else how many of
/// those `counted` it has.
pub fn listed(
    row: Model,
    (summary, top): (Option<Summary>, Option<Vec<MeasuredPost>>),
    counted: &HashMap<String, i64>,
) -> PostCollectionOut {
    let (is_saas, budget) = (row.source == SAAS, row.budget);
    let count = counted.get(&row.id).copied();
    let entry = entry(row);
    let Some(summary) = summary else {
        let report_ready = (!is_saas).then_some(true);
        return PostCollectionOut { total_posts: count, report_ready, ..entry };
    };
    PostCollectionOut {
        total_posts: Some(summary.total_posts),
        report_ready: Some(true),
        reach: Some(summary.counters.reach).filter(|reach| *reach != 0),
        cost_per_reach: summary.cost_per_reach(budget).map(|cost| format!("{cost:.2}")),
        items: top.map(|posts| posts.into_iter().map(measured).collect()),
        ..entry
    }
}

fn measured(post: MeasuredPost) -> PostItemOut {
    PostItemOut {
        platform: post.platform,
        short_code: post.post_short_code,
        post_type: post.post_type,
        posted_by_handle: Some(post.profile_handle),
        handle_profile_pic: post.profile_pic,
        post_title: Some(post.post_title),
        post_link: Some(post.post_link),
        post_thumbnail: post.post_thumbnail,
        ..PostItemOut::default()
    }
}
