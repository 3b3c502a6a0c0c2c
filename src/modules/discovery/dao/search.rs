//! A page of a search, in one statement.

use sea_orm::sea_query::{Alias, Expr, NullOrdering, Order, SelectStatement};
use sea_orm::{ConnectionTrait, JoinType, QueryResult};

use super::super::entity::{Found, Owners};
use super::account::{self, Along};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::query::{
    Clause, Direction, Kind, Paging, Place, Value, behind, column, condition, read_key,
};
use crate::core::types::Platform;

const ID: &str = "account.id";

/// A search over the accounts of one platform. Columns are of `account`, `campaign` (campaign
/// profile), `item` (collection item) and `collection`.
#[derive(Debug, Clone)]
pub struct Search {
    pub platform: Platform,
    /// Conditions on the account and its campaign profile.
    pub clauses: Vec<Clause>,
    /// Whether a clause names the campaign profile.
    pub uses_campaign: bool,
    pub collection: Option<InCollection>,
    pub sort: &'static [SortKey],
    pub direction: Direction,
    pub paging: Paging,
    /// Matches that are counted at most; `None` = they are not counted.
    pub counts_to: Option<u64>,
    pub along: Along,
}

/// Condition on the collections that an account is in.
#[derive(Debug, Clone)]
pub struct InCollection {
    pub clauses: Vec<Clause>,
    /// Accounts that are in no such collection instead.
    pub excluded: bool,
    /// Whether its items are read before any account, for one collection alone: a plan that goes through the
    /// accounts in their order and asks of each whether it is an item may go through all of them.
    pub read_first: bool,
    pub owners: Owners,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// A column.
    Column(&'static str, Kind),
    /// A grade by its position from `Poor` to `Excellent`.
    Grade(&'static str),
    /// Smallest rank among the matching collection items.
    Rank,
}

impl SortKey {
    /// Type of its values.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Column(_, kind) => *kind,
            Self::Grade(_) | Self::Rank => Kind::Integer,
        }
    }
}

/// Accounts of a page.
#[derive(Debug, Default)]
pub struct FoundPage {
    pub rows: Vec<Found>,
    /// Matches over all pages, when counted.
    pub total: Option<i64>,
    /// Matches there are at least, when they are more than are counted.
    pub at_least: Option<u64>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether there may be more accounts.
    pub may_follow: bool,
}

/// Runs a search, in one statement; in two where a page reaches the accounts without a value to sort by.
pub async fn run(db: &Db<'_>, search: &Search) -> Result<FoundPage, Error> {
    let paging = &search.paging;
    let mut rows = Vec::new();
    for behind in stretches(search) {
        let left = paging.limit() - rows.len() as u64;
        if left > 0 {
            rows.extend(db.query_all(&statement(search, behind, left)).await?);
        }
    }
    let counted: Option<i64> = match (rows.first(), search.counts_to) {
        (Some(row), Some(_)) => Some(row.try_get("", "total")?),
        // Only first pages are counted: an empty one says that nothing matches.
        (None, Some(_)) => Some(0),
        (_, None) => paging.counted(),
    };
    let (total, at_least) = up_to(counted, search.counts_to);
    let next = paging.next(&mut rows, total, |row| place(search, row))?;
    let is_full = rows.len() as u64 >= paging.size();
    let may_follow = if paging.is_keyset() { next.is_some() } else { is_full };
    let rows = account::read(search.platform, &rows)?;
    Ok(FoundPage { rows, total, at_least, next, may_follow })
}

/// A number of matches, or that there are more than are counted.
pub fn up_to(counted: Option<i64>, most: Option<u64>) -> (Option<i64>, Option<u64>) {
    let exceeds = |most: &u64| counted.is_some_and(|counted| counted.unsigned_abs() > *most);
    match most.filter(exceeds) {
        Some(most) => (None, Some(most)),
        None => (counted, None),
    }
}

/// The ids of all accounts that match, in their order, in one statement.
pub async fn ids(db: &Db<'_>, search: &Search) -> Result<Vec<i64>, Error> {
    let mut matches = matching(search);
    matches.expr_as(column(ID), Alias::new("id"));
    order(&mut matches, search);
    let mut all = SelectStatement::new();
    all.expr_as(Expr::cust("coalesce(array_agg(id), '{}')"), Alias::new("ids"));
    all.from_subquery(matches, Alias::new("matches"));
    let row = db.query_one(&all).await?;
    Ok(row.map(|row| row.try_get("", "ids")).transpose()?.unwrap_or_default())
}

/// Conditions on the accounts that are read one after the other until the page is full.
fn stretches(search: &Search) -> Vec<Option<Expr>> {
    let Some(place) = search.paging.after() else { return vec![None] };
    let keys: Vec<Expr> = search.sort.iter().map(|key| expression(*key, search)).collect();
    let behind = behind(&keys, search.direction, column(ID), place);
    behind.into_iter().map(Some).collect()
}

fn place(search: &Search, row: &QueryResult) -> Result<Place, Error> {
    let unread = || Error::internal("cursor", "an account has no place");
    let keys: serde_json::Value = row.try_get("", "place")?;
    let keys = keys.as_array().ok_or_else(unread)?.iter().zip(search.sort);
    let keys = keys.map(|(key, sort)| match key.as_str() {
        Some(text) => read_key(sort.kind(), text).map(Some).ok_or_else(unread),
        None => Ok(None),
    });
    let id = Value::Integer(row.try_get("", "id")?);
    Ok(Place { keys: keys.collect::<Result<_, _>>()?, id })
}

/// The ids of the page are found first, so that wide rows and their links are read for those only.
fn statement(search: &Search, behind: Option<Expr>, limit: u64) -> SelectStatement {
    let mut ids = matching(search);
    ids.expr_as(column(ID), Alias::new("id"));
    ids.and_where_option(behind);
    order(&mut ids, search);
    ids.limit(limit).offset(search.paging.offset());
    let mut page = account::select(search.platform, search.along);
    if search.paging.is_keyset() {
        ids.expr_as(keys(search), Alias::new("place"));
        page.expr_as(Expr::cust("page.place"), Alias::new("place"));
    }
    page.join_subquery(
        JoinType::InnerJoin,
        ids,
        Alias::new("page"),
        Expr::cust("page.id = account.id"),
    );
    if let Some(most) = search.counts_to {
        let mut matches = matching(search);
        matches.expr(Expr::cust("1"));
        if i64::try_from(most).is_ok() {
            matches.limit(most.saturating_add(1));
        }
        let mut total = SelectStatement::new();
        total.expr(Expr::cust("count(*)")).from_subquery(matches, Alias::new("matches"));
        page.expr_as(subquery(total), Alias::new("total"));
    }
    order(&mut page, search);
    page
}

/// The values that an account is sorted by, each as a text that has all of it.
fn keys(search: &Search) -> Expr {
    let texts: Vec<String> =
        (1..=search.sort.len()).map(|n| format!("to_jsonb(${n}) #>> '{{}}'")).collect();
    let template = format!("jsonb_build_array({})", texts.join(", "));
    Expr::cust_with_exprs(template, search.sort.iter().map(|key| expression(*key, search)))
}

/// The accounts that match, under the name `account`; nothing selected yet.
fn matching(search: &Search) -> SelectStatement {
    let mut statement = SelectStatement::new();
    match &search.collection {
        Some(within) if within.read_first => of_items(&mut statement, search.platform, within),
        _ => {
            statement.from_as(table(search.platform), Alias::new("account"));
        }
    }
    if search.uses_campaign {
        statement.join_as(
            JoinType::LeftJoin,
            Alias::new("campaign_profiles"),
            Alias::new("campaign"),
            Expr::cust_with_values(
                "campaign.platform_account_id = account.id AND campaign.platform = $1",
                [search.platform.name()],
            ),
        );
    }
    statement.and_where(account::visible()).cond_where(condition(&search.clauses));
    if let Some(within) = search.collection.as_ref().filter(|within| !within.read_first) {
        let mut items = items(search.platform, within);
        items.expr(Expr::cust("1"));
        statement.and_where(if within.excluded {
            Expr::not_exists(items)
        } else {
            Expr::exists(items)
        });
    }
    statement
}

fn table(platform: Platform) -> Alias {
    Alias::new(match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    })
}

/// The accounts of items, one after the other by their ids: `LATERAL` and `OFFSET` leave the planner no other
/// way, whatever it thinks of the tables.
fn of_items(statement: &mut SelectStatement, platform: Platform, within: &InCollection) {
    let mut items = all_items(platform, within);
    items.expr_as(Expr::cust("item.platform_account_code"), Alias::new("id"));
    let mut one = SelectStatement::new();
    one.expr(Expr::cust("account.*")).from_as(table(platform), Alias::new("account"));
    one.and_where(Expr::cust("account.id = of_item.id")).offset(0);
    statement.from_subquery(items, Alias::new("of_item"));
    let always = Expr::cust("TRUE");
    statement.join_lateral(JoinType::InnerJoin, one, Alias::new("account"), always);
}

/// Items of the account in the collections that count; nothing selected yet.
fn items(platform: Platform, within: &InCollection) -> SelectStatement {
    let mut statement = all_items(platform, within);
    statement.and_where(Expr::cust("item.platform_account_code = account.id"));
    statement
}

/// Items in the collections that count; nothing selected yet.
pub(super) fn all_items(platform: Platform, within: &InCollection) -> SelectStatement {
    let mut statement = within.owners.items(&within.clauses);
    statement.and_where(Expr::cust_with_values("item.platform = $1", [platform.name()]));
    statement
}

fn order(statement: &mut SelectStatement, search: &Search) {
    let direction = match search.direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    for key in search.sort {
        let expression = expression(*key, search);
        statement.order_by_expr_with_nulls(expression, direction.clone(), NullOrdering::Last);
    }
    statement.order_by_expr(column(ID), Order::Asc);
}

fn expression(key: SortKey, search: &Search) -> Expr {
    match (key, &search.collection) {
        (SortKey::Column(name, _), _) => Expr::cust(name),
        (SortKey::Grade(column), _) => Expr::cust(format!(
            "array_position(ARRAY['Poor', 'Average', 'Good', 'Very Good', 'Excellent'], \
             {column}::text)"
        )),
        (SortKey::Rank, Some(within)) => {
            let mut rank = items(search.platform, within);
            rank.expr(Expr::cust("min(item.rank)"));
            subquery(rank)
        }
        // Nothing is ranked outside of collections: no account has a value.
        (SortKey::Rank, None) => Expr::cust("NULL::bigint"),
    }
}

fn subquery(statement: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(statement.into()))
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::PostgresQueryBuilder;

    use super::super::account::Link;
    use super::*;
    use crate::core::query::{Comparison, Operand, Page, Test, Value};

    fn sql(collection: Option<InCollection>, counts: bool) -> String {
        let search = Search {
            platform: Platform::Youtube,
            clauses: vec![Clause(vec![(
                Operand { column: "account.title", kind: Kind::Text, path: Vec::new() },
                Test::Compare(Comparison::Equal, Value::Text("O'Brien".to_owned())),
            )])],
            uses_campaign: false,
            collection,
            sort: &[SortKey::Rank, SortKey::Grade("account.views_30d_grade")],
            direction: Direction::Descending,
            paging: Page { number: 2, size: 10 }.into(),
            counts_to: counts.then_some(1_000),
            along: Along::link(Link::Saas),
        };
        statement(&search, None, 10).build(PostgresQueryBuilder).0
    }

    fn within(excluded: bool) -> Option<InCollection> {
        Some(InCollection {
            clauses: Vec::new(),
            excluded,
            read_first: false,
            owners: Owners::Partners(vec![10]),
        })
    }

    #[test]
    fn values_are_bound_and_ids_come_first() {
        let sql = sql(None, false);
        assert!(sql.contains(r#""account"."title" = $1"#) && !sql.contains("Brien"), "{sql}");
        assert!(!sql.contains("count(*)") && !sql.contains("item"), "{sql}");
        assert!(sql.contains("LIMIT $2 OFFSET $3) AS \"page\""), "{sql}");
        assert!(sql.ends_with(r#"NULLS LAST, "account"."id" ASC"#), "{sql}");
    }

    #[test]
    fn collections_are_bound_to_their_owners_wherever_they_are_read() {
        let sql = sql(within(false), true);
        let reads = sql.matches(r#""profile_collection" AS "collection""#).count();
        assert_eq!(sql.matches("collection.partner_id = ANY($").count(), reads, "{sql}");
        assert_eq!(sql.matches("collection.enabled").count(), reads, "{sql}");
        assert!(sql.contains("count(*)") && sql.contains("min(item.rank)"), "{sql}");
    }

    #[test]
    fn strangers_read_what_is_shown_only() {
        let shared = InCollection {
            excluded: false,
            owners: Owners::Shared(20),
            ..within(false).expect("one")
        };
        let sql = sql(Some(shared), true);
        let reads = sql.matches(r#""profile_collection" AS "collection""#).count();
        assert_eq!(sql.matches("item.enabled AND NOT item.hidden").count(), reads, "{sql}");
    }

    #[test]
    fn items_of_one_collection_are_read_before_accounts() {
        let one = within(false).map(|within| InCollection { read_first: true, ..within });
        let sql = sql(one, true);
        assert_eq!(
            sql.matches(") AS \"of_item\" INNER JOIN LATERAL (SELECT account.*").count(),
            2,
            "{sql}"
        );
        assert!(!sql.contains("EXISTS"), "{sql}");
    }

    #[test]
    fn excluded_collections_are_turned_around() {
        let sql = sql(within(true), false);
        assert!(sql.contains("NOT EXISTS"), "{sql}");
    }
}
