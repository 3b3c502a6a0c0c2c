//! Accounts by what tenants keep of them, for searches elsewhere.

use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Expr, SelectStatement};

use super::search::{InCollection, all_items};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, condition};
use crate::core::types::Platform;

/// Ids of the accounts whose campaign profile and collections meet conditions, at most `most` and one more.
/// Either may be left out, not both.
pub async fn ids(
    db: &Db<'_>,
    platform: Platform,
    (campaign, collection): (&[Clause], Option<&InCollection>),
    most: u64,
) -> Result<Vec<i64>, Error> {
    let mut profiles = SelectStatement::new();
    profiles
        .from_as(Alias::new("campaign_profiles"), Alias::new("campaign"))
        .and_where(Expr::cust_with_values("campaign.platform = $1", [platform.name()]))
        .cond_where(condition(campaign));
    let mut ids = match collection {
        Some(within) => {
            let mut items = all_items(platform, within);
            items.expr_as(Expr::cust("item.platform_account_code"), Alias::new("id"));
            if !campaign.is_empty() {
                let same = "campaign.platform_account_id = item.platform_account_code";
                profiles.expr(Expr::cust("1")).and_where(Expr::cust(same));
                items.and_where(Expr::exists(profiles));
            }
            items
        }
        None => {
            profiles.expr_as(Expr::cust("campaign.platform_account_id"), Alias::new("id"));
            profiles
        }
    };
    ids.distinct().limit(most.saturating_add(1));
    let mut all = SelectStatement::new();
    all.expr_as(Expr::cust("coalesce(array_agg(id), '{}')"), Alias::new("ids"));
    all.from_subquery(ids, Alias::new("joined"));
    let row = db.query_one(&all).await?;
    Ok(row.map(|row| row.try_get("", "ids")).transpose()?.unwrap_or_default())
}
