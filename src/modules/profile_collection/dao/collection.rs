//! Statements on collections.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, Expr, SelectStatement};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, Statement,
};
use serde_json::{Value as Json, json};

use super::super::dto::CollectionIn;
use super::super::entity::collection::{ActiveModel, Column, Entity, Model};
use super::super::entity::item;
use crate::core::db::{Db, TenantDb, TenantSql};
use crate::core::error::Error;
use crate::core::query::{Clause, condition};
use crate::core::rows::given;
use crate::core::share::share_id;

const OWNED: TenantSql = TenantSql::of_partner(
    "SELECT id::text AS id FROM profile_collection \
     WHERE partner_id = $1 AND id = ANY($2) AND enabled",
);

const TRACKERS: TenantSql = TenantSql::of_partner(
    "SELECT count(*) AS total FROM profile_collection WHERE partner_id = $1 AND source = $2",
);

/// The collections whose items were changed last, and the newest list. A changed collection is found along
/// the index of its partner's items.
const RECENT: TenantSql = TenantSql::of_partner(
    "\
    WITH first AS MATERIALIZED ( \
        SELECT c.id FROM profile_collection_item i \
        JOIN profile_collection c ON c.id = i.profile_collection_id AND c.enabled \
        WHERE i.partner_id = $1 AND c.partner_id = $1 ORDER BY i.updated_at DESC LIMIT 1 \
    ), second AS MATERIALIZED ( \
        SELECT c.id FROM profile_collection_item i \
        JOIN profile_collection c ON c.id = i.profile_collection_id AND c.enabled \
        WHERE i.partner_id = $1 AND c.partner_id = $1 AND c.id <> (SELECT id FROM first) \
        ORDER BY i.updated_at DESC LIMIT 1 \
    ), newest AS MATERIALIZED ( \
        SELECT id FROM profile_collection WHERE partner_id = $1 AND enabled AND source = $2 \
        ORDER BY created_at DESC, id DESC LIMIT 1 \
    ) \
    SELECT (SELECT id FROM first) AS first, (SELECT id FROM second) AS second, \
           (SELECT id FROM newest) AS newest",
);

/// The row of a short list whose items were changed last.
#[derive(Debug, Default)]
pub struct Recent {
    /// Collection whose items were changed last.
    pub first: Option<i64>,
    /// The next one.
    pub second: Option<i64>,
    /// Newest collection of the source.
    pub newest: Option<i64>,
}

/// Which of these ids are enabled collections of the partner, as text.
pub async fn owned(
    tenant: &TenantDb<'_>,
    partner_id: i64,
    ids: &[i64],
) -> Result<Vec<String>, Error> {
    let rows = tenant.narrowed(partner_id)?.all(OWNED, [ids.to_vec().into()]).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// The enabled ones among these, in no order.
pub async fn find(rows: &TenantDb<'_>, ids: &[i64]) -> Result<Vec<Model>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows.enabled::<Entity>().filter(Column::Id.is_in(ids.iter().copied())).all().await?)
}

/// The newest enabled one of this source and name.
pub async fn named(
    rows: &TenantDb<'_>,
    (source, name): (&str, &str),
) -> Result<Option<Model>, Error> {
    let is_named = Column::Source.eq(source).and(Column::Name.eq(name));
    let rows = rows.enabled::<Entity>().filter(is_named);
    Ok(rows.order_by_desc(Column::CreatedAt).one().await?)
}

/// What is behind a share id, whoever asks: id, owner, and whether sharing is on.
pub async fn shared(db: &Db<'_>, share_id: &str) -> Result<Option<(i64, i64, bool)>, Error> {
    let sql = "SELECT id, partner_id, share_enabled FROM shared_profile_collection($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [share_id.into()]);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(None) };
    let (id, owner) = (row.try_get("", "id")?, row.try_get("", "partner_id")?);
    Ok(Some((id, owner, row.try_get("", "share_enabled")?)))
}

/// The owner of a featured collection, whoever asks.
pub async fn featured(db: &Db<'_>, id: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT partner_id FROM featured_profile_collection($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "partner_id")).transpose()?)
}

/// The partner that has a collection of this campaign, whoever asks. Until the end of the transaction no
/// other one is told that nobody has.
pub async fn owner_of_campaign(tx: &Db<'_>, campaign_id: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT profile_collection_campaign_owner($1) AS partner_id";
    let values = [campaign_id.into()];
    let row = tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values));
    Ok(row.await?.map(|row| row.try_get("", "partner_id")).transpose()?.flatten())
}

/// Whether a collection could repeat another one.
pub fn may_repeat(collection: &CollectionIn) -> bool {
    let CollectionIn { share_id, source_id, campaign_id, .. } = collection;
    share_id.is_some() || source_id.is_some() || campaign_id.is_some()
}

/// The row of the scope's own partner that a creation would repeat, also a removed one; an enabled one
/// first.
pub async fn same(
    tenant: &TenantDb<'_>,
    collection: &CollectionIn,
) -> Result<Option<Model>, Error> {
    if !may_repeat(collection) {
        return Ok(None);
    }
    let share_id = collection.share_id.as_ref().map(|id| Column::ShareId.eq(id));
    let source = collection
        .source_id
        .as_ref()
        .map(|id| Column::Source.eq(collection.source.as_deref()).and(Column::SourceId.eq(id)));
    let campaign = collection.campaign_id.map(|id| Column::CampaignId.eq(id));
    let is_same = Condition::any().add_option(share_id).add_option(source).add_option(campaign);
    let mut same = tenant.own().find::<Entity>().filter(is_same).all().await?;
    same.sort_by_key(|row| !row.enabled);
    Ok(same.into_iter().next())
}

/// How many collections of the source the scope's own partner has, also removed ones.
pub async fn count(tenant: &TenantDb<'_>, source: &str) -> Result<i64, Error> {
    let row = tenant.own().one(TRACKERS, [source.into()]).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("", "total")?))
}

/// Stores a checked collection of the scope's own partner; `None` when a key of it is taken.
pub async fn create(
    tenant: &TenantDb<'_>,
    collection: CollectionIn,
    analytics_enabled: bool,
) -> Result<Option<Model>, Error> {
    let (chosen, source_id) = (collection.share_id.clone(), collection.source_id.clone());
    let row = ActiveModel {
        source: given(collection.source.clone()),
        campaign_id: Set(collection.campaign_id),
        campaign_platform: Set(collection.campaign_platform.clone()),
        share_enabled: Set(collection.share_enabled.unwrap_or(true)),
        ..columns(CollectionIn { share_enabled: None, ..collection })?
    };
    let row = ActiveModel {
        disabled_metrics: Set(json!([])),
        category_ids: Set(Some(set_or_empty(row.category_ids.clone()))),
        custom_columns: Set(set_or(row.custom_columns.clone())),
        ordered_columns: Set(set_or(row.ordered_columns.clone())),
        analytics_enabled: Set(analytics_enabled),
        featured: Set(false),
        ..row
    };
    store(tenant, row, (chosen, source_id)).await
}

/// Stores a collection of the scope's own partner that begins as another one; `None` when a key of it is taken.
pub async fn copy(tenant: &TenantDb<'_>, from: Model) -> Result<Option<Model>, Error> {
    let row = ActiveModel {
        name: Set(from.name),
        description: Set(from.description),
        categories: Set(from.categories),
        tags: Set(from.tags),
        category_ids: Set(from.category_ids),
        custom_columns: Set(from.custom_columns),
        ordered_columns: Set(from.ordered_columns),
        source: Set(from.source),
        disabled_metrics: Set(json!([])),
        share_enabled: Set(true),
        analytics_enabled: Set(false),
        featured: Set(false),
        ..ActiveModel::default()
    };
    store(tenant, row, (None, None)).await
}

async fn store(
    tenant: &TenantDb<'_>,
    row: ActiveModel,
    (chosen, source_id): (Option<String>, Option<String>),
) -> Result<Option<Model>, Error> {
    let fresh = || {
        let share_id = chosen.clone().unwrap_or_else(share_id);
        let source_id = source_id.clone().unwrap_or_else(|| share_id.clone());
        ActiveModel { share_id: Set(share_id), source_id: Set(source_id), ..row.clone() }
    };
    // What it would repeat was looked for before.
    tenant.own().insert_or_same(fresh, Condition::all().add(Expr::value(false))).await
}

fn set_or(value: sea_orm::ActiveValue<Json>) -> Json {
    value.try_as_ref().cloned().unwrap_or_else(|| json!([]))
}

fn set_or_empty(value: sea_orm::ActiveValue<Option<Json>>) -> Json {
    value.try_as_ref().cloned().flatten().unwrap_or_else(|| json!([]))
}

/// Writes the members that a checked change has.
pub async fn update(
    tenant: &TenantDb<'_>,
    id: i64,
    collection: CollectionIn,
) -> Result<Model, Error> {
    let enabled = given(collection.enabled.filter(|enabled| !enabled));
    tenant.patch::<Entity, _>(id, ActiveModel { enabled, ..columns(collection)? }).await
}

/// Removes a collection.
pub async fn remove(tenant: &TenantDb<'_>, id: i64) -> Result<(), Error> {
    let row = ActiveModel { enabled: Set(false), ..ActiveModel::default() };
    tenant.patch::<Entity, _>(id, row).await.map(drop)
}

/// Takes back a creation, as if it had never been.
pub async fn undo(tenant: &TenantDb<'_>, id: i64) -> Result<(), Error> {
    tenant.delete::<Entity>().filter(Column::Id.eq(id)).execute().await?;
    Ok(())
}

/// Notes the job that fills a collection.
pub async fn set_job(tenant: &TenantDb<'_>, id: i64, job_id: i64) -> Result<Model, Error> {
    let row = ActiveModel { job_id: Set(Some(job_id)), ..ActiveModel::default() };
    tenant.patch::<Entity, _>(id, row).await
}

/// The scope's own partner's collections that were changed last.
pub async fn recent(tenant: &TenantDb<'_>, source: &str) -> Result<Recent, Error> {
    let Some(row) = tenant.own().one(RECENT, [source.into()]).await? else {
        return Ok(Recent::default());
    };
    Ok(Recent {
        first: row.try_get("", "first")?,
        second: row.try_get("", "second")?,
        newest: row.try_get("", "newest")?,
    })
}

/// Condition that holds for the collections with an enabled item that meets the clauses; for all without
/// any.
pub fn with_item(clauses: &[Clause]) -> Condition {
    if clauses.is_empty() {
        return Condition::all();
    }
    let mut items = SelectStatement::new();
    items
        .column(item::Column::ProfileCollectionId)
        .from(item::Entity)
        .and_where(item::Column::Enabled.eq(true))
        .cond_where(condition(clauses));
    Condition::all().add(Column::Id.in_subquery(items))
}

fn columns(collection: CollectionIn) -> Result<ActiveModel, Error> {
    let internal = |error| Error::internal("profile collection", error);
    let disabled = collection.disabled_metrics.map(serde_json::to_value).transpose();
    let ids = collection.category_ids.map(serde_json::to_value).transpose();
    let custom = collection.custom_columns.map(serde_json::to_value).transpose();
    let ordered = collection.ordered_columns.map(serde_json::to_value).transpose();
    Ok(ActiveModel {
        name: given(collection.name),
        description: given(collection.description.map(Some)),
        categories: given(collection.categories.map(Some)),
        tags: given(collection.tags.map(Some)),
        featured: given(collection.featured),
        analytics_enabled: given(collection.analytics_enabled),
        share_enabled: given(collection.share_enabled),
        disabled_metrics: given(disabled.map_err(internal)?),
        category_ids: given(ids.map_err(internal)?.map(Some)),
        custom_columns: given(custom.map_err(internal)?),
        ordered_columns: given(ordered.map_err(internal)?),
        ..ActiveModel::default()
    })
}
