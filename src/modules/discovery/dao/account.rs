//! Accounts by key, with what is shown along with them. Only enabled accounts that are not deleted.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, Order, SelectStatement};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, PartialModelTrait,
    QueryResult, QuerySelect, Statement,
};

use super::super::entity::{AccountRow, Found, instagram_account, youtube_account};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Which of an account's links to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// What the analytics found.
    Saas,
    /// What creators confirmed.
    Gcc,
    /// What the creator confirmed, else what the analytics found.
    GccElseSaas,
}

/// What to read along with accounts.
#[derive(Debug, Clone, Copy)]
pub struct Along {
    pub link: Link,
    pub campaign: bool,
    pub group: bool,
}

impl Along {
    /// The linked account only.
    pub fn link(link: Link) -> Self {
        Self { link, campaign: false, group: false }
    }
}

/// The key by which to look an account up.
#[derive(Debug, Clone, Copy)]
pub enum Key<'a> {
    Ids(&'a [i64]),
    /// Instagram ids or YouTube channel ids.
    PlatformIds(&'a [String]),
    ProfileId(&'a str),
    GccProfileId(&'a str),
    /// Instagram handle in lower case, or YouTube channel id.
    Handle(&'a str),
}

const VISIBLE: &str = "account.enabled AND NOT account.deleted";

/// Accounts with this key, the most recently updated first.
pub async fn find(
    db: &Db<'_>,
    platform: Platform,
    key: Key<'_>,
    along: Along,
) -> Result<Vec<Found>, Error> {
    let condition = match key {
        Key::Ids(ids) => Expr::cust_with_values("account.id = ANY($1)", [ids.to_vec()]),
        Key::PlatformIds(ids) if platform == Platform::Instagram => {
            Expr::cust_with_values("account.ig_id = ANY($1)", [ids.to_vec()])
        }
        Key::PlatformIds(ids) => {
            Expr::cust_with_values("account.channel_id = ANY($1)", [ids.to_vec()])
        }
        Key::ProfileId(id) => Expr::cust_with_values("account.profile_id = $1", [id]),
        Key::GccProfileId(id) => Expr::cust_with_values("account.gcc_profile_id = $1", [id]),
        Key::Handle(handle) if platform == Platform::Instagram => {
            Expr::cust_with_values("lower(account.handle) = $1", [handle])
        }
        Key::Handle(channel) => Expr::cust_with_values("account.channel_id = $1", [channel]),
    };
    let mut statement = select(platform, along);
    statement.and_where(condition).and_where(visible());
    statement.order_by_expr(Expr::cust("account.updated_at"), Order::Desc);
    let rows = db.query_all(&statement).await?;
    Ok(read(platform, &rows)?)
}

/// The accounts with these ids, in the order of the ids; those that do not exist are left out.
pub async fn in_order(
    db: &Db<'_>,
    platform: Platform,
    ids: &[i64],
    along: Along,
) -> Result<Vec<Found>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = find(db, platform, Key::Ids(ids), along).await?;
    let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    found.sort_by_key(|found| places.get(&found.account.id()));
    Ok(found)
}

/// Accounts by id, of which only what a line of a file shows is filled; in no order.
pub async fn lines(db: &Db<'_>, platform: Platform, ids: &[i64]) -> Result<Vec<AccountRow>, Error> {
    let (table, columns) = match platform {
        Platform::Instagram => ("instagram_account", LINE_INSTAGRAM),
        Platform::Youtube => ("youtube_account", LINE_YOUTUBE),
    };
    let sql = format!(
        "SELECT row_to_json(l) AS line FROM ( \
             SELECT {columns} FROM {table} account WHERE account.id = ANY($1) AND {VISIBLE}) l"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [ids.to_vec().into()]);
    let rows = db.query_all_raw(statement).await?;
    let line = |row: &QueryResult| match platform {
        Platform::Instagram => row.try_get("", "line").map(Box::new).map(AccountRow::Instagram),
        Platform::Youtube => row.try_get("", "line").map(Box::new).map(AccountRow::Youtube),
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// Profile codes of accounts by Instagram ids or YouTube channel ids.
pub async fn codes(
    db: &Db<'_>,
    platform: Platform,
    ids: &[String],
) -> Result<HashMap<String, String>, Error> {
    let (table, key) = match platform {
        Platform::Instagram => ("instagram_account", "ig_id"),
        Platform::Youtube => ("youtube_account", "channel_id"),
    };
    let sql = format!(
        "SELECT {key} AS key, profile_id AS code FROM {table} account \
         WHERE {key} = ANY($1) AND profile_id IS NOT NULL AND {VISIBLE}"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [ids.to_vec().into()]);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "key")?, row.try_get("", "code")?))).collect()
}

/// Whether an account with this id exists for callers.
pub async fn exists(db: &Db<'_>, platform: Platform, id: i64) -> Result<bool, Error> {
    let table = match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    };
    let sql =
        format!("SELECT EXISTS (SELECT FROM {table} account WHERE id = $1 AND {VISIBLE}) AS found");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or_default())
}

/// Condition that holds for the accounts that exist for callers.
pub(super) fn visible() -> Expr {
    Expr::cust(VISIBLE)
}

/// Accounts under the name `account`, with the columns that [`read`] expects.
pub(super) fn select(platform: Platform, along: Along) -> SelectStatement {
    let mut statement = match platform {
        Platform::Instagram => columns::<instagram_account::Entity, instagram_account::Row>(),
        Platform::Youtube => columns::<youtube_account::Entity, youtube_account::Row>(),
    };
    statement.expr_as(Expr::cust(linked(platform, along.link)), Alias::new("linked"));
    if along.campaign {
        statement.expr_as(Expr::cust(campaign(platform)), Alias::new("campaign"));
    }
    if along.group {
        statement.expr_as(Expr::cust(GROUP), Alias::new("group"));
    }
    statement
}

/// Rows of a statement built on [`select`].
pub(super) fn read(platform: Platform, rows: &[QueryResult]) -> Result<Vec<Found>, DbErr> {
    rows.iter().map(|row| found(platform, row)).collect()
}

fn found(platform: Platform, row: &QueryResult) -> Result<Found, DbErr> {
    let instagram = |row: instagram_account::Row| AccountRow::Instagram(Box::new(row));
    let youtube = |row: youtube_account::Row| AccountRow::Youtube(Box::new(row));
    let (account, linked) = match platform {
        Platform::Instagram => (
            instagram(instagram_account::Row::from_query_result(row, "")?),
            row.try_get::<Option<youtube_account::Row>>("", "linked")?.map(youtube),
        ),
        Platform::Youtube => (
            youtube(youtube_account::Row::from_query_result(row, "")?),
            row.try_get::<Option<instagram_account::Row>>("", "linked")?.map(instagram),
        ),
    };
    Ok(Found {
        account,
        linked,
        campaign: if_selected(row, "campaign")?,
        group: if_selected(row, "group")?,
    })
}

/// Value of a column that not every statement selects.
fn if_selected<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<Option<T>, DbErr> {
    if row.column_names().iter().any(|column| column == name) {
        row.try_get("", name)
    } else {
        Ok(None)
    }
}

fn columns<E: EntityTrait, R: PartialModelTrait>() -> SelectStatement {
    let mut select = R::select_cols(E::find().select_only());
    let table = Alias::new(E::default().table_name());
    QuerySelect::query(&mut select).from_clear().from_as(table, Alias::new("account")).take()
}

/// The linked account of the other platform as JSON. A correlated sub-select and not a join: it is
/// evaluated for the rows of the page only.
fn linked(platform: Platform, link: Link) -> String {
    let (saas, gcc) = match platform {
        Platform::Instagram => ("account.linked_channel_id", "account.gcc_linked_channel_id"),
        Platform::Youtube => {
            ("account.linked_instagram_handle", "account.gcc_linked_instagram_handle")
        }
    };
    let key = match link {
        Link::Saas => saas.to_owned(),
        Link::Gcc => gcc.to_owned(),
        Link::GccElseSaas => format!("coalesce(nullif({gcc}, ''), {saas})"),
    };
    let (columns, source) = match platform {
        Platform::Instagram => (LINKED_YOUTUBE, "youtube_account o WHERE o.channel_id"),
        Platform::Youtube => (LINKED_INSTAGRAM, "instagram_account o WHERE o.handle"),
    };
    format!(
        "(SELECT row_to_json(l) FROM (SELECT {columns}, {AVAILABLE} FROM {source} = {key} \
         AND o.enabled AND NOT o.deleted ORDER BY o.updated_at DESC LIMIT 1) l)"
    )
}

// A linked account shows less than the account itself.
const LINKED_INSTAGRAM: &str = "o.id, o.profile_id, o.name, o.handle, o.thumbnail, \
    o.engagement_rate, o.followers, o.following, o.avg_likes, o.avg_comments, o.post_count, \
    o.avg_reels_play_30d, o.avg_reach, o.story_reach, o.image_reach, o.reels_reach, \
    o.is_verified, o.is_private";
const LINKED_YOUTUBE: &str = "o.id, o.profile_id, o.gcc_profile_id, o.title, o.username, \
    o.channel_id, o.thumbnail, o.followers, o.uploads_count, o.avg_video_views_30d, o.views_count";
const LINE_INSTAGRAM: &str = "account.id, account.handle, account.name, account.followers, \
    account.engagement_rate, account.avg_likes, account.avg_reels_play_count, account.reels_reach, \
    account.image_reach, account.story_reach";
const LINE_YOUTUBE: &str = "account.id, account.channel_id, account.title, account.username, \
    account.followers, account.avg_views";
const AVAILABLE: &str = "o.audience_gender IS NOT NULL AS audience_gender_available, \
    coalesce(o.audience_location -> 'city', 'null') NOT IN ('null', '{}') \
    AS audience_city_available";

fn campaign(platform: Platform) -> String {
    format!(
        "(SELECT row_to_json(c) FROM (SELECT c.id, c.platform, c.platform_account_id, \
         c.admin_details, c.user_details, c.on_gcc, c.on_gcc_app, c.gcc_user_account_id, \
         c.updated_by, c.has_email, c.has_phone FROM campaign_profiles c \
         WHERE c.platform = '{platform}' AND c.platform_account_id = account.id) c)"
    )
}

const GROUP: &str = "(SELECT row_to_json(g) FROM group_metrics g \
    WHERE g.group_key = account.group_key AND g.enabled)";
