//! The same statements by sqlx, on a connection of its own.

use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use serde_json::Value;

use super::cases::Case;
use crate::bed::{Bed, PARTNER};

const PAGE: usize = 50;
const COLUMNS: &str = "id, platform, platform_account_id, admin_details, user_details, on_gcc, on_gcc_app, \
    gcc_user_account_id, updated_by, has_email, has_phone, gender, dob, phone, location, languages, enabled, \
    created_at, updated_at";
/// Items in collections that a caller may look into.
const ITEMS: &str = "profile_collection_item item \
    JOIN profile_collection collection ON collection.id = item.profile_collection_id";
const OF_CALLER: &str = "collection.enabled AND collection.partner_id = ANY('{10}')";
/// Where the service finds profiles, and where it reads them.
const NARROW: &str = "campaign_profile_search";
const WIDE: &str = "campaign_profiles";

/// A connection of the application's role.
pub struct Baseline {
    connection: PgConnection,
}

impl Baseline {
    pub async fn new(bed: &Bed) -> Self {
        let url = bed.config.postgres.url.expose();
        let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
        // Texts have their values in them: planned for these each time, as values that are bound are.
        connection.execute("SET jit = off").await.expect("a setting");
        connection.execute("SET plan_cache_mode = force_custom_plan").await.expect("a setting");
        Self { connection }
    }

    /// Ids of the page, and how many match: in narrow rows, as the service asks.
    pub async fn ask(&mut self, case: &Case) -> (Vec<i64>, i64) {
        let found = found(case, &case.sql, NARROW);
        let order = case.order;
        let page = match case.is_ranked {
            false => format!(
                "SELECT {COLUMNS} FROM {WIDE} WHERE id IN ( \
                 SELECT id FROM {NARROW} WHERE {found} ORDER BY {order} LIMIT {PAGE}) ORDER BY {order}"
            ),
            true => format!(
                "SELECT {COLUMNS}, page.total FROM {WIDE} JOIN ( \
                 SELECT {NARROW}.id, min(item.rank) AS rank, count(*) OVER () AS total \
                 FROM {ITEMS} JOIN {NARROW} ON {} WHERE {OF_CALLER} AND ({}) AND {NARROW}.enabled \
                 GROUP BY {NARROW}.id ORDER BY min(item.rank) {order}, {NARROW}.id LIMIT {PAGE} \
                 ) page USING (id) ORDER BY page.rank {order}, id",
                of_profile(NARROW),
                case.sql
            ),
        };
        self.run(case, page, format!("SELECT count(*) FROM {NARROW} WHERE {found}")).await
    }

    /// The same of the profiles themselves, by conditions of their own.
    pub async fn plain(&mut self, case: &Case) -> (Vec<i64>, i64) {
        let found = found(case, &case.plain, WIDE);
        let order = match case.is_ranked {
            false => case.order.to_owned(),
            true => format!(
                "(SELECT min(item.rank) FROM {ITEMS} WHERE {OF_CALLER} AND ({}) AND {}) {}, id",
                case.plain,
                of_profile(WIDE),
                case.order
            ),
        };
        let page =
            format!("SELECT {COLUMNS} FROM {WIDE} WHERE {found} ORDER BY {order} LIMIT {PAGE}");
        self.run(case, page, format!("SELECT count(*) FROM {WIDE} WHERE {found}")).await
    }

    async fn run(&mut self, case: &Case, page: String, count: String) -> (Vec<i64>, i64) {
        if !case.is_in_collection {
            return answer(&mut self.connection, page, count).await;
        }
        let mut tx = self.connection.begin().await.expect("a transaction");
        let scope = "SELECT set_config('app.partner_id', $1, true)";
        sqlx::query(scope).bind(PARTNER.to_string()).execute(&mut *tx).await.expect("a scope");
        let answer = answer(&mut tx, page, count).await;
        tx.commit().await.expect("committed");
        answer
    }
}

fn of_profile(table: &str) -> String {
    format!(
        "item.platform_account_code = {table}.platform_account_id AND item.platform = {table}.platform"
    )
}

/// Which profiles of a table match.
fn found(case: &Case, condition: &str, table: &str) -> String {
    let found = match case.is_in_collection {
        true => format!(
            "EXISTS (SELECT 1 FROM {ITEMS} WHERE {OF_CALLER} AND ({condition}) AND {})",
            of_profile(table)
        ),
        false => condition.to_owned(),
    };
    if case.shows_disabled() { found } else { found + " AND enabled = TRUE" }
}

/// A page that is not full tells how many there are; one by ranks has the number with each row.
async fn answer(connection: &mut PgConnection, page: String, count: String) -> (Vec<i64>, i64) {
    let rows = sqlx::query(AssertSqlSafe(page)).fetch_all(&mut *connection).await.expect("a page");
    let ids: Vec<i64> = rows.iter().map(read).collect();
    if ids.len() < PAGE {
        let total = ids.len().cast_signed() as i64;
        return (ids, total);
    }
    if let Some(total) = rows.first().and_then(|row| row.try_get("total").ok()) {
        return (ids, total);
    }
    let count = sqlx::query(AssertSqlSafe(count)).fetch_one(connection).await.expect("a count");
    (ids, count.get(0))
}

/// Reads all columns.
fn read(row: &PgRow) -> i64 {
    let text = |name: &str| row.get::<Option<String>, _>(name);
    let texts = |name: &str| row.get::<Option<Vec<String>>, _>(name);
    let is = |name: &str| row.get::<bool, _>(name);
    let json = |name: &str| row.get::<Option<Value>, _>(name);
    let at = |name: &str| row.get::<chrono::DateTime<chrono::Utc>, _>(name);
    let number = |name: &str| row.get::<Option<i64>, _>(name);
    std::hint::black_box((
        ["platform", "updated_by", "gender"].map(text),
        ["phone", "location", "languages"].map(texts),
        ["on_gcc", "on_gcc_app", "has_email", "has_phone", "enabled"].map(is),
        ["admin_details", "user_details"].map(json),
        ["created_at", "updated_at"].map(at),
        ["platform_account_id", "gcc_user_account_id"].map(number),
        row.get::<Option<chrono::NaiveDate>, _>("dob"),
    ));
    row.get("id")
}
