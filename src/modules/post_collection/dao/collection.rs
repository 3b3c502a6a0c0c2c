//! Statements on collections.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;

use super::super::dto::PostCollectionIn;
use super::super::entity::collection::{ActiveModel, Column, Entity, Model};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::core::rows::given;
use crate::core::share::share_id;

/// Sources that a plan does not count.
const COUNTED: TenantSql = TenantSql::of_partner(
    "SELECT count(*) AS total FROM post_collection WHERE partner_id = $1 AND source <> $2",
);

/// Posts of a page of collections.
const POSTS: TenantSql = TenantSql::of_partner(
    "\
    SELECT i.post_collection_id AS id, count(*) AS posts \
    FROM post_collection_item i JOIN post_collection c ON c.id = i.post_collection_id \
    WHERE c.partner_id = $1 AND i.post_collection_id = ANY($2) AND i.enabled \
    GROUP BY i.post_collection_id",
);

/// The enabled ones among these, in no order.
pub async fn find(rows: &TenantDb<'_>, ids: &[String]) -> Result<Vec<Model>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows.enabled::<Entity>().filter(Column::Id.is_in(ids)).all().await?)
}

/// The newest enabled one of this name.
pub async fn named(rows: &TenantDb<'_>, name: &str) -> Result<Option<Model>, Error> {
    let rows = rows.enabled::<Entity>().filter(Column::Name.eq(name));
    Ok(rows.order_by_desc(Column::CreatedAt).one().await?)
}

/// The row of the scope's own partner that a creation would repeat, also a removed one; an enabled one
/// first.
pub async fn same(
    tenant: &TenantDb<'_>,
    collection: &PostCollectionIn,
) -> Result<Option<Model>, Error> {
    if collection.share_id.is_none() && collection.source_id.is_none() {
        return Ok(None);
    }
    let mut same = tenant.own().find::<Entity>().filter(is_same(collection)).all().await?;
    same.sort_by_key(|row| !row.enabled);
    Ok(same.into_iter().next())
}

fn is_same(collection: &PostCollectionIn) -> Condition {
    let share_id = collection.share_id.as_ref().map(|id| Column::ShareId.eq(id));
    let source = collection
        .source_id
        .as_ref()
        .map(|id| Column::Source.eq(collection.source.as_deref()).and(Column::SourceId.eq(id)));
    Condition::any().add_option(share_id).add_option(source)
}

/// How many collections a partner has that a plan counts, also removed ones; those of `free_source` are
/// not.
pub async fn counted(tenant: &TenantDb<'_>, free_source: &str) -> Result<i64, Error> {
    let row = tenant.own().one(COUNTED, [free_source.into()]).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("", "total")?))
}

/// Stores a checked collection of the scope's own partner under this id, or finds the one that it repeats;
/// `None` when a key of it is taken.
pub async fn create(
    tenant: &TenantDb<'_>,
    id: &str,
    collection: PostCollectionIn,
) -> Result<Option<Model>, Error> {
    let same = is_same(&collection).add(Column::Id.eq(id));
    let (source, chosen) = (collection.source.clone(), collection.share_id.clone());
    let source_id = collection.source_id.clone().unwrap_or_else(|| id.to_owned());
    let row = ActiveModel {
        id: Set(id.to_owned()),
        source: given(source),
        source_id: Set(source_id),
        disabled_metrics: Set(Some(json!([]))),
        expected_metric_values: Set(Some(json!({}))),
        ..columns(PostCollectionIn {
            disabled_metrics: None,
            expected_metric_values: None,
            ..collection
        })?
    };
    let fresh =
        || ActiveModel { share_id: Set(chosen.clone().unwrap_or_else(share_id)), ..row.clone() };
    tenant.own().insert_or_same(fresh, same).await
}

/// A collection until the end of the transaction as it is.
pub async fn to_change(tenant: &TenantDb<'_>, id: &str) -> Result<Model, Error> {
    let row = tenant.enabled::<Entity>().filter(Column::Id.eq(id)).lock_exclusive().one().await?;
    row.ok_or_else(|| Error::invalid_record(id))
}

/// Writes the members that a checked change has.
pub async fn update(
    tenant: &TenantDb<'_>,
    id: String,
    collection: PostCollectionIn,
) -> Result<Model, Error> {
    let enabled = given(collection.enabled.filter(|enabled| !enabled));
    tenant.patch::<Entity, _>(id, ActiveModel { enabled, ..columns(collection)? }).await
}

/// Removes a collection.
pub async fn remove(tenant: &TenantDb<'_>, id: String) -> Result<Model, Error> {
    let row = ActiveModel { enabled: Set(false), ..ActiveModel::default() };
    tenant.patch::<Entity, _>(id, row).await
}

/// Takes back a creation, as if it had never been.
pub async fn undo(tenant: &TenantDb<'_>, id: &str) -> Result<(), Error> {
    tenant.delete::<Entity>().filter(Column::Id.eq(id)).execute().await?;
    Ok(())
}

/// Notes the job that adds posts.
pub async fn set_job(tenant: &TenantDb<'_>, id: String, job_id: i64) -> Result<Model, Error> {
    let row = ActiveModel { job_id: Set(Some(job_id)), ..ActiveModel::default() };
    tenant.patch::<Entity, _>(id, row).await
}

/// Notes where the report on the comments lies.
pub async fn set_report(
    tenant: &TenantDb<'_>,
    id: String,
    (bucket, path): (String, String),
) -> Result<(), Error> {
    let row = ActiveModel {
        sentiment_report_bucket: Set(Some(bucket)),
        sentiment_report_path: Set(Some(path)),
        ..ActiveModel::default()
    };
    tenant.patch::<Entity, _>(id, row).await.map(drop)
}

/// How many posts these collections of the scope's own partner have; those without any are left out.
pub async fn posts(tenant: &TenantDb<'_>, ids: Vec<String>) -> Result<Vec<(String, i64)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tenant.own().all(POSTS, [ids.into()]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "posts")?))).collect()
}

fn columns(collection: PostCollectionIn) -> Result<ActiveModel, Error> {
    let json = |value: Result<_, _>| value.map_err(|e| Error::internal("post collection", e));
    let disabled = collection.disabled_metrics.map(serde_json::to_value).transpose();
    let expected = collection.expected_metric_values.map(serde_json::to_value).transpose();
    let instant = |seconds: Option<i64>| {
        let at = seconds.map(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
        given(at)
    };
    Ok(ActiveModel {
        name: given(collection.name),
        budget: given(collection.budget.map(Some)),
        start_time: instant(collection.start_time),
        end_time: instant(collection.end_time),
        comments: given(collection.comments.map(Some)),
        metrics_ingestion_freq: given(collection.metrics_ingestion_freq),
        disabled_metrics: given(json(disabled)?.map(Some)),
        expected_metric_values: given(json(expected)?.map(Some)),
        ..ActiveModel::default()
    })
}
