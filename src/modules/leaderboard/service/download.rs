//! Leaderboards as files.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::super::manager::file;
use super::{LeaderboardPage, LeaderboardService};
use crate::core::error::Error;
use crate::core::files::{AssetInfo, csv};
use crate::core::job_batch::{self, BatchItem, JobBatch, check_sender, unauthorized};
use crate::core::query::{ListIn, QueryPairs, walk};
use crate::core::types::{Plan, ProfilePlatform};
use crate::core::unit_of_work::UnitOfWork;

/// Rows read at a time.
const PAGE_ROWS: u64 = 1_000;
/// Most pages of a file; a longer board is cut off, and the job says so.
const MAX_PAGES: usize = 100;
/// Order of a file that names none.
const DEFAULT_SORT: &str = "followers";
const DOWNLOADED: &str = "Leaderboard Downloaded";

impl LeaderboardService {
    /// Makes the file that the first item of a batch asks for and names it in the job.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account, and on the plan `FREE`;
    /// `Input metadata is missing`, `Input metadata missing - collectionId/platform`; those of a
    /// search; a store that fails.
    pub async fn download(
        &self,
        unit: &UnitOfWork,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        if unit.caller().gated_plan() == Some(Plan::Free) {
            return Err(unauthorized());
        }
        let (platform, list) = asked(batch.items.first())?;
        let (file, remark) = self.file(unit, platform, list).await?;
        batch.deliver(file, (DOWNLOADED, remark.as_deref()));
        Ok(batch)
    }

    /// The file of a board, and what there is to say about it.
    async fn file(
        &self,
        unit: &UnitOfWork,
        platform: ProfilePlatform,
        list: ListIn,
    ) -> Result<(AssetInfo, Option<String>), Error> {
        let pages = walk(list, PAGE_ROWS, |list| async move {
            let page = self.page(unit, platform, &list).await?;
            let next = page.next_cursor.clone();
            Ok((page, next))
        });
        let mut pages = Box::pin(pages.take(MAX_PAGES));
        let first = pages.try_next().await?;
        let first = first.ok_or_else(|| Error::internal("leaderboard", "a list without a page"))?;
        let (name, total) = (file::name_of(platform, first.month), first.total.unsigned_abs());
        let rows = move |page: LeaderboardPage| {
            page.entries.iter().map(|entry| file::row(platform, entry)).collect()
        };
        let content = stream::iter([Ok(first)]).chain(pages).map_ok(rows);
        let content = csv::file(&file::header(platform), content);
        let stored = self.files.store_csv(unit, &name, content).await?;
        let most = MAX_PAGES as u64 * PAGE_ROWS;
        let remark = (total > most).then(|| format!("the first {most} of {total} rows"));
        Ok((stored, remark))
    }
}

/// What an item asks for.
fn asked(item: Option<&BatchItem>) -> Result<(ProfilePlatform, ListIn), Error> {
    let (item, [platform]) = job_batch::asked(item, ["platform"])?;
    let platform = ProfilePlatform::parse(platform).ok_or_else(Error::invalid_platform)?;
    let query = item.input("query").unwrap_or_default();
    let list = ListIn {
        sort_by: Some(item.input("sortBy").unwrap_or(DEFAULT_SORT).to_owned()),
        sort_dir: item.input("sortDir").map(str::to_owned),
        ..ListIn::parse("", &QueryPairs::default(), query.as_bytes())?
    };
    Ok((platform, list))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(input: Value) -> Result<(ProfilePlatform, ListIn), String> {
        let item: BatchItem = serde_json::from_value(json!({"inputNode": input})).expect("an item");
        asked(Some(&item)).map_err(|error| error.to_string())
    }

    #[test]
    fn missing_input_is_named() {
        assert_eq!(read(json!(null)).expect_err("none"), "Input metadata is missing");
        let missing = "Input metadata missing - collectionId/platform";
        for input in [json!({}), json!({"platform": " "}), json!({"platform": 1})] {
            assert_eq!(read(input).expect_err("no platform"), missing);
        }
        assert_eq!(read(json!({"platform": "GCC"})).expect_err("other"), "invalid platform");
        assert!(read(json!({"platform": "ALL", "query": "{"})).is_err());
    }

    #[test]
    fn a_file_is_in_the_order_asked_for() {
        let query = r#"{"filters":[{"filterType":"EQ","field":"category","value":"Food"}]}"#;
        let input = json!({"platform": "instagram", "sortBy": "plays", "query": query});
        let (platform, list) = read(input).expect("read");
        assert_eq!(platform.name(), "INSTAGRAM");
        assert_eq!((list.sort_by.as_deref(), list.filters.0.len()), (Some("plays"), 1));
        let (_, list) = read(json!({"platform": "ALL"})).expect("read");
        assert_eq!(list.sort_by.as_deref(), Some("followers"));
    }
}
