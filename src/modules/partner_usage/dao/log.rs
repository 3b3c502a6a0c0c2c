//! One log: the charge, the unlocked page, the activity's row and the event.

use std::collections::HashSet;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect,
    Statement,
};

use super::super::activity::{ActivityLog, Charge, UsageModule};
use super::super::entity::{page_track, usage};
use crate::core::db::TenantDb;
use crate::core::session::OutboxEvent;

/// Charges, unlocks, logs and emits. The insert of the track row comes first: a parallel call with
/// the same key waits for its commit, then sees no insert of its own and charges nothing. The
/// update of the counter re-reads a row that another transaction changed meanwhile.
const LOG: &str = r#"
WITH unlocked AS (
    INSERT INTO partner_profile_page_track (partner_id, key)
    SELECT $1, $5::text WHERE $4 AND $5::text IS NOT NULL
    ON CONFLICT (partner_id, key) DO NOTHING
    RETURNING id
), counter AS (
    SELECT id FROM partner_usage
    WHERE partner_id = $1 AND key = 'USAGE' AND namespace = $2
      AND enabled AND CURRENT_TIMESTAMP BETWEEN start_date AND end_date
), charged AS (
    UPDATE partner_usage SET consumed = consumed + $3, updated_at = CURRENT_TIMESTAMP
    WHERE $4 AND partner_id = $1 AND key = 'USAGE' AND namespace = $2
      AND enabled AND CURRENT_TIMESTAMP BETWEEN start_date AND end_date
      AND (NOT $6 OR (consumed < "limit" AND $3 <= "limit" - consumed))
      AND ($5::text IS NULL OR EXISTS (SELECT FROM unlocked))
    RETURNING id
), granted AS (
    SELECT WHERE NOT $4 OR EXISTS (SELECT FROM charged)
), updated AS (
    UPDATE activity_tracker SET type = $2, meta = $10, enabled = true, updated_at = CURRENT_TIMESTAMP
    WHERE $7 AND id = $8::bigint AND partner_id = $1 AND account_id = $9
      AND EXISTS (SELECT FROM granted)
    RETURNING id
), added AS (
    INSERT INTO activity_tracker (type, meta, partner_id, account_id)
    SELECT $2, $10, $1, $9
    WHERE $7 AND NOT EXISTS (SELECT FROM updated) AND EXISTS (SELECT FROM granted)
    RETURNING id
), activity AS (
    SELECT id FROM updated UNION ALL SELECT id FROM added
), emitted AS (
    INSERT INTO event_outbox (message_id, topic, order_key, headers, payload)
    SELECT $11, $12, $13, $14,
           $15::jsonb || jsonb_build_object('activityId', (SELECT id FROM activity))
    FROM granted
)
SELECT EXISTS (SELECT FROM counter) AS contracted,
       EXISTS (SELECT FROM unlocked) AS unlocked,
       EXISTS (SELECT FROM granted) AS granted,
       (SELECT id FROM activity) AS activity_id
"#;

/// What one log writes.
pub struct Entry<'a> {
    pub log: &'a ActivityLog,
    /// Whether the counter is charged and the page unlocked.
    pub counted: bool,
    /// 0 where unknown.
    pub account_id: i64,
    pub event: OutboxEvent,
}

/// What became of a log.
pub struct Logged {
    /// A counter of the module is in force.
    pub contracted: bool,
    /// The unlock key is new.
    pub unlocked: bool,
    /// Charged where it had to be; the rows were written.
    pub granted: bool,
    /// Row of the activity.
    pub activity_id: Option<i64>,
}

/// Charges, unlocks, writes the row of a tracked activity and the event in one statement.
pub async fn log(tenant: &TenantDb<'_>, entry: Entry<'_>) -> Result<Logged, DbErr> {
    let Entry { log, counted, account_id, event } = entry;
    let usage: [sea_orm::Value; 10] = [
        tenant.partner_id().into(),
        log.module.name().into(),
        log.count.into(),
        counted.into(),
        log.page_to_unlock().into(),
        (log.charge == Charge::Paid).into(),
        log.activity.is_tracked().into(),
        log.activity_id.into(),
        account_id.into(),
        log.meta.clone().into(),
    ];
    let values = usage.into_iter().chain(event.into_values());
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LOG, values);
    let row = tenant.db().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("outcome of a usage log".to_owned()))?;
    Ok(Logged {
        contracted: row.try_get("", "contracted")?,
        unlocked: row.try_get("", "unlocked")?,
        granted: row.try_get("", "granted")?,
        activity_id: row.try_get("", "activity_id")?,
    })
}

/// `consumed` and `limit` of the tenant's counter of `module` that is in force.
pub async fn counter(
    tenant: &TenantDb<'_>,
    module: UsageModule,
) -> Result<Option<(i64, i64)>, DbErr> {
    usage::Entity::find()
        .select_only()
        .columns([usage::Column::Consumed, usage::Column::Limit])
        .filter(usage::Column::PartnerId.eq(tenant.partner_id()))
        .filter(usage::Column::Key.eq(usage::KEY))
        .filter(usage::Column::Namespace.eq(module.name()))
        .filter(usage::Column::Enabled.eq(true))
        .filter(Expr::cust("CURRENT_TIMESTAMP BETWEEN start_date AND end_date"))
        .into_tuple()
        .one(tenant.db())
        .await
}

/// Those of `keys` that the tenant has unlocked.
pub async fn unlocked(tenant: &TenantDb<'_>, keys: &[String]) -> Result<HashSet<String>, DbErr> {
    let found: Vec<String> = page_track::Entity::find()
        .select_only()
        .column(page_track::Column::Key)
        .filter(page_track::Column::PartnerId.eq(tenant.partner_id()))
        .filter(page_track::Column::Key.is_in(keys))
        .into_tuple()
        .all(tenant.db())
        .await?;
    Ok(found.into_iter().collect())
}
