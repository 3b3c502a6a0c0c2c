//! The collections that a caller may see.

use serde_json::Value;

use super::super::dto::CollectionMetadataOut;
use super::super::manager::asked::{Selector, invalid_collection};
use super::super::manager::entry::expected;
use super::super::manager::series::Limits;
use crate::core::db::TenantDb;
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_group::{CollectionGroupService, GroupMetadata, GroupOut};
use crate::modules::collection_metrics::{CollectionType, PostFilters};
use crate::modules::post_collection::{PostCollection, PostCollectionService};
use crate::modules::profile_collection::{MeasuredCollection, ProfileCollectionService};

/// Collections of one kind, and the view in which they were found.
pub(super) struct Selected<'a> {
    /// The view.
    pub(super) rows: TenantDb<'a>,
    /// In the order in which they were named.
    pub(super) collections: Vec<Collection>,
    /// What their group says, where one was asked for.
    pub(super) group: Option<CollectionMetadataOut>,
    /// The platforms' own ids of accounts that their owner hides from whoever reads them here.
    hidden_accounts: Vec<String>,
}

/// A collection of either kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Collection {
    pub(super) id: String,
    pub(super) budget: Option<i64>,
    pub(super) disabled_metrics: Vec<String>,
    /// What it says where no group does.
    pub(super) metadata: CollectionMetadataOut,
    /// First and last instant that is measured.
    pub(super) limits: Limits,
    /// Bucket and path of the report on its comments.
    pub(super) report: Option<(String, String)>,
}

impl<'a> Selected<'a> {
    fn own(rows: TenantDb<'a>, collections: Vec<Collection>) -> Self {
        Self { rows, collections, group: None, hidden_accounts: Vec::new() }
    }

    /// As somebody else than the owner sees them: without what is hidden. An account that is hidden in one of
    /// several collections is hidden in all of them.
    async fn without_hidden(mut self, kind: CollectionType) -> Result<Self, Error> {
        if kind == CollectionType::Profile {
            let profiles = ProfileCollectionService;
            self.hidden_accounts = profiles.hidden_accounts(&self.rows, &self.ids()).await?;
        }
        Ok(self)
    }

    /// These filters, for the posts that the reader may count.
    pub(super) fn narrow(&self, filters: PostFilters) -> PostFilters {
        PostFilters { except_accounts: self.hidden_accounts.clone(), ..filters }
    }

    /// Ids of the collections.
    pub(super) fn ids(&self) -> Vec<String> {
        self.collections.iter().map(|one| one.id.clone()).collect()
    }

    /// The same, unless there is none.
    ///
    /// # Errors
    /// `invalid collection`.
    pub(super) fn some(self) -> Result<Self, Error> {
        if self.collections.is_empty() { Err(invalid_collection()) } else { Ok(self) }
    }
}

/// The collections that are meant; of a group those of this kind that still are its partner's, which may be
/// none.
///
/// # Errors
/// `invalid collection`; `record not found` for a share id; `this collection can not be shared with anyone`;
/// of a caller without account `you are not authorized to access this collection` or `… collection group`.
pub(super) async fn select<'a>(
    unit: &'a UnitOfWork,
    kind: CollectionType,
    selector: &Selector,
) -> Result<Selected<'a>, Error> {
    match selector {
        Selector::Collection(id) => by_id(unit, kind, id).await,
        Selector::Shared(share_id) => by_share_id(unit, kind, share_id).await,
        Selector::Group(id) => {
            admit(unit, "you are not authorized to access this collection group")?;
            let id: i64 = id.parse().map_err(|_| invalid_collection())?;
            let group = CollectionGroupService.find(unit, id).await?;
            let group = group.ok_or_else(invalid_collection)?;
            let rows = unit.tenant().await?.narrowed(group.partner_id)?;
            members(kind, rows, group).await
        }
        Selector::SharedGroup(share_id) => {
            let (group, rows) = CollectionGroupService.shared(unit, share_id).await?;
            members(kind, rows, group).await?.without_hidden(kind).await
        }
    }
}

fn admit(unit: &UnitOfWork, text: &'static str) -> Result<(), Error> {
    let refused = |_| Error::refused(Code::Unauthorized, text);
    unit.caller().user().map(drop).map_err(refused)
}

async fn by_id<'a>(
    unit: &'a UnitOfWork,
    kind: CollectionType,
    id: &str,
) -> Result<Selected<'a>, Error> {
    let admitted = admit(unit, "you are not authorized to access this collection");
    if admitted.is_ok() {
        let rows = unit.tenant().await?;
        let collections = find(kind, &rows, &[id.to_owned()]).await?;
        if !collections.is_empty() {
            return Ok(Selected::own(rows, collections));
        }
    }
    if kind == CollectionType::Profile
        && let Some((row, rows)) = ProfileCollectionService.measured_if_featured(unit, id).await?
    {
        return Selected::own(rows, vec![of_profiles(row)]).without_hidden(kind).await;
    }
    admitted.and_then(|()| Err(invalid_collection()))
}

async fn by_share_id<'a>(
    unit: &'a UnitOfWork,
    kind: CollectionType,
    share_id: &str,
) -> Result<Selected<'a>, Error> {
    let (collection, rows) = match kind {
        CollectionType::Post => {
            let (row, rows) = PostCollectionService.shared(unit, share_id).await?;
            (of_posts(row), rows)
        }
        CollectionType::Profile => {
            let profiles = ProfileCollectionService;
            let (row, rows) = profiles.measured_by_share_id(unit, share_id).await?;
            (of_profiles(row), rows)
        }
    };
    Selected::own(rows, vec![collection]).without_hidden(kind).await
}

async fn members(
    kind: CollectionType,
    rows: TenantDb<'_>,
    group: GroupOut,
) -> Result<Selected<'_>, Error> {
    let ids = group.collection_ids.unwrap_or_default();
    let collections = find(kind, &rows, &ids).await?;
    let metadata = group.metadata.unwrap_or_default();
    let GroupMetadata { expected_metric_values, disabled_metrics, comments } = metadata;
    let values = serde_json::to_value(expected_metric_values);
    let values = values.map_err(|error| Error::internal("collection group", error))?;
    let expected_metric_values = expected(Some(values));
    let group = Some(CollectionMetadataOut { disabled_metrics, expected_metric_values, comments });
    Ok(Selected { group, ..Selected::own(rows, collections) })
}

/// Those of these collections that are in the view.
pub(super) async fn find(
    kind: CollectionType,
    rows: &TenantDb<'_>,
    ids: &[String],
) -> Result<Vec<Collection>, Error> {
    Ok(match kind {
        CollectionType::Post => {
            let found = PostCollectionService.find(rows, ids).await?;
            found.into_iter().map(of_posts).collect()
        }
        CollectionType::Profile => {
            let found = ProfileCollectionService.measured(rows, ids).await?;
            found.into_iter().map(of_profiles).collect()
        }
    })
}

fn of_posts(row: PostCollection) -> Collection {
    let texts = |list: Value| serde_json::from_value::<Vec<String>>(list).unwrap_or_default();
    let disabled_metrics = row.disabled_metrics.map(texts).unwrap_or_default();
    Collection {
        id: row.id,
        budget: row.budget,
        metadata: CollectionMetadataOut {
            disabled_metrics: disabled_metrics.clone(),
            expected_metric_values: expected(row.expected_metric_values),
            comments: Some(row.comments.unwrap_or_default()),
        },
        disabled_metrics,
        limits: (row.start_time, row.end_time),
        report: row.sentiment_report_bucket.zip(row.sentiment_report_path),
    }
}

fn of_profiles(row: MeasuredCollection) -> Collection {
    Collection {
        id: row.id,
        budget: None,
        metadata: CollectionMetadataOut {
            disabled_metrics: row.disabled_metrics.clone(),
            ..CollectionMetadataOut::default()
        },
        disabled_metrics: row.disabled_metrics,
        limits: (None, None),
        report: None,
    }
}
