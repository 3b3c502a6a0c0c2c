//! A server that is killed between the collector's answer and the commit.

use reqwest::Method;
use sea_orm::sqlx::{self, AssertSqlSafe};
use serde_json::Value;

use super::bed::Bed;
use super::neighbours::Neighbours;
use super::process::within;
use super::staff::{PROFILES, Staff, person};

/// Rows of each table, and events that wait.
const STORED: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM instagram_account), \
    (SELECT count(*) FROM youtube_account), (SELECT count(*) FROM campaign_profiles), \
    (SELECT count(*) FROM event_outbox))";
/// A person is whole: profiles with their account's columns, accounts with their codes, links both ways.
const WHOLE: &str = "SELECT count(*) FROM instagram_account i JOIN youtube_account y \
    ON y.gcc_profile_id = i.gcc_profile_id AND i.gcc_linked_channel_id = y.channel_id \
    AND y.gcc_linked_instagram_handle = i.handle \
    JOIN campaign_profiles c ON c.platform = 'INSTAGRAM' AND c.platform_account_id = i.id \
    JOIN campaign_profiles d ON d.platform = 'YOUTUBE' AND d.platform_account_id = y.id \
    JOIN campaign_profiles g ON g.platform = 'GCC' AND g.platform_account_id = 77 \
    WHERE i.profile_id = 'IA_' || i.id AND y.profile_id = 'YA_' || y.id AND i.label = 'Macro' \
    AND i.keywords_admin = '{staff,asha,98,collected}' AND c.phone = '{98}' AND c.has_phone \
    AND d.admin_details = c.admin_details AND g.admin_details = c.admin_details";

pub async fn a_kill_between_the_collectors_answer_and_the_commit() {
    let neighbours = Neighbours::start();
    let mut bed = Bed::start(false).await;
    bed.settings.config.push_str(&neighbours.sections());
    let staff = Staff::of(&bed).await;
    let path = |rest: &str| format!("{PROFILES}{rest}");
    let (upsert, new) = ((Method::POST, path("/upsert")), path("/handle/INSTAGRAM/new"));
    // The table at which the request waits when its server dies, and the rows that are there then.
    for (request, table, stored) in [
        (&upsert, "instagram_account", "0 0 0 0"),
        (&upsert, "youtube_account", "1 0 0 0"),
        (&upsert, "campaign_profiles", "1 1 0 0"),
    ] {
        killed_at(&bed, &staff, (request.clone(), &person("asha")), table).await;
        assert_eq!(text(&bed, STORED).await, stored, "{table}");
    }
    let mut server = bed.server().await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(staff.upsert(|| server.public.clone(), &person("asha")).await);
        assert_eq!(text(&bed, STORED).await, "1 1 3 0");
        assert_eq!(bed.number(WHOLE).await, 1);
    }
    assert_eq!(ids(&answers[0]), ids(&answers[1]));
    assert_eq!(neighbours.told("/profiles/").len(), 4, "who is stored is not asked for again");
    assert!(server.process.end("TERM", 45).await, "the server failed at its stop");

    let created = (Method::GET, new);
    killed_at(&bed, &staff, (created.clone(), &Value::Null), "campaign_profiles").await;
    assert_eq!(text(&bed, STORED).await, "2 1 3 0");
    let refresh = (Method::PUT, path(&format!("/{}/refresh", ids(&answers[0])[0])));
    killed_at(&bed, &staff, (refresh.clone(), &Value::Null), "instagram_account").await;
    let followers = "SELECT followers FROM instagram_account WHERE handle = 'asha'";
    assert_eq!(bed.number(followers).await, 75_000);
    let server = bed.server().await;
    for (method, path) in [created.clone(), created, refresh.clone(), refresh] {
        let at = (method, format!("{}{path}", server.public));
        let answer = staff.ask(at, &Value::Null).await.expect("an answer");
        assert_eq!(answer["status"]["status"], "SUCCESS", "{answer}");
    }
    assert_eq!(text(&bed, STORED).await, "2 1 4 0");
    assert_eq!(bed.number(followers).await, 90_000);
}

/// Sends a request to a server that is killed while the request waits at a table.
async fn killed_at(
    bed: &Bed,
    staff: &Staff,
    ((method, path), body): ((Method, String), &Value),
    table: &str,
) {
    let mut server = bed.server().await;
    let mut held = bed.admin.begin().await.expect("PostgreSQL answers");
    let lock = format!("LOCK TABLE {table} IN EXCLUSIVE MODE");
    sqlx::query(AssertSqlSafe(lock)).execute(&mut *held).await.expect("locked");
    let asked = staff.ask((method, format!("{}{path}", server.public)), body);
    let killed = async {
        let waiting = format!(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass"
        );
        within(20, "the request waits", async || bed.number(&waiting).await > 0).await;
        server.process.end("KILL", 10).await;
    };
    let (answer, ()) = futures_util::join!(asked, killed);
    assert!(answer.is_none(), "{answer:?}");
    held.rollback().await.expect("released");
    let left = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'coffee'";
    within(20, "its sessions end", async || bed.number(left).await == 0).await;
}

async fn text(bed: &Bed, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&bed.admin).await.expect("PostgreSQL answers")
}

fn ids(answer: &Value) -> Vec<i64> {
    let profiles = answer["profiles"].as_array().expect("profiles").iter();
    profiles.map(|profile| profile["id"].as_i64().expect("an id")).collect()
}
