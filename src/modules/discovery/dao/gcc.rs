//! Campaign profiles of the creator application that are in a collection.

use sea_orm::sea_query::{Alias, Expr, Order, SelectStatement};
use sea_orm::{ConnectionTrait, JoinType};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, Page, column, condition};
use crate::modules::campaign::CampaignProfileRow;

/// Those of one collection that match; columns of the clauses are of `campaign` and `item`.
#[derive(Debug)]
pub struct GccSearch {
    pub collection_id: i64,
    /// Owner of the collection.
    pub owner: i64,
    pub clauses: Vec<Clause>,
    pub page: Page,
}

/// A page of them, the newest ones first, and how many match.
pub async fn search(
    db: &Db<'_>,
    search: &GccSearch,
) -> Result<(Vec<CampaignProfileRow>, i64), Error> {
    let mut page = matching(search);
    page.expr_as(
        Expr::cust(
            "(SELECT row_to_json(c) FROM (SELECT campaign.id, campaign.platform, \
             campaign.platform_account_id, campaign.admin_details, campaign.user_details, \
             campaign.on_gcc, campaign.on_gcc_app, campaign.gcc_user_account_id, \
             campaign.updated_by, campaign.has_email, campaign.has_phone) c)",
        ),
        Alias::new("campaign"),
    );
    page.order_by_expr(column("campaign.id"), Order::Desc);
    page.limit(search.page.size).offset(search.page.offset());
    let rows = db.query_all(&page).await?;
    let mut total = matching(search);
    total.expr_as(Expr::cust("count(*)"), Alias::new("total"));
    let total = match db.query_one(&total).await? {
        Some(row) => row.try_get("", "total")?,
        None => 0,
    };
    let rows = rows.iter().map(|row| row.try_get("", "campaign")).collect::<Result<_, _>>()?;
    Ok((rows, total))
}

fn matching(search: &GccSearch) -> SelectStatement {
    let mut statement = SelectStatement::new();
    statement
        .from_as(Alias::new("campaign_profiles"), Alias::new("campaign"))
        .join_as(
            JoinType::InnerJoin,
            Alias::new("profile_collection_item"),
            Alias::new("item"),
            Expr::cust(
                "item.platform = 'GCC' AND item.platform_account_code = campaign.platform_account_id",
            ),
        )
        .and_where(Expr::cust("campaign.platform = 'GCC'"))
        .and_where(Expr::cust_with_values(
            "item.profile_collection_id = $1 AND item.partner_id = $2",
            [search.collection_id, search.owner],
        ))
        .cond_where(condition(&search.clauses));
    statement
}
