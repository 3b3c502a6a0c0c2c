//! What is rebuilt from accounts and campaign profiles.

use serde_json::{Value, json};

use super::{run, try_run};
use crate::support::TestApp;

async fn seed_profile(app: &TestApp, account: (&str, i64), columns: &Value) -> i64 {
    let mut row = json!({"platform": account.0, "platform_account_id": account.1});
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    app.seed("campaign_profiles", &row).await["id"].as_i64().expect("an id")
}

/// Id and version of every row; a row that was written has another one.
async fn versions(app: &TestApp, table: &str) -> Option<String> {
    app.value(&format!("SELECT string_agg(id || ' ' || xmin, ',' ORDER BY id) FROM {table}")).await
}

async fn found_by(app: &TestApp, table: &str, id: i64) -> String {
    let sql = format!(
        "SELECT array_to_string(keywords_admin, '|') || ' / ' || search_phrase_admin \
         FROM {table} WHERE id = {id}"
    );
    app.value(&sql).await.unwrap_or_default()
}

#[actix_web::test]
async fn staff_find_accounts_by_what_is_known_of_them_now() {
    let app = TestApp::start().await;
    let asha = app
        .seed_instagram(&json!({"name": "Asha R", "handle": "asha.r", "keywords_admin": ["old"]}))
        .await;
    let details = json!({
        "admin_details": {"name": "Asha Rao", "email": "ASHA@x.in", "phone": "98"},
        "user_details": {"name": "asha"},
    });
    seed_profile(&app, ("INSTAGRAM", asha), &details).await;
    // The same number on the other platform is another account.
    let channel = json!({"id": asha, "title": "Asha TV", "username": "@Asha", "channel_id": "UCx"});
    app.seed_youtube(&channel).await;
    let hidden = json!({"name": "Off", "handle": "off", "enabled": false, "deleted": true});
    let hidden = app.seed_instagram(&hidden).await;
    assert_eq!(run(&app, "search-phrases").await, 3);
    let asha_by = "asha|rao|asha@x.in|98|r|asha.r / asha rao asha@x.in 98 asha asha r asha.r";
    assert_eq!(found_by(&app, "instagram_account", asha).await, asha_by);
    let channel_by = "asha|tv|@asha|UCx / asha tv @asha UCx";
    assert_eq!(found_by(&app, "youtube_account", asha).await, channel_by);
    assert_eq!(found_by(&app, "instagram_account", hidden).await, "off / off off");
    let flags =
        format!("SELECT enabled || ' ' || deleted FROM instagram_account WHERE id = {hidden}");
    assert_eq!(app.value(&flags).await.as_deref(), Some("false true"));

    let before = versions(&app, "instagram_account").await;
    assert_eq!(run(&app, "search-phrases").await, 0);
    assert_eq!(
        versions(&app, "instagram_account").await,
        before,
        "rows that agree are not written"
    );
    app.execute("UPDATE campaign_profiles SET admin_details = NULL").await;
    assert_eq!(run(&app, "search-phrases").await, 1);
    let asha_by = "asha|r|asha.r / asha asha r asha.r";
    assert_eq!(found_by(&app, "instagram_account", asha).await, asha_by);
}

#[actix_web::test]
async fn every_batch_of_accounts_is_read() {
    let app = TestApp::start().await;
    app.execute(
        "INSERT INTO instagram_account (ig_id, handle) \
         SELECT 'ig' || n, 'h' || n FROM generate_series(1, 1203) n",
    )
    .await;
    app.execute(
        "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details) \
         SELECT 'INSTAGRAM', id, '{\"email\": \"a@x.in\"}' FROM instagram_account",
    )
    .await;
    app.execute(
        "INSERT INTO campaign_profiles (platform, platform_account_id, admin_details) \
         SELECT 'GCC', n, '{\"phone\": \"98\"}' FROM generate_series(1, 1203) n",
    )
    .await;
    assert_eq!(run(&app, "search-phrases").await, 1_203);
    let right = "instagram_account WHERE search_phrase_admin = 'a@x.in ' || handle \
                 AND keywords_admin = ARRAY['a@x.in', handle::text]";
    assert_eq!(app.count(right).await, 1_203);
    assert_eq!(run(&app, "contact-flags").await, 2_406);
    assert_eq!(app.count("campaign_profiles WHERE has_email AND NOT has_phone").await, 1_203);
    assert_eq!(app.count("campaign_profiles WHERE has_phone AND NOT has_email").await, 1_203);
}

#[actix_web::test]
async fn flags_say_what_is_there_both_ways() {
    let app = TestApp::start().await;
    let with_email = app.seed_instagram(&json!({"email": "biz@x.in"})).await;
    let with_phone = app.seed_youtube(&json!({"phone": "98"})).await;
    let without = app.seed_instagram(&json!({"email": "", "phone": "None"})).await;
    let none = json!({"admin_details": {"email": null, "phone": ""}, "user_details": {}});
    let wrong = json!({"has_email": true, "has_phone": true});
    let mut expected = Vec::new();
    for (account, columns, flags) in [
        (("INSTAGRAM", with_email), json!({}), "true false"),
        (("YOUTUBE", with_phone), json!({}), "false true"),
        (("INSTAGRAM", without), wrong, "false false"),
        (("INSTAGRAM", 901), json!({"admin_details": {"email": "a@x.in"}}), "true false"),
        (("INSTAGRAM", 902), json!({"user_details": {"email": "a@x.in"}}), "true false"),
        (("INSTAGRAM", 903), json!({"admin_details": {"secondaryPhone": "1"}}), "false true"),
        (("INSTAGRAM", 904), json!({"user_details": {"secondaryPhone": "1"}}), "false true"),
        (("INSTAGRAM", 905), json!({"user_details": {"phone": "1"}}), "false true"),
        (
            ("INSTAGRAM", 906),
            json!({"admin_details": {"email": "None", "phone": " "}}),
            "false false",
        ),
        (("INSTAGRAM", 907), none, "false false"),
        // A GCC row has details only: its number is no account's.
        (("GCC", with_email), json!({}), "false false"),
        (("GCC", 908), json!({"user_details": {"phone": "1", "email": "b"}}), "true true"),
    ] {
        let id = seed_profile(&app, account, &columns).await;
        expected.push(format!("{id} {flags}"));
    }
    assert_eq!(run(&app, "contact-flags").await, 9);
    let sql = "SELECT string_agg(id || ' ' || has_email || ' ' || has_phone, ',' ORDER BY id) \
               FROM campaign_profiles";
    assert_eq!(app.value(sql).await, Some(expected.join(",")));
    let before = versions(&app, "campaign_profiles").await;
    assert_eq!(run(&app, "contact-flags").await, 0);
    assert_eq!(versions(&app, "campaign_profiles").await, before, "right rows are not written");
}

#[actix_web::test]
async fn places_are_those_of_the_accounts() {
    let app = TestApp::start().await;
    let place =
        json!({"location": ["city_Pune", "country_IN"], "location_list": ["Pune", "India"]});
    app.seed_instagram(&place).await;
    assert_eq!(run(&app, "locations").await, 2);
    assert_eq!(run(&app, "locations").await, 0);
    app.execute("UPDATE locations SET full_name = 'Bharat' WHERE type = 'country'").await;
    assert_eq!(run(&app, "locations").await, 1);
    let names = "SELECT string_agg(full_name, ',' ORDER BY full_name) FROM locations";
    assert_eq!(app.value(names).await.as_deref(), Some("India,Pune, India"));
    let tokens =
        "SELECT string_agg(location, ',' ORDER BY location) FROM mv_location_master_tokens";
    assert_eq!(app.value(tokens).await.as_deref(), Some("India,Pune"));
    app.execute("DELETE FROM instagram_account").await;
    assert_eq!(run(&app, "locations").await, 2);
    assert_eq!(app.value(names).await, None);
}

/// Rows of a table that are as the job makes them.
async fn right(app: &TestApp, sql: &str) -> i64 {
    app.value(sql).await.expect("a count").parse().expect("a number")
}

#[actix_web::test]
async fn a_run_that_is_cut_off_goes_on_where_it_stopped() {
    let app = TestApp::start().await;
    let accounts = "INSERT INTO instagram_account (ig_id, handle) \
                    SELECT n, 'h' || n FROM generate_series(1, 1200) AS n";
    app.execute(accounts).await;
    let channels = "INSERT INTO youtube_account (title, channel_id) \
                    SELECT 't' || n, 'c' || n FROM generate_series(1, 700) AS n";
    app.execute(channels).await;
    let done = "SELECT (SELECT count(*) FROM instagram_account WHERE search_phrase_admin IS NOT NULL) \
                     + (SELECT count(*) FROM youtube_account WHERE search_phrase_admin IS NOT NULL)";
    // Each run is cut off in a later batch; each begins at the account where the last one stopped, and
    // what lies before is not looked at again.
    app.execute("UPDATE instagram_account SET search_phrase_admin = NULL").await;
    app.execute("UPDATE youtube_account SET search_phrase_admin = NULL").await;
    for sql in [
        "CREATE SEQUENCE writes",
        "GRANT USAGE ON writes TO coffee_app",
        "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('writes') % 2 = 0 THEN RAISE EXCEPTION 'cut off'; END IF; \
             RETURN NULL; END $$",
        "CREATE TRIGGER cut_off AFTER UPDATE ON instagram_account \
         FOR EACH STATEMENT EXECUTE FUNCTION cut_off()",
        "CREATE TRIGGER cut_off AFTER UPDATE ON youtube_account \
         FOR EACH STATEMENT EXECUTE FUNCTION cut_off()",
    ] {
        app.execute(sql).await;
    }
    let mut seen = Vec::new();
    while try_run(&app, "search-phrases").await.is_err() {
        seen.push(right(&app, done).await);
        assert!(seen.len() < 10, "no end: {seen:?}");
    }
    assert_eq!(seen, [500, 1000, 1200, 1700]);
    assert_eq!(right(&app, done).await, 1900);
    let position = "SELECT count(position) FROM job_run WHERE name = 'search-phrases'";
    assert_eq!(right(&app, position).await, 0, "the next run begins at the beginning");
    assert_eq!(try_run(&app, "search-phrases").await.expect("runs"), 0);
}

#[actix_web::test]
async fn a_run_that_was_cut_off_leaves_what_lies_before_to_the_next_one() {
    let app = TestApp::start().await;
    let ids = "INSERT INTO campaign_profiles (platform, platform_account_id, has_email) \
               SELECT 'INSTAGRAM', n, true FROM generate_series(1, 5) AS n";
    app.execute(ids).await;
    let third = "SELECT (array_agg(id ORDER BY id))[3] FROM campaign_profiles";
    let third = app.value(third).await.expect("an id");
    let sql = format!("INSERT INTO job_run (name, position) VALUES ('contact-flags', '{third}')");
    app.execute(Box::leak(sql.into_boxed_str())).await;
    assert_eq!(run(&app, "contact-flags").await, 2);
    assert_eq!(run(&app, "contact-flags").await, 3);
    // What an older version left there, or anybody else.
    app.execute("UPDATE job_run SET position = '{\"odd\": []}'").await;
    assert_eq!(run(&app, "contact-flags").await, 0);
}
