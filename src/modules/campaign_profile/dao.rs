//! A page of campaign profiles with their conditions on collections.

use sea_orm::sea_query::{Expr, NullOrdering, Order as SqlOrder, SelectStatement};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{Clause, Direction, Listed, Page, Paging, Sort, condition, read_page};
use crate::modules::campaign::{Column, Entity, Model};
use crate::modules::discovery::Owners;

const PHONE: &str = "campaign_profiles.phone";

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
    let query = matching(search);
    let db = db.planned_by_values();
    match &search.order {
        Order::By(sort, paging) => read_page(&db, query, (*sort, paging), Column::Id).await,
        Order::Rank(direction, page) => ranked(&db, query, search, (*direction, *page)).await,
    }
}

async fn ranked(
    db: &Db<'_>,
    query: Select<Entity>,
    search: &Search,
    (direction, page): (Direction, Page),
) -> Result<Listed<Model>, Error> {
    let order = match direction {
        Direction::Ascending => SqlOrder::Asc,
        Direction::Descending => SqlOrder::Desc,
    };
    let mut rows = query.clone();
    if let Some(within) = &search.collection {
        let mut rank = items(within);
        rank.expr(Expr::cust("min(item.rank)"));
        let rank = Expr::SubQuery(None, Box::new(rank.into()));
        rows = rows.order_by_with_nulls(rank, order, NullOrdering::Last);
    }
    let rows = rows.order_by_asc(Column::Id).offset(page.offset()).limit(page.size).all(db).await?;
    let total = i64::try_from(query.count(db).await?).unwrap_or(i64::MAX);
    let next = page.next_cursor(rows.len());
    Ok(Listed { rows, total, next })
}

fn matching(search: &Search) -> Select<Entity> {
    let mut query = Entity::find().filter(condition(&search.clauses));
    // Said again: each phone is another one, so the planner has no statistics on them and reckons with one row
    // of 200. With so many it would go through all profiles in their order until it has a page.
    let of_phones = |Clause(any): &&Clause| any.iter().all(|(operand, _)| operand.column == PHONE);
    let of_phones: Vec<Clause> = search.clauses.iter().filter(of_phones).cloned().collect();
    if !of_phones.is_empty() {
        query = query.filter(condition(&of_phones));
    }
    if !search.shows_disabled {
        query = query.filter(Column::Enabled.eq(true));
    }
    if let Some(within) = &search.collection {
        let mut items = items(within);
        items.expr(Expr::cust("1"));
        query = query.filter(Expr::exists(items));
    }
    query
}

/// Items of the profile's account in the collections that count; nothing selected yet.
fn items(within: &InCollection) -> SelectStatement {
    let mut statement = within.owners.items(&within.clauses);
    statement.and_where(Expr::cust(
        "item.platform_account_code = campaign_profiles.platform_account_id \
         AND item.platform = campaign_profiles.platform",
    ));
    statement
}
