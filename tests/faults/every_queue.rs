//! The queues besides those of announced accounts, while server, broker, PostgreSQL and ClickHouse die.

use std::collections::BTreeMap;
use std::time::Duration;

use coffee::core::caller::Caller;
use serde_json::{Value, json};

use super::accounts::clickhouse;
use super::bed::Bed;
use super::folder::Folder;
use super::neighbours::Neighbours;
use super::process::within;

/// Messages of each queue.
const MESSAGES: i64 = 12;
/// Batches of all queues.
const ALL: i64 = BATCHES.len() as i64 * MESSAGES;
/// Exchange, and queue without its ending, of job batches; ids of the batches begin with the number.
const BATCHES: [(&str, &str, &str); 7] = [
    ("1", "duplicate_collection", r#"{"collectionId": "1"}"#),
    ("2", "import_from_profile_collection", r#"{"fromCollectionId": "1", "toCollectionId": "2"}"#),
    (
        "3",
        "add_item_profile_collection",
        r#"{"collectionId": "3", "platform": "INSTAGRAM", "handle": "h%"}"#,
    ),
    (
        "4",
        "add_item_post_collection",
        r#"{"collectionId": "p0", "Platform": "Instagram", "Post Type": "Reels", "Post Link": "https://www.instagram.com/reel/C%/"}"#,
    ),
    ("5", "download_collection", r#"{"collectionId": "1", "platform": "instagram"}"#),
    (
        "6",
        "download_leaderboard",
        r#"{"platform": "INSTAGRAM", "query": "{\"filters\": [{\"filterType\": \"EQ\", \"field\": \"month\", \"value\": \"2024-05-01\"}]}"}"#,
    ),
    (
        "7",
        "download_collection_creator_report",
        r#"{"platform": "", "collectionId": "p%", "collectionType": "POST"}"#,
    ),
];
/// The other queues: exchange, queue without its ending, body.
const OTHERS: [(&str, &str, &str); 3] = [
    (
        "coffee.dx",
        "sentiment_collection_report_out",
        r#"{"collectionType": "POST", "collectionId": "p%", "sentimentReportPath": "s/%.parquet", "sentimentReportBucket": "reports"}"#,
    ),
    (
        "coffee.dx",
        "keyword_collection_out",
        r#"{"job_id": "TEST_KC_k%", "report_asset": {"path": "r/%.parquet", "bucket": "reports"}, "demographic_report_asset": {"path": "d/%.parquet", "bucket": "reports"}}"#,
    ),
    ("winkl.dx", "sync_winkl_api", r#"{"campaignId": %}"#),
];

pub async fn messages_of_every_queue_have_their_effect_once() {
    let (neighbours, files) = (Neighbours::start(), Folder::new("files"));
    let mut bed = Bed::start_with_clickhouse(true).await;
    let directory = files.path().to_str().expect("a readable path");
    bed.settings.config.push_str(&format!(
        "{}[app]\njob_prefix = \"TEST\"\n[storage]\ndirectory = \"{directory}\"\n\
         report_buckets = [\"reports\"]\n",
        neighbours.sections()
    ));
    seed(&bed).await;
    send(&bed).await;

    // Each queue has done its first message and waits for somebody to hear of it.
    neighbours.open(false);
    let mut server = bed.server().await;
    within(20, "every queue works", async || {
        let batches = bed.number("SELECT count(DISTINCT handler) FROM processed_batch").await;
        let heard = neighbours.told("/batch/").len();
        (batches, heard >= BATCHES.len(), neighbours.told("/update").len())
            == (BATCHES.len() as i64, true, 1)
    })
    .await;
    server.process.end("KILL", 10).await;
    neighbours.open(true);
    let mut clickhouse = bed.clickhouse.take().expect("started with one");
    clickhouse.end("KILL").await;
    let mut server = bed.server().await;
    let done = "SELECT count(*) FROM processed_batch";
    within(60, "the work goes on", async || bed.number(done).await > 2 * MESSAGES).await;
    let mut broker = bed.broker.take().expect("started with one");
    broker.end("KILL").await;
    bed.postgres.end("QUIT").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bed.postgres.launch().await;
    broker.launch().await;
    bed.broker = Some(broker);
    clickhouse.launch().await;
    bed.clickhouse = Some(clickhouse);
    settled(&bed, 1).await;
    verify(&bed, &neighbours).await;
    let told = neighbours.told("/update").len();

    // Everything comes once more.
    bed.execute(
        "INSERT INTO event_outbox (message_id, topic, headers, payload) \
         SELECT message_id, topic, headers, payload FROM fault_sent ORDER BY id",
    )
    .await;
    settled(&bed, 2).await;
    verify(&bed, &neighbours).await;
    assert_eq!(neighbours.told("/update").len(), told + 1, "all but the last were told before");
    assert!(server.process.end("TERM", 45).await, "the server failed at its stop");
    let broker = bed.broker.as_ref().expect("put back");
    for queue in queues() {
        assert_eq!(broker.waiting(&format!("{queue}_q")).await, 0, "messages are left in {queue}");
        let letters = broker.take(&format!("{queue}_q_dlq"), "x-error").await;
        assert_eq!(letters, Vec::<String>::new(), "given up by {queue}");
    }
}

fn queues() -> impl Iterator<Item = &'static str> {
    BATCHES.iter().chain(&OTHERS).map(|(_, queue, _)| *queue)
}

/// Partner 10 has a contract and collections, the platform has creators.
async fn seed(bed: &Bed) {
    bed.token_of(10).await;
    let each = format!("generate_series(1, {MESSAGES}) n");
    for sql in [
        "INSERT INTO profile_collection (id, share_id, partner_id, name, source, source_id, created_by) \
         SELECT n, 's' || n, 10, 'c' || n, 'SAAS', 's' || n, '101' FROM generate_series(1, 3) n",
        "SELECT setval('profile_collection_id_seq', 100)",
        &format!(
            "INSERT INTO instagram_account (id, ig_id, handle, profile_id, gcc_profile_id) \
             SELECT n, n, 'h' || n, 'IA_' || n, 'IA_' || n FROM {each}"
        ),
        &format!(
            "INSERT INTO profile_collection_item (platform, platform_account_code, \
             profile_collection_id, partner_id, rank, created_by) \
             SELECT 'INSTAGRAM', n, 1, 10, n, '101' FROM {each}"
        ),
        &format!(
            "INSERT INTO post_collection (id, share_id, partner_id, name, source, source_id, created_by) \
             SELECT 'p' || n, 'p' || n, 10, 'p' || n, 'SAAS', 'p' || n, '101' \
             FROM generate_series(0, {MESSAGES}) n"
        ),
        &format!(
            "INSERT INTO keyword_collection (id, share_id, name, partner_id, platform, keywords, \
             start_time, end_time, created_by) SELECT 'k' || n, 'k' || n, 'k' || n, 10, 'INSTAGRAM', \
             '{{a}}', now(), now(), '101' FROM {each}"
        ),
        &format!(
            "INSERT INTO campaign_profiles (id, platform, platform_account_id, admin_details) \
             SELECT n, 'GCC', n, jsonb_build_object('name', 'n' || n) FROM {each}"
        ),
        "SELECT setval('campaign_profiles_id_seq', 100)",
        &format!(
            "INSERT INTO collection_post_metrics_summary (platform, post_type, post_short_code, post_title, \
             post_link, published_at, profile_name, collection_id, collection_type, collection_share_id) \
             SELECT 'INSTAGRAM', 'reels', 'C' || n, 't', 'https://x.example/C' || n, '2024-05-01', 'Asha', \
             'p' || n, 'POST', 'p' || n FROM {each}"
        ),
    ] {
        bed.execute(sql).await;
    }
    let each = format!("numbers(1, {MESSAGES})");
    for sql in [
        format!(
            "INSERT INTO leaderboard (month, platform, profile_platform, platform_id, \
             platform_profile_id, profile_type, followers_change_rank, plays_rank) \
             SELECT '2024-05-01', 'INSTAGRAM', 'IA', 'p' || toString(number), number, 'CREATOR', number, \
             number FROM {each}"
        ),
        format!(
            "INSERT INTO mart_collection_post_ts (platform, post_short_code, post_type, profile_handle, \
             collection_type, collection_id, published_at, stats_date, views) \
             SELECT 'INSTAGRAM', 'C' || toString(number), 'reels', 'h', 'POST', 'p' || toString(number), \
             '2024-05-01 00:00:00', '2024-05-02', 7000 + number FROM {each}"
        ),
    ] {
        clickhouse(bed).lines(&sql).await;
    }
}

/// Lets the relay carry the messages.
async fn send(bed: &Bed) {
    let sender = Caller { user_id: Some(1001), account_id: Some(101), ..Caller::default() };
    let headers = json!({
        "x-bb-partner-id": "10", "x-bb-plan-type": "SAAS",
        "authorization": sender.internal_token().expect("a token"),
    });
    let insert = |topic: String, headers: &str, body: String| {
        format!(
            "INSERT INTO event_outbox (message_id, topic, headers, payload) \
             SELECT gen_random_uuid(), '{topic}', '{headers}', \
             replace('{body}', '%', n::text)::jsonb FROM generate_series(1, {MESSAGES}) n"
        )
    };
    for (number, queue, input) in BATCHES {
        let body = format!(
            "{{\"id\": {number}%, \"status\": \"PENDING\", \"jobEntry\": {{\"id\": 9}}, \
             \"jobBatchItems\": [{{\"id\": 1, \"status\": \"PENDING\", \"inputNode\": {input}}}]}}"
        );
        let topic = format!("jobtracker.dx___{queue}");
        bed.execute(&insert(topic, &headers.to_string(), body)).await;
    }
    for (exchange, queue, body) in OTHERS {
        bed.execute(&insert(format!("{exchange}___{queue}"), "{}", body.to_owned())).await;
    }
    bed.execute("CREATE TABLE fault_sent AS SELECT * FROM event_outbox").await;
}

/// Waits until every message is handled, as many times as all were sent: the last of each queue shows it.
async fn settled(bed: &Bed, times: i64) {
    bed.execute(&format!(
        "INSERT INTO event_outbox (message_id, topic, payload) VALUES (gen_random_uuid(), \
         'winkl.dx___sync_winkl_api', '{{\"campaignId\": {MESSAGES}}}')"
    ))
    .await;
    let recorded = |handler: &str| {
        format!("SELECT count(*) FROM processed_message WHERE handler = '{handler}'")
    };
    let synced = recorded("sync_winkl_api");
    let broker = bed.broker.as_ref().expect("it runs");
    within(90, "every message is handled", async || {
        if bed.number("SELECT count(*) FROM event_outbox WHERE failed_at IS NULL").await > 0
            || bed.number(&synced).await < MESSAGES + times
        {
            return false;
        }
        for queue in queues() {
            if broker.waiting(&format!("{queue}_q")).await > 0 {
                return false;
            }
        }
        bed.number("SELECT count(*) FROM processed_batch").await == ALL
            && bed.number(&recorded("sentiment_collection_report_out")).await == MESSAGES
            && bed.number(&recorded("update_keyword_collection_report")).await == MESSAGES
    })
    .await;
}

async fn verify(bed: &Bed, neighbours: &Neighbours) {
    let mut reports = BTreeMap::new();
    for report in neighbours.told("/batch/") {
        let known = reports.entry(report.what).or_insert_with(|| report.body.clone());
        assert_eq!(*known, report.body, "a batch is reported in one way");
        let item = &known["jobBatchItems"][0];
        assert_eq!(
            (&known["status"], &item["outputNode"]["STATUS"]),
            (&json!("COMPLETED"), &json!("SUCCESS")),
            "{known}"
        );
    }
    for number in 1..=MESSAGES {
        let file = |queue| file(&reports, &format!("{queue}{number}"));
        assert_eq!(file(6).lines().count() as i64, 1 + MESSAGES, "everybody of the leaderboard");
        let views = format!(",{},", 7000 + number);
        assert!(file(7).contains(&views), "the views of a day: {}", file(7));
    }
    for (sql, expected) in [
        ("SELECT count(*) FROM profile_collection", 3 + MESSAGES),
        ("SELECT count(DISTINCT name) FROM profile_collection WHERE id > 3", 1),
        (
            "SELECT count(*) FROM profile_collection_item WHERE profile_collection_id > 3",
            MESSAGES * MESSAGES,
        ),
        ("SELECT count(*) FROM profile_collection_item WHERE profile_collection_id = 2", MESSAGES),
        (
            "SELECT count(DISTINCT rank) FROM profile_collection_item WHERE profile_collection_id = 3",
            MESSAGES,
        ),
        ("SELECT count(*) FROM profile_collection_item WHERE profile_collection_id = 3", MESSAGES),
        ("SELECT count(DISTINCT short_code) FROM post_collection_item", MESSAGES),
        ("SELECT count(*) FROM post_collection_item WHERE post_collection_id = 'p0'", MESSAGES),
        (
            "SELECT count(*) FROM post_collection \
             WHERE sentiment_report_path = 's/' || substr(id, 2) || '.parquet'",
            MESSAGES,
        ),
        (
            "SELECT count(*) FROM keyword_collection \
             WHERE demography_report_path = 'd/' || substr(id, 2) || '.parquet'",
            MESSAGES,
        ),
    ] {
        assert_eq!(bed.number(sql).await, expected, "{sql}");
    }
    assert_eq!(reports.len() as i64, ALL, "every batch is reported");
    let names = neighbours.told("/update").into_iter().map(|told| told.body["name"].to_string());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len() as i64, MESSAGES);
}

/// Text of the file that the batch with this id made.
fn file(reports: &BTreeMap<String, Value>, id: &str) -> String {
    let id: Value = id.parse().expect("a number");
    let body = reports.values().find(|body| body["id"] == id).expect("reported");
    let url = body["jobEntry"]["outputFileAssetInformation"]["url"].as_str().expect("an address");
    std::fs::read_to_string(url.strip_prefix("file://").expect("a file")).expect("the file")
}
