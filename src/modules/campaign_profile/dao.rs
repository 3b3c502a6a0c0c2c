//! A page of campaign profiles with their conditions on collections.

use sea_orm::sea_query::{Alias, Condition, Expr, NullOrdering, Order as SqlOrder};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, JoinType,
    PaginatorTrait as _, QueryFilter as _, QueryTrait as _, Select,
};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, Direction, Listed, Page, Paging, Sort, condition, read_page_of};
use crate::modules::campaign::{Column, Entity, Model, searched};
use crate::modules::discovery::Owners;

const PHONE: &str = "campaign_profile_search.phone";
/// Where profiles are found.
const NARROW: &str = "campaign_profile_search";
/// Whether an item is of the profile's account.
const OF_PROFILE: &str = "item.platform_account_code = campaign_profile_search.platform_account_id \
     AND item.platform = campaign_profile_search.platform";

/// Which profiles, and in which order.
#[derive(Debug)]
pub struct Search {
    /// Conditions on profiles.
    pub clauses: Vec<Clause>,
    /// Whether those that were switched off are found, too.
    pub shows_disabled: bool,
    pub collection: Option<InCollection>,
    pub order: Order,
}

/// Conditions on the collections that the account is in.
#[derive(Debug)]
pub struct InCollection {
    /// Columns are of `item` and `collection`, also of the profile.
    pub clauses: Vec<Clause>,
    pub owners: Owners,
}

/// Order of the page.
#[derive(Debug)]
pub enum Order {
    By(Sort, Paging),
    /// By the smallest rank among the matching items.
    Rank(Direction, Page),
}

/// The page, and how many match: two statements.
pub async fn page(db: &Db<'_>, search: &Search) -> Result<Listed<Model>, Error> {
    let db = db.planned_by_values();
    match &search.order {
        Order::By(sort, paging) => {
            let ids = (Column::Id, searched::Column::Id);
            read_page_of::<Entity, _>(&db, matching(search), (*sort, paging), ids).await
        }
        Order::Rank(direction, page) => ranked(&db, search, (*direction, *page)).await,
    }
}

/// Each of the items is read once: for the ranks, the page and the total.
async fn ranked(
    db: &Db<'_>,
    search: &Search,
    (direction, page): (Direction, Page),
) -> Result<Listed<Model>, Error> {
    let order = match direction {
        Direction::Ascending => SqlOrder::Asc,
        Direction::Descending => SqlOrder::Desc,
    };
    let Some(within) = &search.collection else {
        return Err(Error::internal("campaign profiles", "ranks of no collection"));
    };
    let id = || Expr::col((Alias::new(NARROW), searched::Column::Id));
    let rank = Expr::cust("min(item.rank)");
    let mut found = within.owners.items(&within.clauses);
    found
        .join(JoinType::InnerJoin, Alias::new(NARROW), Expr::cust(OF_PROFILE))
        .cond_where(of_profiles(search))
        .expr(id())
        .expr_as(rank.clone(), Alias::new("rank"))
        .expr_as(Expr::cust("count(*) OVER ()"), Alias::new("total"))
        .add_group_by([id()])
        .order_by_expr_with_nulls(rank, order.clone(), NullOrdering::Last)
        .order_by_expr(id(), SqlOrder::Asc)
        .limit(page.size)
        .offset(page.offset());
    let mut read = Entity::find().into_query();
    read.expr_as(Expr::cust("page.total"), Alias::new("total"))
        .join_subquery(
            JoinType::InnerJoin,
            found,
            Alias::new("page"),
            Expr::cust("page.id = campaign_profiles.id"),
        )
        .order_by_expr_with_nulls(Expr::cust("page.rank"), order, NullOrdering::Last)
        .order_by_expr(Expr::cust("page.id"), SqlOrder::Asc);
    let read = db.query_all(&read).await?;
    let total = match read.first() {
        Some(row) => row.try_get("", "total")?,
        None if page.offset() == 0 => 0,
        None => i64::try_from(matching(search).count(db).await?).unwrap_or(i64::MAX),
    };
    let rows = read.iter().map(|row| Model::from_query_result(row, ""));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let next = page.next_cursor(rows.len());
    Ok(Listed { rows, total, next })
}

fn matching(search: &Search) -> Select<searched::Entity> {
    let query = searched::Entity::find().filter(of_profiles(search));
    let Some(within) = &search.collection else { return query };
    let mut items = within.owners.items(&within.clauses);
    items.expr(Expr::cust("1")).and_where(Expr::cust(OF_PROFILE));
    query.filter(Expr::exists(items))
}

/// What is asked of the profiles themselves.
fn of_profiles(search: &Search) -> Condition {
    let mut all = condition(&search.clauses);
    // Said again: each phone is another one, so the planner has no statistics on them and reckons with one row
    // of 200. With so many it would go through all profiles in their order until it has a page.
    let of_phones = |Clause(any): &&Clause| any.iter().all(|(operand, _)| operand.column == PHONE);
    let of_phones: Vec<Clause> = search.clauses.iter().filter(of_phones).cloned().collect();
    if !of_phones.is_empty() {
        all = all.add(condition(&of_phones));
    }
    if !search.shows_disabled {
        all = all.add(searched::Column::Enabled.eq(true));
    }
    all
}
