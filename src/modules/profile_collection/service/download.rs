//! Collections as files.

use std::collections::HashMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::super::dao::{item as dao, value};
use super::super::dto::Column;
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::Entity;
use super::super::manager::collection::custom_columns;
use super::super::manager::file;
use super::ProfileCollectionEditor;
use super::find::own;
use crate::core::error::{Code, Error};
use crate::core::files::{AssetInfo, Files, csv};
use crate::core::job_batch::{self, BatchItem, JobBatch, check_sender};
use crate::core::query::{Filter, ListIn, QueryPairs, walk};
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{Collected, ProfileOut};

/// Rows read at a time.
const PAGE_ROWS: u64 = 1_000;
const DOWNLOADED: &str = "Collection Downloaded";

/// What an item asks for.
struct Asked {
    collection_id: i64,
    platform: Platform,
    list: ListIn,
}

/// What the rows of a file are made from.
struct Made<'a> {
    unit: &'a UnitOfWork,
    collection: &'a Collection,
    platform: Platform,
    columns: &'a [Column],
}

impl ProfileCollectionEditor {
    /// Makes the file that the first item of a batch asks for and names it in the job.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account; `Input metadata is missing`,
    /// `Input metadata missing - collectionId/platform`; `invalid collection`,
    /// `you are not authorized to download this collection`, `empty collection`; those of a search; a store
    /// that fails.
    pub async fn download(
        &self,
        unit: &UnitOfWork,
        files: &Files,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        let asked = asked(batch.items.first())?;
        let file = self.file(unit, files, asked).await?;
        batch.deliver(file, (DOWNLOADED, None));
        Ok(batch)
    }

    async fn file(
        &self,
        unit: &UnitOfWork,
        files: &Files,
        Asked { collection_id, platform, list }: Asked,
    ) -> Result<AssetInfo, Error> {
        // Each page is a transaction of its own: none is open while the file is sent.
        let found = own(&unit.apart(), collection_id).await;
        let collection = found.map_err(|error| match error.code() {
            Code::NotFound => Error::refused(Code::NotFound, "invalid collection"),
            Code::Unauthorized => {
                let text = "you are not authorized to download this collection";
                Error::refused(Code::Unauthorized, text)
            }
            _ => error,
        })?;
        let columns = custom_columns(&collection)?.into_iter();
        let columns = columns.filter(|own| own.platform.eq_ignore_ascii_case(platform.name()));
        let columns: Vec<Column> = columns.flat_map(|own| own.columns).collect();
        let made = Made { unit, collection: &collection, platform, columns: &columns };
        let made = &made;
        let pages = walk(list, PAGE_ROWS, |list| async move { self.rows(made, &list).await });
        let mut pages = Box::pin(pages);
        let first = pages.try_next().await?.filter(|rows| !rows.is_empty());
        let first = first.ok_or_else(|| Error::refused(Code::NotFound, "empty collection"))?;
        let content = stream::iter([Ok(first)]).chain(pages);
        let content = csv::file(&file::header(platform, &columns), content);
        files.store_csv(unit, &file::name_of(collection_id, platform), content).await
    }

    /// The rows of a page, and the cursor of the next one.
    async fn rows(
        &self,
        made: &Made<'_>,
        list: &ListIn,
    ) -> Result<(Vec<Vec<String>>, Option<String>), Error> {
        let Made { collection, platform, columns, .. } = *made;
        let unit = made.unit.apart();
        let within = Collected {
            collection_id: collection.id,
            owner: collection.partner_id,
            platform: CampaignPlatform::from(platform),
            without_hidden: false,
        };
        let page = self.discovery.collected(&unit, within, list).await?;
        let account = |profile: &ProfileOut| profile.platform_code.parse::<i64>().ok();
        let tenant = unit.tenant().await?;
        let (_, items) = tenant.children::<Entity>(collection.id).await?;
        let accounts = page.rows.iter().filter_map(account).collect();
        let items = dao::of_accounts(&items, platform.name(), accounts).await?;
        let values = value::of_items(&tenant, items.iter().map(|item| item.id).collect()).await?;
        let items: HashMap<i64, i64> =
            items.into_iter().map(|item| (item.platform_account_code, item.id)).collect();
        let row = |profile: &ProfileOut| {
            let values = account(profile).and_then(|account| values.get(items.get(&account)?));
            let value = |key: &str| {
                let value = values?.iter().find(|value| value.key == key)?;
                Some(value.value.as_str())
            };
            file::row((platform, columns), profile, value)
        };
        Ok((page.rows.iter().map(row).collect(), page.next))
    }
}

/// What an item asks for.
fn asked(item: Option<&BatchItem>) -> Result<Asked, Error> {
    let (item, [id, platform]) = job_batch::asked(item, ["collectionId", "platform"])?;
    let invalid = || Error::refused(Code::NotFound, "invalid collection");
    let collection_id = id.parse().map_err(|_| invalid())?;
    let platform = CampaignPlatform::parse(platform).ok_or_else(Error::invalid_platform)?;
    // Accounts of the creator application are in no file.
    let platform = platform.social();
    let platform = platform.ok_or_else(|| Error::refused(Code::NotFound, "empty collection"))?;
    let query = item.input("query").unwrap_or_default();
    let list = ListIn::parse("", &QueryPairs::default(), query.as_bytes())?;
    let filters = match item.input("shortlistId") {
        Some(shortlist) => {
            list.filters.without(&["shortlistId"]).with(Filter::new("EQ", "shortlistId", shortlist))
        }
        None => list.filters,
    };
    let (sort_by, sort_dir) = (Some("followers".to_owned()), Some("DESC".to_owned()));
    Ok(Asked {
        collection_id,
        platform,
        list: ListIn { filters, sort_by, sort_dir, ..ListIn::default() },
    })
}
