//! Counters of contracts, and the pages that a contract let a partner unlock.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, QueryFilter, QueryOrder, QuerySelect};

use super::super::dto::UsageModule;
use super::super::entity::counter::{self, Column, KEY, NewCounter};
use super::super::entity::page_track;
use crate::core::db::{TenantDb, TenantSql};

/// Held until the end of a transaction that changes a partner's counters: two changes at a time would
/// leave a mixture of both.
const LOCK: &str = "partner_usage";

/// Waits until no other transaction changes the partner's counters, but for charges.
pub async fn lock(tenant: &TenantDb<'_>) -> Result<(), DbErr> {
    tenant.lock(LOCK).await
}

/// Makes these the counters of the partner; one that exists keeps what was consumed, others go.
/// No two of them have the same namespace.
pub async fn replace(tenant: &TenantDb<'_>, counters: &[NewCounter]) -> Result<(), DbErr> {
    lock(tenant).await?;
    let now = Utc::now();
    let rows = counters.iter().map(|counter| counter::ActiveModel {
        namespace: Set(counter.namespace.clone()),
        key: Set(KEY.to_owned()),
        limit: Set(counter.limit),
        start_date: Set(counter.start),
        end_date: Set(counter.end),
        next_reset_on: Set(counter.next_reset_on),
        frequency: Set(counter.frequency.clone()),
        enabled: Set(true),
        updated_at: Set(now),
        ..Default::default()
    });
    let identity = [Column::PartnerId, Column::Key, Column::Namespace];
    let replaced = [
        Column::Limit,
        Column::StartDate,
        Column::EndDate,
        Column::NextResetOn,
        Column::Frequency,
        Column::Enabled,
        Column::UpdatedAt,
    ];
    let conflict = OnConflict::columns(identity).update_columns(replaced).to_owned();
    tenant.upsert::<counter::Entity, _>(rows.collect(), conflict).await?;
    let kept = counters.iter().map(|counter| counter.namespace.as_str());
    let others = tenant.delete::<counter::Entity>().filter(Column::Namespace.is_not_in(kept));
    others.execute().await.map(drop)
}

/// Locks every profile page of the partner again.
pub async fn delete_unlocks(tenant: &TenantDb<'_>) -> Result<(), DbErr> {
    tenant.delete::<page_track::Entity>().execute().await.map(drop)
}

/// What the partner consumed, by namespace; also of counters that are not in force.
pub async fn consumed(tenant: &TenantDb<'_>) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = tenant
        .find::<counter::Entity>()
        .select_only()
        .columns([Column::Namespace, Column::Consumed])
        .filter(Column::Key.eq(KEY))
        .tuples()
        .await?;
    Ok(rows.into_iter().collect())
}

/// Partners with counters whose date came before `now`.
pub async fn due_partners(tenant: &TenantDb<'_>, now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    tenant
        .find::<counter::Entity>()
        .select_only()
        .distinct()
        .column(Column::PartnerId)
        .filter(Column::NextResetOn.lt(now))
        .order_by_asc(Column::PartnerId)
        .tuples()
        .await
}

/// Those of the partner's counters whose date came before `now`, held until the end of the transaction.
pub async fn due(tenant: &TenantDb<'_>, now: DateTime<Utc>) -> Result<Vec<counter::Model>, DbErr> {
    tenant
        .find::<counter::Entity>()
        .filter(Column::NextResetOn.lt(now))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all()
        .await
}

/// The partner's counter of a module, where its date has come by the database's clock; held until the
/// end of the transaction.
pub async fn due_of(
    tenant: &TenantDb<'_>,
    module: UsageModule,
) -> Result<Option<counter::Model>, DbErr> {
    tenant
        .find::<counter::Entity>()
        .filter(Column::Key.eq(KEY))
        .filter(Column::Namespace.eq(module.name()))
        .filter(Expr::cust("next_reset_on < CURRENT_TIMESTAMP"))
        .lock_exclusive()
        .one()
        .await
}

/// Starts a counter again at 0.
pub async fn reset(
    tenant: &TenantDb<'_>,
    id: i64,
    next_reset_on: DateTime<Utc>,
) -> Result<(), DbErr> {
    let update = tenant
        .update::<counter::Entity>()
        .set(Column::Consumed, Expr::value(0_i64))
        .set(Column::NextResetOn, Expr::value(next_reset_on))
        .set(Column::UpdatedAt, Expr::value(Utc::now()))
        .filter(Column::Id.eq(id));
    update.execute().await.map(drop)
}

/// One that is charged anew meanwhile is young, and stays.
const FORGET: TenantSql = TenantSql::of_scope(
    "DELETE FROM charged_search WHERE partner_id BETWEEN $1 AND $2 AND created_at <= $3 \
     AND ctid = ANY (ARRAY( \
         SELECT ctid FROM charged_search \
         WHERE partner_id BETWEEN $1 AND $2 AND created_at <= $3 LIMIT $4)) \
     RETURNING 1 AS deleted",
);

/// Forgets some of the searches that were charged before; their number.
pub async fn delete_searches(
    tenant: &TenantDb<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, DbErr> {
    Ok(tenant.all(FORGET, [before.into(), limit.into()]).await?.len() as u64)
}

/// Removes a counter.
pub async fn delete(tenant: &TenantDb<'_>, id: i64) -> Result<(), DbErr> {
    let delete = tenant.delete::<counter::Entity>().filter(Column::Id.eq(id));
    delete.execute().await.map(drop)
}
