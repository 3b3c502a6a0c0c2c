//! Statements on the values that items have in custom columns.

use std::collections::HashMap;

use sea_orm::FromQueryResult as _;

use super::super::entity::CustomValue;
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

const OF_ITEMS: TenantSql = TenantSql::of_scope(
    "\
    SELECT v.id, i.id AS item_id, v.key, v.value \
    FROM profile_collection_item_cc_data v \
    JOIN profile_collection_item i ON i.id = v.profile_collection_item_id \
    WHERE i.partner_id BETWEEN $1 AND $2 AND i.id = ANY($3) ORDER BY v.id",
);

/// `LATERAL` and `OFFSET` have the values of an item looked up, whatever the planner thinks of the table.
const OF_ACCOUNTS: TenantSql = TenantSql::of_scope(
    "\
    SELECT i.platform_account_code AS account, v.key, v.value \
    FROM profile_collection_item i \
    CROSS JOIN LATERAL ( \
        SELECT v.key, v.value FROM profile_collection_item_cc_data v \
        WHERE v.profile_collection_item_id = i.id OFFSET 0) v \
    WHERE i.partner_id BETWEEN $1 AND $2 AND i.profile_collection_id = $3 AND i.platform = $4 \
      AND i.platform_account_code = ANY($5) AND i.enabled",
);

const STORE: TenantSql = TenantSql::of_scope(
    "\
    INSERT INTO profile_collection_item_cc_data (profile_collection_item_id, key, value) \
    SELECT i.id, said.key, said.value \
    FROM unnest($3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY AS said (id, key, value, at) \
    JOIN profile_collection_item i ON i.id = said.id \
    WHERE i.partner_id BETWEEN $1 AND $2 ORDER BY said.at \
    ON CONFLICT (profile_collection_item_id, key) DO UPDATE SET value = excluded.value",
);

/// The values of these items, by item, each in the order of their ids.
pub async fn of_items(
    rows: &TenantDb<'_>,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<CustomValue>>, Error> {
    let mut values: HashMap<i64, Vec<CustomValue>> = HashMap::new();
    if ids.is_empty() {
        return Ok(values);
    }
    for row in rows.all(OF_ITEMS, [ids.into()]).await? {
        let value = CustomValue::from_query_result(&row, "")?;
        values.entry(value.item_id).or_default().push(value);
    }
    Ok(values)
}

/// The values of a collection's enabled items of these accounts of a platform: by account, then by key.
pub async fn of_accounts(
    rows: &TenantDb<'_>,
    (collection_id, platform): (i64, &str),
    accounts: &[i64],
) -> Result<HashMap<i64, HashMap<String, String>>, Error> {
    let bound = [collection_id.into(), platform.into(), accounts.to_vec().into()];
    let mut values: HashMap<i64, HashMap<String, String>> = HashMap::new();
    for row in rows.all(OF_ACCOUNTS, bound).await? {
        let of_account = values.entry(row.try_get("", "account")?).or_default();
        of_account.insert(row.try_get("", "key")?, row.try_get("", "value")?);
    }
    Ok(values)
}

/// Writes values of items: of an item and a key that come twice, the last one.
pub async fn store(rows: &TenantDb<'_>, values: Vec<(i64, String, String)>) -> Result<(), Error> {
    let mut places = HashMap::new();
    let (mut ids, mut keys, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (id, key, text) in values {
        match places.get(&(id, key.clone())) {
            Some(place) => texts[*place] = text,
            None => {
                places.insert((id, key.clone()), ids.len());
                ids.push(id);
                keys.push(key);
                texts.push(text);
            }
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    rows.all(STORE, [ids.into(), keys.into(), texts.into()]).await?;
    Ok(())
}
