//! Rules of a collection, its job, and how a row becomes an entry.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::dto::{
    KeywordCollectionIn, KeywordCollectionOut, ReportJob, ReportReady, ReportStatus,
};
use super::super::entity::{ActiveModel, Model};
use crate::core::caller::Caller;
use crate::core::config::Config;
use crate::core::error::{Code, Error};
use crate::core::report_file::ReportFile;
use crate::core::rows::{fits, given};
use crate::core::share;
use crate::core::types::{Plan, Platform};

/// Most keywords of a collection, whatever the plan.
const KEYWORD_LIMIT: usize = 1_000;
/// The same with the plan `FREE`.
const FREE_KEYWORDS: usize = 5;
/// Longest name, keyword or id, in characters.
const TEXT_LIMIT: usize = 255;
/// Keywords that make the name of a collection without one.
const NAMING: usize = 3;
/// Last millisecond of the year 9999.
const LAST_TIME: i64 = 253_402_300_799_999;
/// Between the installation's prefix and the collection in the id of a job.
const INFIX: &str = "_KC_";
const DAY: &str = "%Y-%m-%d";

/// What a checked collection has.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub name: String,
    pub platform: Platform,
    pub keywords: Vec<String>,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Checked {
    /// The row under `id`.
    pub fn row(self, id: &str) -> ActiveModel {
        ActiveModel {
            id: given(Some(id.to_owned())),
            name: given(Some(self.name)),
            platform: given(Some(self.platform.name().to_owned())),
            keywords: given(Some(self.keywords)),
            start_time: given(Some(self.start)),
            end_time: given(Some(self.end)),
            ..ActiveModel::default()
        }
    }
}

/// Whether the caller's plan has so many keywords.
///
/// # Errors
/// `plan_required`.
pub fn check_keyword_count(caller: &Caller, count: usize) -> Result<(), Error> {
    if caller.gated_plan() != Some(Plan::Free) || count <= FREE_KEYWORDS {
        return Ok(());
    }
    let text = "you are not allowed to add more than 5 keywords in one collection. \
                Please upgrade your account";
    Err(Error::refused(Code::PlanRequired, text))
}

fn missing() -> Error {
    Error::refused(Code::InvalidValue, "bad Request - Missing mandatory fields")
}

/// Whether a collection may be stored.
///
/// # Errors
/// A member that is missing, impossible or too long.
pub fn check_new(collection: &KeywordCollectionIn) -> Result<Checked, Error> {
    let keywords = keywords(collection.keywords.as_deref().unwrap_or_default())?;
    let platform = collection.platform.as_deref().and_then(Platform::parse).ok_or_else(missing)?;
    let start = collection.start_time.and_then(time).ok_or_else(missing)?;
    let end = collection.end_time.and_then(time).ok_or_else(missing)?;
    if start > end {
        return Err(missing());
    }
    share::check_chosen(collection.share_id.as_ref().filter(|id| !id.is_empty()))?;
    let name = match collection.name.as_deref() {
        Some(name) if !name.trim().is_empty() => name.to_owned(),
        _ => name_of(&keywords),
    };
    check_name(&name)?;
    Ok(Checked { name, platform, keywords, start, end })
}

/// The columns that a change writes; `enabled: true` is none, since only enabled rows are changed.
///
/// # Errors
/// As [`check_new`]; `name cannot be empty`.
pub fn check_change(collection: KeywordCollectionIn, row: &Model) -> Result<ActiveModel, Error> {
    let KeywordCollectionIn { name, start_time, end_time, keywords: words, enabled, .. } =
        collection;
    if let Some(name) = &name {
        if name.trim().is_empty() {
            return Err(Error::invalid_value("name", "name cannot be empty"));
        }
        check_name(name)?;
    }
    let words = words.as_deref().map(keywords).transpose()?;
    let read = |text: Option<i64>| text.map(|text| time(text).ok_or_else(missing)).transpose();
    let (start, end) = (read(start_time)?, read(end_time)?);
    if (start.is_some() || end.is_some())
        && start.unwrap_or(row.start_time) > end.unwrap_or(row.end_time)
    {
        return Err(missing());
    }
    Ok(ActiveModel {
        name: given(name),
        keywords: given(words),
        start_time: given(start),
        end_time: given(end),
        enabled: given(enabled.filter(|enabled| !enabled)),
        ..ActiveModel::default()
    })
}

fn check_name(name: &str) -> Result<(), Error> {
    if fits(name, TEXT_LIMIT) { Ok(()) } else { Err(Error::invalid_request()) }
}

/// Keywords without blanks around them, each once, in their order.
fn keywords(words: &[String]) -> Result<Vec<String>, Error> {
    if words.len() > KEYWORD_LIMIT || !words.iter().all(|word| fits(word, TEXT_LIMIT)) {
        return Err(Error::invalid_request());
    }
    let mut seen = HashSet::new();
    let words = words.iter().map(|word| word.trim());
    let words: Vec<String> =
        words.filter(|word| !word.is_empty() && seen.insert(*word)).map(str::to_owned).collect();
    if words.is_empty() { Err(missing()) } else { Ok(words) }
}

/// The last keywords in their order.
fn name_of(keywords: &[String]) -> String {
    let mut sorted: Vec<&str> = keywords.iter().map(String::as_str).collect();
    sorted.sort_unstable_by(|one, next| next.cmp(one));
    let more = if sorted.len() > NAMING { "..." } else { "" };
    sorted.truncate(NAMING);
    let name = sorted.join(", ");
    let room = TEXT_LIMIT - more.len();
    let shown: String = name.chars().take(room).collect();
    format!("{shown}{more}")
}

fn time(milliseconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds)
        .filter(|_| (0..=LAST_TIME).contains(&milliseconds))
}

/// The job that makes the report of a collection.
pub fn job<'a>(row: &'a Model, config: &Config) -> ReportJob<'a> {
    let day = |at: DateTime<Utc>| at.with_timezone(&config.app.time_zone).format(DAY).to_string();
    ReportJob {
        job_id: format!("{}{INFIX}{}", config.job_prefix(), row.id),
        keywords: &row.keywords,
        platform: &row.platform,
        start_date: day(row.start_time),
        end_date: day(row.end_time),
    }
}

/// Details of the activity that creates a collection.
pub fn meta(id: &str, collection: &Checked) -> Value {
    let Checked { name, platform, keywords, .. } = collection;
    let result = json!({"name": name, "keywords": keywords});
    json!({"id": id, "platform": platform.name(), "result": result})
}

/// The collection that a report is about, and the columns that it writes: what was counted before is of the
/// report before.
///
/// # Errors
/// A job of another installation, a member that is missing, a file that may not be read.
pub fn ready(ready: ReportReady, config: &Config) -> Result<(String, ActiveModel), Error> {
    let bad = || Error::refused(Code::InvalidValue, "no report of a keyword collection");
    let prefix = format!("{}{INFIX}", config.job_prefix());
    let id = ready.job_id.as_deref().and_then(|id| id.strip_prefix(&prefix)).ok_or_else(bad)?;
    let report = ready.report_asset.ok_or_else(bad)?;
    let (bucket, path) = (report.bucket.ok_or_else(bad)?, report.path.ok_or_else(bad)?);
    let audience = ready.demographic_report_asset.and_then(|asset| asset.path).ok_or_else(bad)?;
    for path in [&path, &audience] {
        ReportFile::new(&config.storage, &bucket, path)?;
    }
    let row = ActiveModel {
        report_bucket: given(Some(Some(bucket))),
        report_path: given(Some(Some(path))),
        demography_report_path: given(Some(Some(audience))),
        report_total_posts: given(Some(None)),
        report_total_reach: given(Some(None)),
        ..ActiveModel::default()
    };
    Ok((id.to_owned(), row))
}

/// Bucket, path and audience's path of the report, once it is there.
pub fn complete_report(row: &Model) -> Option<(&str, &str, &str)> {
    let there = |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let whole =
        [&row.report_bucket, &row.report_path, &row.demography_report_path].into_iter().all(there);
    let (bucket, path) = (row.report_bucket.as_deref()?, row.report_path.as_deref()?);
    Some((bucket, path, row.demography_report_path.as_deref()?)).filter(|_| whole)
}

/// Name of a report under which what was read of it is kept: a report that comes anew has another one.
pub fn report_key(row: &Model) -> String {
    let path = row.report_path.as_deref().unwrap_or_default();
    format!("keyword_report:{}:{path}:{}", row.id, row.updated_at.timestamp_micros())
}

/// Whether the report is there.
pub fn status(row: &Model) -> ReportStatus {
    if complete_report(row).is_some() { ReportStatus::Complete } else { ReportStatus::Pending }
}

/// The entry of a row, as `caller` sees it.
pub fn entry(row: Model, caller: &Caller) -> KeywordCollectionOut {
    let of_platform = |text: Option<String>| text.filter(|_| caller.is_admin());
    KeywordCollectionOut {
        id: row.id,
        share_id: row.share_id,
        name: row.name,
        partner_id: row.partner_id,
        platform: row.platform,
        enabled: row.enabled,
        start_time: row.start_time.timestamp_millis(),
        end_time: row.end_time.timestamp_millis(),
        job_id: row.job_id,
        keywords: row.keywords,
        created_by: Some(row.created_by),
        created_at: row.created_at.timestamp(),
        updated_at: row.updated_at.timestamp(),
        report_bucket: of_platform(row.report_bucket),
        report_path: of_platform(row.report_path),
        demography_report_path: of_platform(row.demography_report_path),
        report_status: None,
        report: None,
    }
}

/// The entry as everybody sees it by the share id.
pub fn shared_entry(row: Model) -> KeywordCollectionOut {
    let entry = entry(row, &Caller::default());
    KeywordCollectionOut { created_by: None, job_id: None, ..entry }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(change: impl FnOnce(&mut KeywordCollectionIn)) -> KeywordCollectionIn {
        let words = ["apple", "zebra", "mango", "banana"].map(str::to_owned);
        let mut collection = KeywordCollectionIn {
            platform: Some("INSTAGRAM".to_owned()),
            keywords: Some(words.to_vec()),
            start_time: Some(1_717_180_200_000),
            end_time: Some(1_719_685_800_000),
            ..KeywordCollectionIn::default()
        };
        change(&mut collection);
        collection
    }

    #[test]
    fn a_collection_without_a_name_is_named_by_its_keywords() {
        let name = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            check_new(&collection(|one| one.keywords = Some(words))).expect("good").name
        };
        assert_eq!(name(&["apple", "zebra", "mango", "banana"]), "zebra, mango, banana...");
        assert_eq!(name(&["b", "c", "a"]), "c, b, a");
        assert_eq!(name(&["b"]), "b");
        assert_eq!(name(&["\u{e4}".repeat(255).as_str(), "b", "c", "d"]).chars().count(), 255);
    }

    #[test]
    fn keywords_are_trimmed_and_distinct_in_the_clients_order() {
        let words = [" b ", "a", "b", "", "  "].map(str::to_owned).to_vec();
        let checked = check_new(&collection(|one| one.keywords = Some(words))).expect("good");
        assert_eq!(checked.keywords, ["b", "a"]);
    }

    #[test]
    fn what_is_missing_or_impossible_is_not_stored() {
        let text = |change: fn(&mut KeywordCollectionIn)| {
            check_new(&collection(change)).expect_err("refused").to_string()
        };
        let missing = "bad Request - Missing mandatory fields";
        assert_eq!(text(|one| one.keywords = None), missing);
        assert_eq!(text(|one| one.keywords = Some(vec![" ".to_owned()])), missing);
        assert_eq!(text(|one| one.platform = Some("GCC".to_owned())), missing);
        assert_eq!(text(|one| one.start_time = None), missing);
        assert_eq!(text(|one| one.end_time = Some(0)), missing);
        assert_eq!(text(|one| one.end_time = Some(i64::MAX)), missing);
        assert_eq!(text(|one| one.share_id = Some("ab c".to_owned())), "invalid shareId");
        assert_eq!(text(|one| one.name = Some("a".repeat(256))), "invalid Request");
        assert_eq!(text(|one| one.keywords = Some(vec!["a".repeat(256)])), "invalid Request");
    }

    #[test]
    fn reports_of_this_installation_alone_are_taken() {
        let config = Config::from_toml(
            "[app]\njob_prefix = \"STAGE_2\"\n[storage]\nreport_buckets = [\"reports\"]",
        )
        .expect("loads");
        let read = |value: Value| {
            let payload = serde_json::from_value(value).expect("a payload");
            ready(payload, &config).map(|(id, _)| id)
        };
        let report = |job: &str, bucket: &str, path: &str, audience: &str| {
            json!({"job_id": job, "report_asset": {"path": path, "bucket": bucket},
                   "demographic_report_asset": {"path": audience, "bucket": bucket}})
        };
        assert_eq!(read(report("STAGE_2_KC_a_KC_b", "reports", "a", "b")).expect("good"), "a_KC_b");
        for bad in [
            report("STAGE_KC_a", "reports", "a", "b"),
            report("STAGE_2_KC_a", "others", "a", "b"),
            report("STAGE_2_KC_a", "reports", "../a", "b"),
            report("STAGE_2_KC_a", "reports", "a", ""),
            json!({"job_id": "STAGE_2_KC_a", "report_asset": {"path": "a", "bucket": "reports"}}),
            json!({"report_asset": null}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
