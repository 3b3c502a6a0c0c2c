//! Campaign profiles that were stored before searches read narrow rows.

use std::sync::atomic::{AtomicBool, Ordering};

use coffee::core::db::migrate::{postgres, postgres_with};
use sea_orm::sqlx::{self, PgConnection};

use super::{execute, first_version, up_to};
use crate::support::Database;

/// Version whose step makes the table and its triggers.
const MADE: usize = 18;

/// Profiles whose narrow row is missing or another one, and narrow rows without profile.
const WRONG: &str = "SELECT count(*) FROM campaign_profiles c \
    FULL JOIN campaign_profile_search s ON s.id = c.id \
    WHERE s.id IS NULL OR c.id IS NULL OR s.platform_account_id <> c.platform_account_id \
       OR s.admin_name_text IS DISTINCT FROM lower(c.admin_details ->> 'name') \
       OR s.on_gcc <> c.on_gcc OR s.enabled <> c.enabled OR s.updated_at <> c.updated_at \
       OR s.location IS DISTINCT FROM c.location";

async fn number(owner: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(owner).await.expect(sql)
}

/// Stores, changes and deletes every other profile as a server of the previous release does, until it is told
/// to end.
async fn write(mut server: PgConnection, half: i64, ends: &AtomicBool) -> i64 {
    let mut rounds = 0;
    while !ends.load(Ordering::Relaxed) {
        rounds += 1;
        let of = |every: i64| format!("id % 2 = {half} AND id % {every} = {rounds} % {every}");
        for sql in [
            format!(
                "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details) \
                 SELECT 'YOUTUBE', 10 * {rounds} + 5 * {half} + n, jsonb_build_object('name', 'New ' || n) \
                 FROM generate_series(1, 3) n"
            ),
            format!(
                "UPDATE campaign_profiles SET admin_details = '{{\"name\": \"Changed {rounds}\"}}', \
                        location = ARRAY['Pune'], updated_at = now() WHERE {}",
                of(97)
            ),
            format!("DELETE FROM campaign_profiles WHERE {}", of(501)),
        ] {
            execute(&mut server, &sql).await;
        }
    }
    rounds
}

#[actix_web::test]
async fn no_profile_is_left_without_its_narrow_row_by_servers_that_go_on_writing() {
    let (database, mut owner) = first_version().await;
    execute(
        &mut owner,
        "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details, location) \
         SELECT 'INSTAGRAM', n, jsonb_build_object('name', 'Asha ' || n), ARRAY['Delhi'] \
         FROM generate_series(1, 9000) n",
    )
    .await;
    postgres_with(&mut owner, up_to(MADE), &|_| {}).await.expect("triggers first");
    assert_eq!(number(&mut owner, "SELECT count(*) FROM campaign_profile_search").await, 0);
    let ends = AtomicBool::new(false);
    let one = write(database.owner().await, 0, &ends);
    let two = write(database.owner().await, 1, &ends);
    let upgrade = async {
        let done = postgres(&mut owner).await;
        ends.store(true, Ordering::Relaxed);
        done.expect("upgrades");
    };
    let ((), one, two) = tokio::join!(upgrade, one, two);
    assert!(one > 0 && two > 0);
    assert!(number(&mut owner, "SELECT count(*) FROM campaign_profiles").await > 7000);
    assert_eq!(number(&mut owner, WRONG).await, 0);
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_fill_that_broke_off_goes_on() {
    let (database, mut owner) = first_version().await;
    execute(
        &mut owner,
        "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details) \
         SELECT 'GCC', n, jsonb_build_object('name', 'Asha ' || n) FROM generate_series(1, 4100) n",
    )
    .await;
    postgres_with(&mut owner, up_to(MADE), &|_| {}).await.expect("triggers first");
    let some =
        "SELECT narrow_campaign_profiles(ARRAY(SELECT id FROM campaign_profiles WHERE id % 3 = 0))";
    execute(&mut owner, some).await;
    postgres(&mut owner).await.expect("upgrades");
    assert_eq!(number(&mut owner, "SELECT count(*) FROM campaign_profile_search").await, 4100);
    assert_eq!(number(&mut owner, WRONG).await, 0);
    Database::drop_now(&database.name).await;
}
