//! What leads to accounts of both platforms, for lists that show no more of them.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::super::entity::AccountLink;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::{Platform, channel_handle};

const LINKS: &str = r"
    SELECT 'INSTAGRAM' AS platform, id, profile_id, thumbnail, handle,
           CASE WHEN name ~ '\S' THEN name ELSE handle END AS name
    FROM instagram_account WHERE id = ANY($1) AND enabled AND NOT deleted
    UNION ALL
    SELECT 'YOUTUBE', id, profile_id, thumbnail, channel_id,
           CASE WHEN title ~ '\S' THEN title WHEN username ~ '\S' THEN username ELSE channel_id END
    FROM youtube_account WHERE id = ANY($2) AND enabled AND NOT deleted";

/// Those of these accounts that exist for callers, by platform and row id.
pub async fn links(
    db: &Db<'_>,
    accounts: &[(Platform, i64)],
) -> Result<HashMap<(Platform, i64), AccountLink>, Error> {
    let of = |platform: Platform| -> Vec<i64> {
        accounts.iter().filter(|account| account.0 == platform).map(|account| account.1).collect()
    };
    let ids = [of(Platform::Instagram).into(), of(Platform::Youtube).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LINKS, ids);
    let mut links = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        let name: String = row.try_get("", "platform")?;
        let Some(platform) = Platform::parse(&name) else { continue };
        let handle: String = row.try_get("", "handle")?;
        let link = AccountLink {
            code: row.try_get("", "profile_id")?,
            name: row.try_get("", "name")?,
            thumbnail: row.try_get("", "thumbnail")?,
            handle: match platform {
                Platform::Instagram => Some(handle),
                Platform::Youtube => channel_handle(&handle).map(str::to_owned),
            },
        };
        links.insert((platform, row.try_get("", "id")?), link);
    }
    Ok(links)
}
