//! Random documented searches over the same rows, answered by PostgreSQL and by the search table.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::accounts::account;
use super::queries::{Query, query};
use super::{BY_TABLE, Beside, both, change};
use crate::support::{Answer, Client, TestApp};

const ACCOUNTS: usize = 150;
/// Searches of a run; `COFFEE_TEST_SEARCHES` says another number.
const SEARCHES: usize = 400;

#[actix_web::test]
async fn both_stores_give_the_same_answers() {
    let mut runner = runner();
    let app = TestApp::start_with_search("[discovery]\nmost_counted = 40").await;
    for platform in ["INSTAGRAM", "YOUTUBE"] {
        seed(&app, &mut runner, platform).await;
    }
    collect(&app).await;
    app.build_search_table().await;
    // Some accounts change afterwards: they are in the delta.
    for sql in [
        "UPDATE instagram_account SET followers = coalesce(followers, 0) + 3 WHERE id % 5 = 0",
        "UPDATE instagram_account SET enabled = NOT enabled WHERE id % 17 = 0",
        "UPDATE youtube_account SET title = 'asha', categories = '{Food}' WHERE id % 7 = 0",
        "DELETE FROM youtube_account WHERE id % 19 = 0",
    ] {
        change(&app, sql).await;
    }
    app.search_table_follows().await;
    let other = Beside::start(&app).await;
    let clients = [both(&app, &other, 10).await, both(&app, &other, -1).await];
    let searches = std::env::var("COFFEE_TEST_SEARCHES").ok();
    let searches = searches.and_then(|text| text.parse().ok()).unwrap_or(SEARCHES);
    for n in 0..searches {
        let query = query().new_tree(&mut runner).expect("a search").current();
        let (table, postgres) = &clients[usize::from(n % 3 == 0)];
        compare(table, postgres, &query).await;
    }
    let (all, by_table) =
        (app.metric("coffee_profile_searches_total").await, app.metric(BY_TABLE).await);
    assert!(by_table > all * 0.7, "the table answered {by_table} of {all}");
}

fn runner() -> TestRunner {
    let seed = std::env::var("COFFEE_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("COFFEE_TEST_SEED={seed}");
    let bytes = [seed.to_le_bytes(); 4].concat();
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

async fn seed(app: &TestApp, runner: &mut TestRunner, platform: &str) {
    for _ in 0..ACCOUNTS {
        let columns = account(platform).new_tree(runner).expect("an account").current();
        app.seed_on(platform, &columns).await;
    }
}

/// Puts some accounts into collections and gives some campaign profiles.
async fn collect(app: &TestApp) {
    for (id, partner, campaign) in [(1, 10, 11), (2, 11, 12)] {
        let columns = json!({"id": id, "campaign_id": campaign});
        app.seed_collection(partner, &format!("collection {id}"), &columns).await;
    }
    for platform in ["instagram", "youtube"] {
        let name = platform.to_uppercase();
        // Every third value is none.
        let maybe = |value: &str| format!("CASE WHEN id % 3 > 0 THEN {value} END");
        let status = maybe("(ARRAY['YES', 'NO'])[1 + id % 2]");
        let shortlist = maybe("(ARRAY['a', 'b'])[1 + id % 2]");
        let gender = maybe("(ARRAY['MALE', 'FEMALE'])[1 + id % 2]");
        let born = maybe("'1990-02-28'::date + (id % 9)::int");
        let list = maybe("ARRAY['Food', 'a,b', NULL]");
        let sql = format!(
            "INSERT INTO profile_collection_item (platform, platform_account_code, \
                 profile_collection_id, rank, partner_id, created_by, shortlisting_status, \
                 shortlist_id, campaign_profile_id, enabled, hidden) \
             SELECT '{name}', id, 1 + id % 2, id % 7, 10 + id % 2, 'x', {status}, {shortlist}, \
                    {}, id % 9 > 0, id % 6 = 0 FROM {platform}_account WHERE id % 3 = 0; \
             INSERT INTO campaign_profiles (platform, platform_account_id, on_gcc, gender, dob, phone, \
                 location, languages, admin_details) \
             SELECT '{name}', id, id % 4 = 0, {gender}, {born}, {}, {list}, {list}, \
                    jsonb_build_object('isBlacklisted', id % 8 = 0, \
                        'creatorCohorts', jsonb_build_array('Food', 'x''y'), \
                        'creatorPrograms', jsonb_build_array('Travel'), \
                        'campaignCategoryIds', jsonb_build_array('7')) \
             FROM {platform}_account WHERE id % 2 = 0",
            maybe("id % 4"),
            maybe("ARRAY['98']")
        );
        change(app, &sql).await;
    }
}

async fn compare(table: &Client, postgres: &Client, query: &Query) {
    let (mut path, mut pages) = (query.path.clone(), 0);
    loop {
        let (theirs, ours) =
            (table.post(&path, &query.body).await, postgres.post(&path, &query.body).await);
        assert_eq!(seen(&theirs), seen(&ours), "{path} {}", query.body);
        let next = ours.json()["status"]["nextCursor"].as_str().map(str::to_owned);
        pages += 1;
        match next.filter(|_| query.is_walk && pages < 20) {
            Some(cursor) => path = format!("{}&cursor={cursor}", query.path),
            None => return,
        }
    }
}

/// An answer without what differs from one search to the next.
fn seen(answer: &Answer) -> (u16, Value) {
    let mut json = answer.json();
    if let Some(status) = json["status"].as_object_mut() {
        status.remove("activityId");
    }
    (answer.code.as_u16(), json)
}
