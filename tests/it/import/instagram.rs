//! `coffee import instagram`.

use std::collections::BTreeMap;

use coffee::import::Importer;
use serde_json::{Value, json};

use super::{Folder, OF_INDIA, demo, everything, rows};
use crate::support::TestApp;

const DIRTY: &str = "\
handle,full_name,followers,audience_country,authentic_engagement,average_engagement,category_1,category_2\r
cristiano,Cristiano Ronaldo,477900000,India,5000000,6200000,Sports with a ball,\r
Maisa,#NAME?,44800000,Brazil,108900,148400,,\r
rkive,RM,37800000,,5900000,5900000,Lifestyle,Music\r
where,Nobody,0,Atlantis,0,10,Lifestyle,Lifestyle\r
where,Somebody,1000,South Korea,0,10,Lifestyle,\r
two words,Bad,1,India,1,1,,\r
,Bad,1,India,1,1,,\r
nofollowers,Bad,477.900,India,1,1,,\r
short,Bad\r
";

async fn account(app: &TestApp, handle: &str) -> Value {
    let sql = format!(
        "SELECT jsonb_agg(jsonb_build_array(ig_id, name, country, followers, \
         round(engagement_rate::numeric, 6), avg_likes, authentic_engagement, categories, label, profile_id = 'IA_' || id)) \
         FROM instagram_account WHERE handle = '{handle}'"
    );
    serde_json::from_str(&app.value(&sql).await.expect("an account")).expect("JSON")
}

#[actix_web::test]
async fn dirty_rows_are_counted_and_the_others_imported() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let known = json!({
        "ig_id": "25025320", "handle": "rkive", "name": "Old", "country": "KR", "bio": "kept",
    });
    let known = app.seed_instagram(&known).await;
    let importer = Importer::connect(&app.config).await.expect("connects");
    let summary =
        importer.instagram(&folder.file("dirty.csv", DIRTY), OF_INDIA).await.expect("imports");
    assert_eq!((summary.read, summary.imported), (9, 5));
    let skipped = [("bad handle", 2), ("bad number", 1), ("missing column", 1)];
    assert_eq!(summary.skipped, BTreeMap::from(skipped));
    let repaired = [("damaged name", 1), ("unknown country", 1)];
    assert_eq!(summary.repaired, BTreeMap::from(repaired));
    assert_eq!((summary.accounts_created, summary.accounts_updated), (3, 1));

    let sports = json!(["Sports with a ball"]);
    let expected = json!([[
        "MISSING-cristiano",
        "Cristiano Ronaldo",
        "IN",
        477_900_000,
        0.012_973,
        null,
        5_000_000,
        sports,
        "Mega",
        true
    ]]);
    assert_eq!(account(&app, "cristiano").await, expected);
    let maisa = account(&app, "maisa").await;
    assert_eq!(
        (&maisa[0][1], &maisa[0][2], &maisa[0][7]),
        (&Value::Null, &json!("BR"), &Value::Null)
    );
    // The account whose id is known is the same one; what the file does not know stays.
    let rkive = account(&app, "rkive").await;
    assert_eq!(rkive.as_array().map(Vec::len), Some(1));
    assert_eq!((&rkive[0][0], &rkive[0][1]), (&json!("25025320"), &json!("RM")));
    assert_eq!((&rkive[0][2], &rkive[0][7]), (&json!("KR"), &json!(["Lifestyle", "Music"])));
    let bio = format!("SELECT bio FROM instagram_account WHERE id = {known}");
    assert_eq!(app.value(&bio).await.as_deref(), Some("kept"));
    // Of two rows of a handle the highest numbers and the last texts count, and somebody is told.
    assert_eq!((summary.duplicates, &summary.duplicate_handles), (1, &vec!["where".to_owned()]));
    let later = account(&app, "where").await;
    assert_eq!((&later[0][1], &later[0][2]), (&json!("Somebody"), &json!("KR")));

    let observed = "SELECT platform_id, followers, avg_engagement, observed_on \
                    FROM profile_observations FINAL ORDER BY platform_id LIMIT 2";
    let expected = [
        "25025320\t37800000\t5900000\t2022-09-30",
        "MISSING-cristiano\t477900000\t6200000\t2022-09-30",
    ];
    assert_eq!(rows(&app, observed).await, expected);
    let growth = format!(
        "SELECT date, followers, round(engagement_rate, 4) FROM social_profile_time_series FINAL \
         WHERE platform = 'INSTAGRAM' AND platform_profile_id = {known} AND monthly_stats"
    );
    assert_eq!(rows(&app, &growth).await, ["2022-09-01\t37800000\t0.1561"]);
}

#[actix_web::test]
async fn a_second_import_changes_nothing() {
    let app = TestApp::start_with_clickhouse().await;
    let importer = Importer::connect(&app.config).await.expect("connects");
    let file = demo("instagram_influencers_2022_09.csv.zst");
    let first = importer.instagram(&file, OF_INDIA).await.expect("imports");
    assert_eq!((first.read, first.imported, first.accounts_created), (983, 983, 983));
    let before = everything(&app).await;
    let second = importer.instagram(&file, OF_INDIA).await.expect("imports again");
    assert_eq!((second.accounts_created, second.accounts_updated), (0, 0));
    assert_eq!(second.accounts_unchanged, 983);
    for (before, after) in before.iter().zip(everything(&app).await) {
        assert_eq!(*before, after);
    }
}

#[actix_web::test]
async fn what_is_known_from_a_later_day_stays() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let synced = json!({
        "ig_id": "1", "handle": "cristiano", "name": "CR7", "followers": 600_000_000,
        "last_synced_at": "2025-01-01T00:00:00Z",
    });
    app.seed_instagram(&synced).await;
    let importer = Importer::connect(&app.config).await.expect("connects");
    importer.instagram(&folder.file("dirty.csv", DIRTY), OF_INDIA).await.expect("imports");
    let kept = account(&app, "cristiano").await;
    assert_eq!((&kept[0][1], &kept[0][3]), (&json!("CR7"), &json!(600_000_000)));
}
