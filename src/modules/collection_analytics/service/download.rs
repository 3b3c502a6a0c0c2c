//! The posts of a collection and their first days as a file.

use std::collections::HashMap;

use futures_util::stream;

use super::super::manager::asked::{invalid_collection, kind};
use super::super::manager::file;
use super::AnalyticsService;
use super::select::find;
use crate::core::error::{Code, Error};
use crate::core::files::{AssetInfo, Files, csv};
use crate::core::job_batch::{self, BatchItem, JobBatch, check_sender, missing_input};
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{
    CollectionMetricsService, CollectionType, DailyViews, MeasuredPost,
};
use crate::modules::profile_collection::ProfileCollectionService;

/// Most posts of a file.
const POSTS: i64 = 1_000;
const DOWNLOADED: &str = "Collection Downloaded";

/// What an item asks for.
struct Asked<'a> {
    kind: CollectionType,
    id: &'a str,
    platform: Option<Platform>,
}

impl AnalyticsService {
    /// Makes the report that the first item of a batch asks for and names it in the job.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account; `Input metadata is missing`,
    /// `Input metadata missing - collectionId/platform`; `invalid collection type`, `invalid platform`;
    /// `invalid collection`, `you are not authorized to download this collection`, `empty collection`; a
    /// store that fails.
    pub async fn creator_report(
        &self,
        unit: &UnitOfWork,
        files: &Files,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        let file = report(unit, files, &asked(batch.items.first())?).await?;
        batch.deliver(file, (DOWNLOADED, None));
        Ok(batch)
    }
}

/// Nothing is open while ClickHouse is asked and the file is sent.
async fn report(unit: &UnitOfWork, files: &Files, asked: &Asked<'_>) -> Result<AssetInfo, Error> {
    let Asked { kind, id, platform } = *asked;
    let posts = posts(&unit.apart(), asked).await?;
    if posts.is_empty() {
        return Err(Error::refused(Code::NotFound, "empty collection"));
    }
    let codes: Vec<String> = posts.iter().map(|post| post.post_short_code.clone()).collect();
    let metrics = CollectionMetricsService;
    let views = metrics.daily_views(unit, (kind, id), &codes, file::LAST_DAY).await?;
    let place = |one: &DailyViews| (one.platform.clone(), one.post_short_code.clone());
    let views: HashMap<_, _> = views.into_iter().map(|one| (place(&one), one)).collect();
    let row = |post: MeasuredPost| {
        let place = (post.platform.to_uppercase(), post.post_short_code.clone());
        file::row(kind, post, views.get(&place))
    };
    let rows = posts.into_iter().map(row).collect();
    let content = csv::file(&file::header(), stream::iter([Ok(rows)]));
    files.store_csv(unit, &file::name_of(platform, id), content).await
}

/// The posts of a collection of the caller with the highest reach.
async fn posts(unit: &UnitOfWork, asked: &Asked<'_>) -> Result<Vec<MeasuredPost>, Error> {
    let Asked { kind, id, platform } = *asked;
    let (rows, ids) = (unit.tenant().await?, [id.to_owned()]);
    if find(kind, &rows, &ids).await?.is_empty() {
        let is_shown = kind == CollectionType::Profile
            && ProfileCollectionService.measured_if_featured(unit, id).await?.is_some();
        let text = "you are not authorized to download this collection";
        return Err(match is_shown {
            true => Error::refused(Code::Unauthorized, text),
            false => invalid_collection(),
        });
    }
    let mut top = CollectionMetricsService.top_posts(&rows, kind, &ids, (POSTS, platform)).await?;
    Ok(top.remove(id).unwrap_or_default())
}

/// What an item asks for; a blank platform is all of them.
fn asked(item: Option<&BatchItem>) -> Result<Asked<'_>, Error> {
    let (item, [id, name]) = job_batch::asked(item, ["collectionId", "collectionType"])?;
    let platform = match item.given("platform").ok_or_else(missing_input)? {
        "" => None,
        name => Some(Platform::parse(name).ok_or_else(Error::invalid_platform)?),
    };
    Ok(Asked { kind: kind(name)?, id, platform })
}
