//! One charge: the counter, the unlocked page, the activity's row and the event.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QuerySelect};

use super::super::dto::{ActivityLog, Charge, UsageModule};
use super::super::entity::counter::{Column, Entity, KEY};
use super::super::entity::page_track;
use crate::core::db::{TenantDb, TenantSql};
use crate::core::unit_of_work::OutboxEvent;

/// Charges, unlocks, logs and emits. The insert of the track row comes first: a parallel call with
/// the same key waits for its commit, then sees no insert of its own and charges nothing; what is
/// charged once a day likewise. The update of the counter re-reads a row that another transaction
/// changed meanwhile. A counter whose period is over is only reported, and nothing is written.
const CHARGE: TenantSql = TenantSql::of_partner(
    r#"
WITH counter AS (
    SELECT next_reset_on, next_reset_on < CURRENT_TIMESTAMP AS due FROM partner_usage
    WHERE $4 AND partner_id = $1 AND key = 'USAGE' AND namespace = $2
      AND enabled AND CURRENT_TIMESTAMP BETWEEN start_date AND end_date
), ready AS (
    SELECT WHERE NOT EXISTS (SELECT FROM counter WHERE due)
), unlocked AS (
    INSERT INTO partner_profile_page_track (partner_id, key)
    SELECT $1, $5::text FROM ready WHERE $4 AND $5::text IS NOT NULL
    ON CONFLICT (partner_id, key) DO NOTHING
    RETURNING id
), once AS (
    INSERT INTO charged_search (partner_id, key)
    SELECT $1, $16::uuid FROM ready
    WHERE $4 AND $16::uuid IS NOT NULL AND NOT EXISTS (
        SELECT FROM charged_search
        WHERE partner_id = $1 AND key = $16 AND created_at > CURRENT_TIMESTAMP - interval '24 hours')
    ON CONFLICT (partner_id, key) DO UPDATE SET created_at = excluded.created_at
        WHERE charged_search.created_at <= excluded.created_at - interval '24 hours'
    RETURNING key
), repeated AS (
    SELECT FROM ready WHERE $4 AND $16::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM once)
), charged AS (
    UPDATE partner_usage SET consumed = consumed + $3, updated_at = CURRENT_TIMESTAMP
    WHERE $4 AND partner_id = $1 AND key = 'USAGE' AND namespace = $2
      AND enabled AND CURRENT_TIMESTAMP BETWEEN start_date AND end_date
      AND next_reset_on >= CURRENT_TIMESTAMP
      AND NOT EXISTS (SELECT FROM repeated)
      AND (NOT $6 OR (consumed < "limit" AND $3 <= "limit" - consumed))
      AND ($5::text IS NULL OR EXISTS (SELECT FROM unlocked))
    RETURNING id
), granted AS (
    SELECT FROM ready
    WHERE NOT $4 OR EXISTS (SELECT FROM charged) OR EXISTS (SELECT FROM repeated)
), logged AS (
    SELECT FROM granted WHERE $17 OR NOT EXISTS (SELECT FROM repeated)
), updated AS (
    UPDATE activity_tracker SET type = $2, meta = $10, enabled = true, updated_at = CURRENT_TIMESTAMP
    WHERE $7 AND id = $8::bigint AND partner_id = $1 AND account_id = $9
      AND EXISTS (SELECT FROM logged)
    RETURNING id
), added AS (
    INSERT INTO activity_tracker (type, meta, partner_id, account_id)
    SELECT $2, $10, $1, $9
    WHERE $7 AND NOT EXISTS (SELECT FROM updated) AND EXISTS (SELECT FROM logged)
    RETURNING id
), activity AS (
    SELECT id FROM updated UNION ALL SELECT id FROM added
), emitted AS (
    INSERT INTO event_outbox (message_id, topic, order_key, headers, payload)
    SELECT $11, $12, $13, $14,
           $15::jsonb || jsonb_build_object(
               'activityId', (SELECT id FROM activity),
               'incrementCount', CASE WHEN EXISTS (SELECT FROM repeated) THEN 0 ELSE $3 END)
    FROM logged
)
SELECT EXISTS (SELECT FROM counter) AS contracted,
       EXISTS (SELECT FROM counter WHERE due) AS due,
       (SELECT next_reset_on FROM counter) AS resets_on,
       EXISTS (SELECT FROM logged) AS logged,
       EXISTS (SELECT FROM unlocked) AS unlocked,
       EXISTS (SELECT FROM granted) AS granted,
       (SELECT id FROM activity) AS activity_id
"#,
);

/// What one charge writes.
pub struct Entry<'a> {
    pub log: &'a ActivityLog,
    /// Whether the counter is charged and the page unlocked.
    pub counted: bool,
    /// 0 where unknown.
    pub account_id: i64,
    pub event: OutboxEvent,
}

/// What became of a charge.
pub struct Charged {
    /// The counter has to start again first.
    pub due: bool,
    /// When the counter starts again.
    pub resets_on: Option<DateTime<Utc>>,
    /// Rows and event were written.
    pub logged: bool,
    /// A counter of the module is in force.
    pub contracted: bool,
    /// The unlock key is new.
    pub unlocked: bool,
    /// Charged where it had to be.
    pub granted: bool,
    /// Row of the activity.
    pub activity_id: Option<i64>,
}

/// Charges, unlocks, writes the row of a tracked activity and the event in one statement.
pub async fn charge(tenant: &TenantDb<'_>, entry: &Entry<'_>) -> Result<Charged, DbErr> {
    let Entry { log, counted, account_id, event } = entry;
    let usage: [sea_orm::Value; 9] = [
        log.module.name().into(),
        log.count.into(),
        (*counted).into(),
        log.page_to_unlock().into(),
        (log.charge == Charge::Paid).into(),
        log.activity.is_tracked().into(),
        log.activity_id.into(),
        (*account_id).into(),
        log.meta.clone().into(),
    ];
    let once: [sea_orm::Value; 2] = [
        log.once.map(|once| once.key).into(),
        log.once.is_some_and(|once| once.logs_repeats).into(),
    ];
    let values = usage.into_iter().chain(event.values()).chain(once);
    let row = tenant.one(CHARGE, values).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("outcome of a charge".to_owned()))?;
    Ok(Charged {
        due: row.try_get("", "due")?,
        resets_on: row.try_get("", "resets_on")?,
        logged: row.try_get("", "logged")?,
        contracted: row.try_get("", "contracted")?,
        unlocked: row.try_get("", "unlocked")?,
        granted: row.try_get("", "granted")?,
        activity_id: row.try_get("", "activity_id")?,
    })
}

/// `consumed`, `limit` and next start of the tenant's counter of `module` that is in force; one whose period is over
/// starts at 0 with the next charge.
pub async fn counter(
    tenant: &TenantDb<'_>,
    module: UsageModule,
) -> Result<Option<(i64, i64, DateTime<Utc>)>, DbErr> {
    tenant
        .own()
        .find::<Entity>()
        .select_only()
        .expr(Expr::cust("CASE WHEN next_reset_on < CURRENT_TIMESTAMP THEN 0 ELSE consumed END"))
        .columns([Column::Limit, Column::NextResetOn])
        .filter(Column::Key.eq(KEY))
        .filter(Column::Namespace.eq(module.name()))
        .filter(Column::Enabled.eq(true))
        .filter(Expr::cust("CURRENT_TIMESTAMP BETWEEN start_date AND end_date"))
        .tuple()
        .await
}

/// Those of `keys` that the tenant has unlocked.
pub async fn unlocked(tenant: &TenantDb<'_>, keys: &[String]) -> Result<HashSet<String>, DbErr> {
    let found: Vec<String> = tenant
        .own()
        .find::<page_track::Entity>()
        .select_only()
        .column(page_track::Column::Key)
        .filter(page_track::Column::Key.is_in(keys))
        .tuples()
        .await?;
    Ok(found.into_iter().collect())
}
