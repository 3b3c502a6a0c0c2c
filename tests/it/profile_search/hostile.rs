//! What a client may send, however long or odd.

use serde_json::json;

use super::{BY_TABLE, Beside, both, found};
use crate::support::TestApp;

#[actix_web::test]
async fn long_lists_and_hostile_texts_find_the_same() {
    let app = TestApp::start_with_clickhouse().await;
    for name in
        ["100% real_name\\", "?", "' OR 1=1 --", "{x:String}", "\u{0}".trim_end_matches('\0')]
    {
        app.seed_instagram(&json!({"name": name, "city": name, "categories": [name]})).await;
    }
    let long = "%_\\".repeat(21_000);
    app.seed_instagram(&json!({"search_phrase_admin": format!("so {long} ends")})).await;
    app.build_search_table().await;
    let beside = Beside::start(&app).await;
    let (table, postgres) = both(&app, &beside, -1).await;
    let numbers = (0..1_000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let days = vec!["1990-02-28"; 1_000].join(",");
    let place = format!("audience_location.city.{long}");
    let cases = [
        ("IN", "id", numbers.as_str()),
        ("NOTIN", "id", &numbers),
        ("IN", "categories", &numbers),
        ("NOTIN", "categories", &numbers),
        ("IN", "city", &numbers),
        ("ARRAY", "keywords", &numbers),
        ("IN", "followers", &numbers),
        ("NOTIN", "name", &numbers),
        ("IN", "dateOfBirth", &days),
        ("NOTIN", "audience_age.18-24", &numbers),
        ("IN", "creatorCohorts", &numbers),
        ("LIKE", "name", &long),
        ("LIKE", "search_phrase", &long),
        ("LIKE", "city", &long),
        ("EQ", "categories", &long),
        ("EQ", "search_phrase", &long),
        ("LIKE", "name,search_phrase,city", &long),
        ("GTE", &place, "1"),
        ("LIKE", "name", "%"),
        ("LIKE", "name", "_"),
        ("LIKE", "name", "\\"),
        ("LIKE", "city", "?"),
        ("EQ", "city", "?"),
        ("EQ", "categories", "{x:String}"),
        ("EQ", "name", "' OR 1=1 --"),
        ("GTE", "followers", "-9223372036854775808"),
        ("LTE", "followers", "9223372036854775807"),
        ("EQ", "followers", "1000.0"),
        ("GTE", "audience_location.city.' OR 1=1", "1"),
    ];
    for case in cases {
        let case = [case];
        let (theirs, ours) = (found(&table, &case).await, found(&postgres, &case).await);
        assert_eq!(theirs, ours, "{} {:.40} {:.40}", case[0].0, case[0].1, case[0].2);
    }
    let within = [("LIKE", "search_phrase", long.as_str())];
    assert_eq!(found(&table, &within).await.len(), 1, "what is there is found");
    assert!(app.metric(BY_TABLE).await >= cases.len() as f64);
}
