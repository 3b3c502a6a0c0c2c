//! Reads of the log of activities.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Iterable as _, QueryFilter as _, QuerySelect as _, Select};

use super::entity::{Column, Entity, Model};
use crate::core::db::{Scoped, TenantDb};
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, condition};
use crate::modules::usage::Activity;

/// Longest details of an activity that are answered, in bytes.
const META_LIMIT: usize = 32 * 1024;

/// A page of what the account did.
pub async fn page(
    tenant: &TenantDb<'_>,
    account_id: i64,
    clauses: &[Clause],
    list: (Sort, &Paging),
) -> Result<Listed<Model>, Error> {
    let query = listed(tenant).filter(Column::AccountId.eq(account_id)).filter(condition(clauses));
    bounded(query).page(list, Column::Id).await
}

/// One activity of the tenant, with `account_id` of that account only.
pub async fn find(
    tenant: &TenantDb<'_>,
    id: i64,
    account_id: Option<i64>,
) -> Result<Option<Model>, Error> {
    let mut query = listed(tenant).filter(Column::Id.eq(id));
    if let Some(account_id) = account_id {
        query = query.filter(Column::AccountId.eq(account_id));
    }
    Ok(bounded(query).one().await?)
}

/// With details of at most [`META_LIMIT`] bytes, so that a page has a size: of longer ones, which older
/// releases stored, the filters are null.
fn bounded(query: Scoped<'_, Select<Entity>>) -> Scoped<'_, Select<Entity>> {
    let columns = Column::iter().filter(|column| !matches!(column, Column::Meta));
    let meta = Expr::cust(format!(
        "CASE WHEN octet_length(meta::text) > {META_LIMIT} THEN jsonb_build_object( \
             'queryParams', '{{}}'::jsonb, 'bodyParams', '{{\"filters\": null}}'::jsonb, \
             'result', '{{}}'::jsonb, 'platform', left(meta ->> 'platform', 20)) \
             ELSE meta END"
    ));
    query.select_only().columns(columns).column_as(meta, Column::Meta)
}

/// Activities that are shown at all.
fn listed<'a>(tenant: &TenantDb<'a>) -> Scoped<'a, Select<Entity>> {
    let types = Activity::TRACKED.map(Activity::name);
    tenant.find::<Entity>().filter(Column::Enabled.eq(true)).filter(Column::Kind.is_in(types))
}
