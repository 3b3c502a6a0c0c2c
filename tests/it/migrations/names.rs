//! Names of accounts that were stored before searches folded them.

use coffee::core::db::migrate::postgres;
use sea_orm::sqlx;

use super::{execute, first_version};
use crate::support::Database;

#[actix_web::test]
async fn stored_accounts_are_found_after_an_upgrade() {
    let (database, mut owner) = first_version().await;
    execute(
        &mut owner,
        "INSERT INTO instagram_account (ig_id, handle, name, search_phrase, search_phrase_admin, updated_at) \
         SELECT n::text, 'h' || n, 'Beyonc\u{e9} ' || n, 'beyonc\u{e9} h' || n, 'a@x.in', '2020-01-01' \
         FROM generate_series(1, 4100) n",
    )
    .await;
    execute(
        &mut owner,
        "INSERT INTO youtube_account (channel_id, title) VALUES ('UC1', 'Caf\u{e9}')",
    )
    .await;
    postgres(&mut owner).await.expect("upgrades");
    for (sql, expected) in [
        (
            "SELECT count(*)::text FROM instagram_account WHERE name_text = 'beyonce ' || ig_id \
             AND search_text = 'beyonce h' || ig_id AND search_text_admin = 'a@x.in' \
             AND updated_at = '2020-01-01'",
            "4100",
        ),
        ("SELECT name_text FROM youtube_account WHERE search_text IS NULL", "cafe"),
    ] {
        let found: String = sqlx::query_scalar(sql).fetch_one(&mut owner).await.expect(sql);
        assert_eq!(found, expected, "{sql}");
    }
    // What a server of the previous release writes is folded as well.
    execute(&mut owner, "UPDATE youtube_account SET title = 'Th\u{e9}'").await;
    let name: String = sqlx::query_scalar("SELECT name_text FROM youtube_account")
        .fetch_one(&mut owner)
        .await
        .expect("a name");
    assert_eq!(name, "the");
    Database::drop_now(&database.name).await;
}
