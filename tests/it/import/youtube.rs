//! `coffee import youtube-trending`.

use std::collections::BTreeMap;

use coffee::import::Importer;
use serde_json::json;

use super::{Folder, OF_INDIA, PUBLISHED, demo, everything, rows};
use crate::support::TestApp;

const DIRTY: &str = "\
snapshot_date,video_id,channel_title,category_id,published_at,title,views,likes,dislikes,comments\r
2017-11-14,#NAME?,Jansatta,24,2017-11-11T09:09:06.000Z,\"a, \"\"b\"\" \u{1F600}\",30,1,1,3\r
2017-11-15,#VALUE!,Jansatta,24,2017-11-11T09:09:06.000Z,,40,2,1,3\r
2017-11-14,vid00000001,Jansatta,10,2017-11-10T20:00:00.000Z,first title,100,0,,0\r
2017-11-14,vid00000001,Jansatta,10,2017-11-10T20:00:00.000Z,later title,110,0,0,0\r
2017-12-14,vid00000001,Jansatta,99,2017-11-10T20:00:00.000Z,,90,5,0,0\r
2017-11-14,vid00000002,#Mind Warehouse,24,2017-11-10T20:00:00.000Z,x,7,0,0,0\r
2017-11-14,vid00000003,,24,2017-11-10T20:00:00.000Z,no channel,7,0,0,0\r
2017-11-14,vid00000003,#REF!,24,2017-11-10T20:00:00.000Z,no channel,7,0,0,0\r
14.11.2017,vid00000003,Jansatta,24,2017-11-10T20:00:00.000Z,bad day,7,0,0,0\r
2017-11-14,vid00000003,Jansatta,24,2017-11-10T20:00:00.000Z,bad number,#VALUE!,0,0,0\r
2017-11-14,vid00000003,Jansatta\r
2017-11-14,vid00000003,Jansatta,24,2017-11-10T20:00:00.000Z,too, many,7,0,0,0\r
";

const WITH_TAGS: &str = "\
snapshot_date,video_id,channel_id,channel_title,category_id,published_at,title,tags,hashtags,views,\
likes,dislikes,comments
2020-08-12,vid00000009,UC000000000000000000009,Fox,10,2020-08-12T04:31:41Z,Sadak,a|b,Sadak2|fox,50,1,1,1
2020-08-13,vid00000008,UC000000000000000000009,Fox Star,10,2020-08-13T04:31:41Z,Two,,sadak2,20,1,1,1
2020-08-13,vid00000007,#NAME?,Jansatta,24,2020-08-13T04:31:41Z,Late,,,5,,,
";

#[actix_web::test]
async fn dirty_rows_are_counted_and_the_others_imported() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let files = [folder.file("dirty.csv", DIRTY), folder.file("tags.csv", WITH_TAGS)];
    let importer = Importer::connect(&app.config).await.expect("connects");
    let summary =
        importer.youtube_trending(&files, &folder.categories(), OF_INDIA).await.expect("imports");
    assert_eq!((summary.read, summary.imported), (15, 9));
    let skipped = [
        ("bad channel title", 2),
        ("bad date", 1),
        ("bad number", 1),
        ("extra column", 1),
        ("missing column", 1),
    ];
    assert_eq!(summary.skipped, BTreeMap::from(skipped));
    assert_eq!(summary.repaired, BTreeMap::from([("damaged video id", 2)]));
    assert_eq!(summary.accounts_created, 3);

    let channel = |column: &str, title: &str| {
        format!("SELECT {column} FROM youtube_account WHERE title = '{title}'")
    };
    let value = async |column: &str, title: &str| app.value(&channel(column, title)).await;
    // Highest views of each video: 110 and 40 (damaged) and 5.
    assert_eq!(value("views_count", "Jansatta").await.as_deref(), Some("155"));
    assert_eq!(value("uploads_count", "Jansatta").await.as_deref(), Some("3"));
    assert_eq!(value("categories", "Jansatta").await.as_deref(), Some("{Entertainment}"));
    assert_eq!(value("country", "Jansatta").await.as_deref(), Some("IN"));
    assert_eq!(value("location_list", "Jansatta").await.as_deref(), Some("{India}"));
    assert_eq!(value("followers", "Jansatta").await, None);
    assert_eq!(value("keywords", "#Mind Warehouse").await.as_deref(), Some("{#mind,warehouse}"));
    // The most recent snapshot names the channel; its own id is the key.
    assert_eq!(value("channel_id", "Fox Star").await.as_deref(), Some("UC000000000000000000009"));
    assert_eq!(value("profile_id = 'YA_' || id", "Fox Star").await.as_deref(), Some("true"));
    let hashtags = "SELECT hashtags::text || hashtags_counts::text FROM social_profile_hashtags";
    assert_eq!(app.value(hashtags).await.as_deref(), Some("{sadak2,fox}{2,1}"));
    let updated_by = "SELECT string_agg(DISTINCT updated_by, ',') FROM campaign_profiles";
    assert_eq!(app.value(updated_by).await.as_deref(), Some("SYSTEM"));
    assert_eq!(
        app.value("SELECT full_name FROM locations WHERE type = 'country'").await.as_deref(),
        Some("India")
    );

    // Of two rows of one day the highest numbers count; a damaged video is no trending content.
    let observed = "SELECT title, views, likes FROM post_observations FINAL \
                    WHERE post_id = 'vid00000001' ORDER BY observed_on";
    assert_eq!(rows(&app, observed).await, ["later title\t110\t0", "\t90\t5"]);
    let trending = "SELECT DISTINCT post_id FROM trending_content FINAL ORDER BY post_id";
    let ids = ["vid00000001", "vid00000002", "vid00000007", "vid00000008", "vid00000009"];
    assert_eq!(rows(&app, trending).await, ids);
    let known = "SELECT count() FROM accounts FINAL WHERE account_id > 0 AND country = 'IN'";
    assert_eq!(rows(&app, known).await, ["3"]);
}

#[actix_web::test]
async fn a_second_import_changes_nothing() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let files =
        [folder.file("dirty.csv", DIRTY), demo("youtube_trending_india_2020_08_with_tags.csv.zst")];
    let importer = Importer::connect(&app.config).await.expect("connects");
    let categories = demo("youtube_categories.csv.zst");
    let first = importer.youtube_trending(&files, &categories, OF_INDIA).await.expect("imports");
    let before = everything(&app).await;
    let second =
        importer.youtube_trending(&files, &categories, OF_INDIA).await.expect("imports again");
    assert_eq!((second.read, second.imported), (first.read, first.imported));
    assert_eq!((second.accounts_created, second.accounts_updated), (0, 0));
    assert_eq!(second.accounts_unchanged, first.accounts_created);
    for (before, after) in before.iter().zip(everything(&app).await) {
        assert_eq!(*before, after);
    }
}

#[actix_web::test]
async fn what_people_decided_and_later_facts_stay() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let seeded = json!({
        "channel_id": "UC000000000000000000009", "title": "Old", "enabled": false, "deleted": true,
        "linked_instagram_handle": "fox", "email": "a@x.in", "followers": 80_000, "city": "Pune",
        "profile_id": "YA_custom",
    });
    let id = app.seed_youtube(&seeded).await;
    let details = json!({"name": "Anil", "email": "Anil@X.in"});
    let profile =
        json!({"platform": "YOUTUBE", "platform_account_id": id, "admin_details": details});
    app.seed("campaign_profiles", &profile).await;
    let synced = json!({
        "channel_id": "title-89c03cc2522d154b", "title": "Later", "views_count": 1,
        "last_synced_at": "2030-01-01T00:00:00Z",
    });
    let synced = app.seed_youtube(&synced).await;

    let importer = Importer::connect(&app.config).await.expect("connects");
    let files = [folder.file("tags.csv", WITH_TAGS)];
    importer.youtube_trending(&files, &folder.categories(), OF_INDIA).await.expect("imports");
    let row = format!(
        "SELECT jsonb_build_array(title, enabled, deleted, linked_instagram_handle, email, \
         followers, label, profile_id, location, search_phrase_admin) \
         FROM youtube_account WHERE id = {id}"
    );
    let row: serde_json::Value =
        serde_json::from_str(&app.value(&row).await.expect("a row")).expect("JSON");
    let phrase = "anil anil@x.in fox star UC000000000000000000009";
    let place = json!(["city_Pune", "country_IN"]);
    let expected = json!([
        "Fox Star",
        false,
        true,
        "fox",
        "a@x.in",
        80_000,
        "Macro",
        "YA_custom",
        place,
        phrase
    ]);
    assert_eq!(row, expected);
    let kept = format!("SELECT title || views_count FROM youtube_account WHERE id = {synced}");
    assert_eq!(app.value(&kept).await.as_deref(), Some("Later1"));
    // Accounts that are not in use are in no derived table.
    let known = format!("SELECT count() FROM accounts FINAL WHERE account_id = {id}");
    assert_eq!(rows(&app, &known).await, ["0"]);
}

#[actix_web::test]
async fn nothing_is_imported_when_a_file_is_of_another_kind() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let good = folder.file("good.csv", DIRTY);
    let importer = Importer::connect(&app.config).await.expect("connects");
    let cases = [
        (folder.file("other.csv", "handle,full_name\nx,y\n"), "lacks snapshot_date, video_id"),
        (folder.file("empty.csv", ""), "lacks snapshot_date"),
        (folder.0.join("absent.csv"), "cannot open"),
        (folder.0.clone(), "cannot open"),
        (folder.file("broken.zst", [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3]), "cannot open"),
    ];
    for (bad, text) in cases {
        let files = [good.clone(), bad];
        let error = importer.youtube_trending(&files, &folder.categories(), OF_INDIA).await;
        let error = error.expect_err("refused").to_string();
        assert!(error.contains(text), "{error}");
    }
    let other = folder.file("other.csv", "id,name\n10,Music\n");
    let error =
        importer.youtube_trending(&[good], &other, OF_INDIA).await.expect_err("no categories");
    assert!(error.to_string().contains("lacks category_id"), "{error}");
    assert_eq!(app.value("SELECT count(*) FROM youtube_account").await.as_deref(), Some("0"));
    assert_eq!(rows(&app, "SELECT count() FROM post_observations").await, ["0"]);
}

/// The largest integer that JSON carries everywhere, and one more.
const LARGE: &str = "\
snapshot_date,video_id,channel_title,category_id,published_at,title,views,likes,dislikes,comments
2017-11-14,vid00000001,Jansatta,10,2017-11-10T20:00:00.000Z,a,9007199254740991,9007199254740991,0,3
2017-11-15,vid00000002,Jansatta,10,2017-11-11T20:00:00.000Z,b,9007199254740991,9007199254740991,0,3
2017-11-15,vid00000003,Mind,10,2017-11-11T20:00:00.000Z,c,9007199254740991,9007199254740991,0,3
2017-11-15,vid00000004,Mind,10,2017-11-11T20:00:00.000Z,d,9007199254740992,1,0,3
";

#[actix_web::test]
async fn sums_of_large_counts_stop_where_json_does() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let importer = Importer::connect(&app.config).await.expect("connects");
    let files = [folder.file("large.csv", LARGE)];
    let summary =
        importer.youtube_trending(&files, &folder.categories(), OF_INDIA).await.expect("imports");
    assert_eq!(summary.skipped, BTreeMap::from([("bad number", 1)]));
    let views = "SELECT views_count FROM youtube_account WHERE title = 'Jansatta'";
    assert_eq!(app.value(views).await.as_deref(), Some("9007199254740991"));
    let mut sums = 0;
    for table in ["account_periods", "social_profile_time_series", "leaderboard", "genre_overview"]
    {
        let columns = format!(
            "SELECT name FROM system.columns WHERE database = currentDatabase() \
             AND table = '{table}' AND type IN ('Int64', 'Nullable(Int64)') AND name != 'id'"
        );
        for column in rows(&app, &columns).await {
            let outside = format!(
                "SELECT countIf({column} < 0 OR {column} > 9007199254740991), \
                 countIf({column} = 9007199254740991) FROM {table} WHERE {PUBLISHED}"
            );
            let counted = rows(&app, &outside).await.concat();
            let (outside, largest) = counted.split_once('\t').expect("two numbers");
            assert_eq!(outside, "0", "{table}.{column}");
            sums += largest.parse::<usize>().expect("a number");
        }
    }
    assert!(sums > 0, "some sum is as large as can be");
}
