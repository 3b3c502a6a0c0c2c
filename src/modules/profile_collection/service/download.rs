//! Collections as files.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};

use super::super::dao::value;
use super::super::dto::Column;
use super::super::manager::collection::custom_columns;
use super::super::manager::file;
use super::ProfileCollectionEditor;
use super::find::own;
use crate::core::error::{Code, Error};
use crate::core::files::{AssetInfo, Files, csv};
use crate::core::job_batch::{self, BatchItem, JobBatch, check_sender};
use crate::core::query::{Filter, ListIn, QueryPairs};
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{Collected, ProfileOut};

/// Rows read at a time.
const PAGE_ROWS: usize = 1_000;
const DOWNLOADED: &str = "Collection Downloaded";

/// What an item asks for.
struct Asked {
    collection_id: i64,
    platform: Platform,
    list: ListIn,
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
        // The order is settled once; each page is a transaction of its own, and none is open while the file is
        // sent.
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
        let within = Collected {
            collection_id,
            owner: collection.partner_id,
            platform: CampaignPlatform::from(platform),
            without_hidden: false,
        };
        let accounts = self.discovery.collected_accounts(&unit.apart(), within, &list).await?;
        if accounts.is_empty() {
            return Err(Error::refused(Code::NotFound, "empty collection"));
        }
        let header = file::header(platform, &columns);
        let pages = accounts.chunks(PAGE_ROWS).map(|page| {
            let unit = unit.apart();
            let columns = &columns;
            async move { self.rows(&unit, (collection_id, platform, columns), page).await }
        });
        // The next page is read while one is written.
        let content = csv::file(&header, stream::iter(pages).buffered(2));
        files.store_csv(unit, &file::name_of(collection_id, platform), content).await
    }

    /// The rows of these accounts; one that is gone meanwhile has none.
    async fn rows(
        &self,
        unit: &UnitOfWork,
        (collection_id, platform, columns): (i64, Platform, &[Column]),
        accounts: &[i64],
    ) -> Result<Vec<Vec<String>>, Error> {
        let profiles = self.discovery.lines(unit, platform, accounts).await?;
        let values = match columns {
            [] => HashMap::new(),
            _ => {
                let of = (collection_id, platform.name());
                value::of_accounts(&unit.tenant().await?, of, accounts).await?
            }
        };
        let row = |profile: &ProfileOut| {
            let account = profile.platform_code.parse::<i64>();
            let values = account.ok().and_then(|account| values.get(&account));
            let value = |key: &str| values?.get(key).map(String::as_str);
            file::row((platform, columns), profile, value)
        };
        Ok(profiles.iter().map(row).collect())
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
