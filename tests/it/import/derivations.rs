//! The SELECTs of the derived tables, and their rebuild.

use coffee::import::Importer;

use super::{Folder, OF_INDIA, PUBLISHED, demo, rows};
use crate::support::TestApp;

const SELECTS: [(&str, &str); 5] = [
    ("account_periods", include_str!("../../../src/modules/warehouse/sql/10_account_periods.sql")),
    (
        "social_profile_time_series",
        include_str!("../../../src/modules/warehouse/sql/20_social_profile_time_series.sql"),
    ),
    ("leaderboard", include_str!("../../../src/modules/warehouse/sql/30_leaderboard.sql")),
    ("genre_overview", include_str!("../../../src/modules/warehouse/sql/40_genre_overview.sql")),
    (
        "trending_content",
        include_str!("../../../src/modules/warehouse/sql/50_trending_content.sql"),
    ),
];

/// Rows are inserted by position.
#[actix_web::test]
async fn every_select_has_the_columns_of_its_table() {
    let app = TestApp::start_with_clickhouse().await;
    for (table, select) in SELECTS {
        let columns = format!(
            "SELECT name FROM system.columns WHERE database = currentDatabase() \
             AND table = '{table}' AND default_kind != 'MATERIALIZED' AND name != 'generation' \
             ORDER BY position"
        );
        let select = select.replace('?', "'Asia/Kolkata'").replace("{generation:UInt64}", "1");
        let described = app.clickhouse("", format!("DESCRIBE TABLE ({select}\n)")).await;
        let described: Vec<&str> =
            described.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(described, rows(&app, &columns).await, "{table}");
    }
}

#[actix_web::test]
async fn imports_at_the_same_time_wait_for_each_other() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let list = [demo("youtube_trending_india_2020_08_with_tags.csv.zst")];
    let categories = folder.categories();
    let one = Importer::connect(&app.config).await.expect("connects");
    let two = Importer::connect(&app.config).await.expect("connects");
    let profiles = demo("instagram_influencers_2022_09.csv.zst");
    let (one, two) = tokio::join!(
        one.youtube_trending(&list, &categories, OF_INDIA),
        two.instagram(&profiles, OF_INDIA)
    );
    let (one, two) = (one.expect("imports"), two.expect("imports"));
    let accounts = one.accounts_created + two.accounts_created;
    let known = format!("SELECT count() FROM accounts FINAL WHERE {PUBLISHED}");
    assert_eq!(rows(&app, &known).await, [accounts.to_string()]);
    let log = "SELECT generation, state FROM derived_generations ORDER BY generation, state";
    assert_eq!(rows(&app, log).await, ["1\tbegun", "1\tpublished", "2\tbegun", "2\tpublished"]);
}
