//! Accounts that staff edit, in whatever state they are: read, locked, and written with their links.

use sea_orm::sea_query::{Alias, Expr, LockType, Order};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::super::entity::{AccountRow, Pair};
use super::account::{Along, Link, read, select};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// What staff find an account by.
#[derive(Debug, Clone, Default)]
pub struct Findable {
    pub keywords: Vec<String>,
    pub phrase: String,
}

/// Accounts by row, also those that callers do not see.
pub async fn find(db: &Db<'_>, platform: Platform, ids: &[i64]) -> Result<Vec<AccountRow>, Error> {
    let mut statement = select(platform, Along::link(Link::Gcc));
    statement.and_where(Expr::cust_with_values("account.id = ANY($1)", [ids.to_vec()]));
    let rows = db.query_all(&statement).await?;
    Ok(read(platform, &rows)?.into_iter().map(|found| found.account).collect())
}

/// Rows of the accounts that callers see under a handle and a channel id, in one statement.
pub async fn of_handles(
    db: &Db<'_>,
    handle: Option<&str>,
    channel: Option<&str>,
) -> Result<Pair, Error> {
    let sql = include_str!("pair_of_handles.sql");
    let values = [handle.map(str::to_owned).into(), channel.map(str::to_owned).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(Pair::default()) };
    let instagram = row.try_get("", "instagram")?;
    Ok(Pair { instagram, youtube: row.try_get("", "youtube")? })
}

/// The accounts of a pair, until the commit changed by nobody else, nor are those that they are linked to. The
/// transaction holds the pair's names: rows are locked in one order.
pub async fn lock(tx: &Db<'_>, pair: Pair) -> Result<Vec<AccountRow>, Error> {
    let mut accounts = Vec::new();
    for (platform, own, linked) in [
        (Platform::Instagram, pair.instagram, LINKED_TO_CHANNEL),
        (Platform::Youtube, pair.youtube, LINKED_TO_INSTAGRAM),
    ] {
        let mut statement = select(platform, Along::link(Link::Gcc));
        statement.and_where(Expr::cust_with_values(
            format!("account.id IN (SELECT $1::bigint UNION ALL {linked})"),
            match platform {
                Platform::Instagram => [own, pair.youtube],
                Platform::Youtube => [own, pair.instagram],
            },
        ));
        statement.order_by_expr(Expr::cust("account.id"), Order::Asc);
        statement.lock_with_tables(LockType::Update, [Alias::new("account")]);
        let rows = tx.query_all(&statement).await?;
        let rows = read(platform, &rows)?.into_iter().map(|found| found.account);
        accounts.extend(rows.filter(|account| Some(account.id()) == own));
    }
    Ok(accounts)
}

/// An empty code stands for none, and is many accounts'.
const LINKED_TO_CHANNEL: &str = "SELECT i.id FROM instagram_account i WHERE i.gcc_profile_id = \
    (SELECT nullif(y.gcc_profile_id, '') FROM youtube_account y WHERE y.id = $2)";
const LINKED_TO_INSTAGRAM: &str = "SELECT y.id FROM youtube_account y WHERE y.gcc_profile_id = \
    (SELECT nullif(i.gcc_profile_id, '') FROM instagram_account i WHERE i.id = $2)";

/// Writes what staff find the accounts of a pair by, and fills profile codes; with `links` the pair is linked,
/// and each to nothing else. In one statement.
pub async fn write(
    tx: &Db<'_>,
    pair: Pair,
    (instagram, youtube): (Findable, Findable),
    links: bool,
) -> Result<(), Error> {
    let values: Vec<sea_orm::Value> = vec![
        pair.instagram.into(),
        pair.youtube.into(),
        links.into(),
        instagram.keywords.into(),
        instagram.phrase.into(),
        youtube.keywords.into(),
        youtube.phrase.into(),
    ];
    let sql = include_str!("write_pair.sql");
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
