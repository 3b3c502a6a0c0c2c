//! Counters of contracts, and the pages that a contract let a partner unlock.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

use super::super::activity::UsageModule;
use super::super::entity::{page_track, usage};

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
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('partner_usage', $1))";

/// Waits until no other transaction changes the partner's counters, but for charges.
pub async fn lock(db: &impl ConnectionTrait, partner_id: i64) -> Result<(), DbErr> {
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, LOCK, [partner_id.into()]);
    db.execute_raw(lock).await.map(drop)
}

/// Makes these the counters of the partner; one that exists keeps what was consumed, others go.
/// No two of them have the same namespace.
pub async fn replace(
    db: &impl ConnectionTrait,
    partner_id: i64,
    counters: &[Counter],
) -> Result<(), DbErr> {
    use usage::Column;
    lock(db, partner_id).await?;
    let now = Utc::now();
    let rows = counters.iter().map(|counter| usage::ActiveModel {
        partner_id: Set(partner_id),
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
    if !counters.is_empty() {
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
        usage::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(identity).update_columns(replaced).to_owned())
            .exec_without_returning(db)
            .await?;
    }
    let kept = counters.iter().map(|counter| counter.namespace.as_str());
    usage::Entity::delete_many()
        .filter(Column::PartnerId.eq(partner_id))
        .filter(Column::Namespace.is_not_in(kept))
        .exec(db)
        .await?;
    Ok(())
}

/// Locks every profile page of the partner again.
pub async fn delete_unlocks(db: &impl ConnectionTrait, partner_id: i64) -> Result<(), DbErr> {
    page_track::Entity::delete_many()
        .filter(page_track::Column::PartnerId.eq(partner_id))
        .exec(db)
        .await?;
    Ok(())
}

/// What the partner consumed, by namespace; also of counters that are not in force.
pub async fn consumed(
    db: &impl ConnectionTrait,
    partner_id: i64,
) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = usage::Entity::find()
        .select_only()
        .columns([usage::Column::Namespace, usage::Column::Consumed])
        .filter(usage::Column::PartnerId.eq(partner_id))
        .filter(usage::Column::Key.eq(usage::KEY))
        .into_tuple()
        .all(db)
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
pub async fn due_partners(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, DbErr> {
    usage::Entity::find()
        .select_only()
        .distinct()
        .column(usage::Column::PartnerId)
        .filter(usage::Column::NextResetOn.lt(now))
        .order_by_asc(usage::Column::PartnerId)
        .into_tuple()
        .all(db)
        .await
}

/// Those of a partner's counters whose date came before `now`, held until the end of the transaction.
pub async fn due(
    db: &impl ConnectionTrait,
    partner_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<DueCounter>, DbErr> {
    let rows = usage::Entity::find()
        .filter(usage::Column::PartnerId.eq(partner_id))
        .filter(usage::Column::NextResetOn.lt(now))
        .order_by_asc(usage::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(DueCounter::from).collect())
}

/// The partner's counter of a module, where its date has come by the database's clock; held until the
/// end of the transaction.
pub async fn due_of(
    db: &impl ConnectionTrait,
    partner_id: i64,
    module: UsageModule,
) -> Result<Option<DueCounter>, DbErr> {
    let row = usage::Entity::find()
        .filter(usage::Column::PartnerId.eq(partner_id))
        .filter(usage::Column::Key.eq(usage::KEY))
        .filter(usage::Column::Namespace.eq(module.name()))
        .filter(Expr::cust("next_reset_on < CURRENT_TIMESTAMP"))
        .lock_exclusive()
        .one(db)
        .await?;
    Ok(row.map(DueCounter::from))
}

/// Starts a counter again at 0.
pub async fn reset(
    db: &impl ConnectionTrait,
    id: i64,
    next_reset_on: DateTime<Utc>,
) -> Result<(), DbErr> {
    usage::Entity::update_many()
        .col_expr(usage::Column::Consumed, Expr::value(0_i64))
        .col_expr(usage::Column::NextResetOn, Expr::value(next_reset_on))
        .col_expr(usage::Column::UpdatedAt, Expr::value(Utc::now()))
        .filter(usage::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets some of the searches that were charged before; their number.
pub async fn delete_searches(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    // One that is charged anew meanwhile is young, and stays.
    let sql = format!(
        "DELETE FROM charged_search WHERE created_at <= $1 AND ctid = ANY (ARRAY( \
             SELECT ctid FROM charged_search WHERE created_at <= $1 LIMIT {limit}))"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [before.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Removes a counter.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    usage::Entity::delete_many().filter(usage::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}
