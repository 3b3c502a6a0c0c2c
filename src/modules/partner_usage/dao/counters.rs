//! Counters of contracts, and the pages that a contract let a partner unlock.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, QueryFilter, QueryOrder, QuerySelect};

use super::super::activity::UsageModule;
use super::super::entity::{page_track, usage};
use crate::core::db::{TenantDb, TenantSql};

/// A counter of a contract as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    pub namespace: String,
    pub limit: i64,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub frequency: String,
    pub next_reset_on: DateTime<Utc>,
}

/// Held until the end of a transaction that changes a partner's counters: two changes at a time would
/// leave a mixture of both.
const LOCK: &str = "partner_usage";

/// Waits until no other transaction changes the partner's counters, but for charges.
pub async fn lock(tenant: &TenantDb<'_>) -> Result<(), DbErr> {
    tenant.lock(LOCK).await
}

/// Makes these the counters of the partner; one that exists keeps what was consumed, others go.
/// No two of them have the same namespace.
pub async fn replace(tenant: &TenantDb<'_>, counters: &[Counter]) -> Result<(), DbErr> {
    use usage::Column;
    lock(tenant).await?;
    let now = Utc::now();
    let rows = counters.iter().map(|counter| usage::ActiveModel {
        namespace: Set(counter.namespace.clone()),
        key: Set(usage::KEY.to_owned()),
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
    tenant.upsert::<usage::Entity, _>(rows.collect(), conflict).await?;
    let kept = counters.iter().map(|counter| counter.namespace.as_str());
    let others = tenant.delete::<usage::Entity>().filter(Column::Namespace.is_not_in(kept));
    others.execute().await.map(drop)
}

/// Locks every profile page of the partner again.
pub async fn delete_unlocks(tenant: &TenantDb<'_>) -> Result<(), DbErr> {
    tenant.delete::<page_track::Entity>().execute().await.map(drop)
}

/// What the partner consumed, by namespace; also of counters that are not in force.
pub async fn consumed(tenant: &TenantDb<'_>) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = tenant
        .find::<usage::Entity>()
        .select_only()
        .columns([usage::Column::Namespace, usage::Column::Consumed])
        .filter(usage::Column::Key.eq(usage::KEY))
        .tuples()
        .await?;
    Ok(rows.into_iter().collect())
}

/// A counter whose date has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCounter {
    pub id: i64,
    pub namespace: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub frequency: String,
    /// When it had to start again.
    pub due_on: DateTime<Utc>,
}

impl From<usage::Model> for DueCounter {
    fn from(row: usage::Model) -> Self {
        Self {
            id: row.id,
            namespace: row.namespace,
            start: row.start_date,
            end: row.end_date,
            frequency: row.frequency,
            due_on: row.next_reset_on,
        }
    }
}

impl DueCounter {
    /// Whether it counts unlocked profile pages.
    pub fn is_of_pages(&self) -> bool {
        self.namespace == UsageModule::ProfilePage.name()
    }
}

/// Partners with counters whose date came before `now`.
pub async fn due_partners(tenant: &TenantDb<'_>, now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    tenant
        .find::<usage::Entity>()
        .select_only()
        .distinct()
        .column(usage::Column::PartnerId)
        .filter(usage::Column::NextResetOn.lt(now))
        .order_by_asc(usage::Column::PartnerId)
        .tuples()
        .await
}

/// Those of the partner's counters whose date came before `now`, held until the end of the transaction.
pub async fn due(tenant: &TenantDb<'_>, now: DateTime<Utc>) -> Result<Vec<DueCounter>, DbErr> {
    let rows = tenant
        .find::<usage::Entity>()
        .filter(usage::Column::NextResetOn.lt(now))
        .order_by_asc(usage::Column::Id)
        .lock_exclusive()
        .all()
        .await?;
    Ok(rows.into_iter().map(DueCounter::from).collect())
}

/// The partner's counter of a module, where its date has come by the database's clock; held until the
/// end of the transaction.
pub async fn due_of(
    tenant: &TenantDb<'_>,
    module: UsageModule,
) -> Result<Option<DueCounter>, DbErr> {
    let row = tenant
        .find::<usage::Entity>()
        .filter(usage::Column::Key.eq(usage::KEY))
        .filter(usage::Column::Namespace.eq(module.name()))
        .filter(Expr::cust("next_reset_on < CURRENT_TIMESTAMP"))
        .lock_exclusive()
        .one()
        .await?;
    Ok(row.map(DueCounter::from))
}

/// Starts a counter again at 0.
pub async fn reset(
    tenant: &TenantDb<'_>,
    id: i64,
    next_reset_on: DateTime<Utc>,
) -> Result<(), DbErr> {
    let update = tenant
        .update::<usage::Entity>()
        .set(usage::Column::Consumed, Expr::value(0_i64))
        .set(usage::Column::NextResetOn, Expr::value(next_reset_on))
        .set(usage::Column::UpdatedAt, Expr::value(Utc::now()))
        .filter(usage::Column::Id.eq(id));
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
    let delete = tenant.delete::<usage::Entity>().filter(usage::Column::Id.eq(id));
    delete.execute().await.map(drop)
}
