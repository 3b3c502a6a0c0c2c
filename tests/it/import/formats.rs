//! Files as spreadsheets and people make them: separators, encodings, numbers, repetitions, countries.

use coffee::import::{Importer, ListCountry, Reading};
use serde_json::Value;

use super::command::coffee;
use super::{Folder, OF_INDIA, everything};
use crate::support::TestApp;

const PROFILES: &str = "\
Handle;Full Name;Followers;Audience Country;Authentic Engagement;Average Engagement;Category 1;Category 2
@Asha;Asha;4.779E+08;India;1;2,00,000;;
https://www.instagram.com/bela/;Bela;47,79,00,000;India;1;75000.0;;
chitra;Chitra;477.9M;India;1;75K;;
dev;देव;४७७९००;India;1;2.5 Cr;;
eli;Eli;75.000;India;1;1;;
";

const VIDEOS: &str = "snapshot_date,video_id,channel_id,channel_title,category_id,published_at,title,views,likes,\
     dislikes,comments\n";

fn utf16(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[actix_web::test]
async fn what_is_beyond_doubt_is_read_and_the_rest_named() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let path = folder.file("list.csv", utf16(&format!("sep=;\n{PROFILES}")));
    let done = coffee(&app, &["import", "instagram", &path.display().to_string(), "--json"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let summary: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!((&summary["read"], &summary["imported"]), (&5.into(), &4.into()));
    let problem = &summary["problems"][0];
    assert_eq!((&problem["line"], &problem["column"]), (&7.into(), &"followers".into()));
    assert_eq!((&problem["value"], &problem["reason"]), (&"75.000".into(), &"bad number".into()));
    let followers = "SELECT string_agg(handle || ' ' || followers, ',' ORDER BY handle) \
                     FROM instagram_account";
    assert_eq!(
        app.value(followers).await.as_deref(),
        Some("asha 477900000,bela 477900000,chitra 477900000,dev 477900")
    );
}

#[actix_web::test]
async fn a_dry_run_writes_nothing_and_a_list_without_a_usable_row_fails() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let before = everything(&app).await;
    let path = folder.file("list.csv", PROFILES).display().to_string();
    let done = coffee(&app, &["import", "instagram", &path, "--dry-run"]);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && text.contains("5 read, 4 imported, 1 skipped"), "{text}");
    assert!(text.contains(&format!("{path}:6: bad number in followers: \"75.000\"")), "{text}");
    let header = PROFILES.lines().next().expect("a header");
    let western = [header.as_bytes(), b"\nren\xe9;Ren\xe9;-1;India;1;1;;\n"].concat();
    let path = folder.file("western.csv", western).display().to_string();
    for more in [&["--json"][..], &["--dry-run"], &["--encoding", "windows-1252"]] {
        let arguments = [&["import", "instagram", path.as_str()], more].concat();
        let done = coffee(&app, &arguments);
        assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stdout));
    }
    assert_eq!(everything(&app).await, before);
}

/// Two lists of one day with videos in common, the second one with the higher views.
fn lists(folder: &Folder) -> [std::path::PathBuf; 2] {
    let row = |video: usize, views: usize, name: &str| {
        format!(
            "2018-01-01,v{video},UC{},{name},24,2017-12-31T00:00:00Z,{name} {video},{views},1,1,1\n",
            video % 4
        )
    };
    let list = |views: usize, name: &str| {
        VIDEOS.to_owned() + &(0..14).map(|video| row(video, views, name)).collect::<String>()
    };
    [
        folder.file("GBvideos.csv", list(100, "Alpha")),
        folder.file("USvideos.csv", list(200, "Beta")),
    ]
}

#[actix_web::test]
async fn files_in_any_order_and_repeated_give_the_same_rows() {
    let folder = Folder::new();
    let [gb, us] = lists(&folder);
    let mut outcomes = Vec::new();
    for files in
        [vec![vec![gb.clone(), us.clone()]], vec![vec![us.clone()], vec![gb.clone()], vec![us, gb]]]
    {
        let app = TestApp::start_with_clickhouse().await;
        let importer = Importer::connect(&app.config).await.expect("connects");
        for files in files {
            let reading = Reading::default();
            importer
                .youtube_trending(&files, &folder.categories(), reading)
                .await
                .expect("imports");
        }
        let totals = "SELECT jsonb_agg(jsonb_build_array(channel_id, title, views_count, country) \
                      ORDER BY channel_id) FROM youtube_account";
        outcomes.push(app.value(totals).await);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    let text = outcomes[0].as_deref().expect("rows");
    assert!(text.starts_with(r#"[["UC0", "Beta", 800, "GB"]"#), "{text}");
}

#[actix_web::test]
async fn a_list_without_a_country_needs_to_be_told() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let list = format!(
        "{VIDEOS}2018-01-01,v,UC1,One,24,2017-12-31T00:00:00Z,t,9007199254740992,1,1,1\n\
                        2018-01-01,w,UC1,One,24,2017-12-31T00:00:00Z,t,9007199254740991,1,1,1\n\
                        2018-01-01,x,UC1,One,24,2017-12-31T00:00:00Z,t,9007199254740991,1,1,1\n"
    );
    let files = [folder.file("videos.csv", list)];
    let importer = Importer::connect(&app.config).await.expect("connects");
    let import =
        async |reading| importer.youtube_trending(&files, &folder.categories(), reading).await;
    let error = import(Reading::default()).await.expect_err("no country").to_string();
    assert!(error.contains("--country"), "{error}");
    let unknown = Reading { country: Some(ListCountry::Unknown), encoding: None };
    let summary = import(unknown).await.expect("imports");
    // A count beyond 2^53 - 1 is none, and sums end there.
    assert_eq!((summary.imported, summary.skipped["bad number"]), (2, 1));
    let account = "SELECT coalesce(country, '-') || ' ' || views_count FROM youtube_account";
    assert_eq!(app.value(account).await.as_deref(), Some("- 9007199254740991"));
    import(OF_INDIA).await.expect("imports");
    assert_eq!(app.value(account).await.as_deref(), Some("IN 9007199254740991"));
}
