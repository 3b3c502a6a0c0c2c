//! Announced accounts, while everything beside the handler dies.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::join;
use sea_orm::sqlx;

use super::bed::Bed;
use super::broker::Broker;
use super::neighbours::Neighbours;
use super::process::{PAUSE, within};
use super::server::Server;
use super::staff::{Staff, person};

/// Accounts of each platform.
const ACCOUNTS: i64 = 60;
/// Messages about each of them.
const STEPS: i64 = 50;
/// What dies, each while a part of the messages is in work.
const DYING: [&str; 5] = ["server", "broker", "server", "postgresql", "server"];
/// People whom staff change meanwhile.
const CHANGED: i64 = 12;
const QUEUES: [&str; 2] = ["upsert_instagram_account_q", "upsert_youtube_account_q"];

/// Notes every step that an account takes, whatever transaction it is part of.
const HISTORY: [&str; 4] = [
    "CREATE TABLE fault_history (number bigserial, account text NOT NULL, step bigint NOT NULL)",
    "CREATE FUNCTION fault_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN \
     INSERT INTO fault_history (account, step) \
     VALUES (to_jsonb(NEW) ->> TG_ARGV[0], (to_jsonb(NEW) ->> TG_ARGV[1])::bigint); RETURN NULL; END $$",
    "CREATE TRIGGER fault_step AFTER INSERT OR UPDATE OF post_count ON instagram_account FOR EACH ROW \
     WHEN (NEW.post_count > 0) EXECUTE FUNCTION fault_step('ig_id', 'post_count')",
    "CREATE TRIGGER fault_step AFTER INSERT OR UPDATE OF uploads_count ON youtube_account FOR EACH ROW \
     WHEN (NEW.uploads_count > 0) EXECUTE FUNCTION fault_step('channel_id', 'uploads_count')",
];

/// Steps that all accounts together have taken.
const TAKEN: &str = "SELECT ((SELECT coalesce(sum(post_count), 0) FROM instagram_account) \
    + (SELECT coalesce(sum(uploads_count), 0) FROM youtube_account))::bigint";

const HANDLED: &str = "SELECT count(*) FROM processed_message WHERE handler LIKE 'upsert_%'";

pub async fn announced_accounts_survive_everything() {
    let neighbours = Neighbours::start();
    let mut bed = Bed::start(true).await;
    bed.settings.config.push_str(&neighbours.sections());
    for sql in HISTORY {
        bed.execute(sql).await;
    }
    prepare(&bed).await;
    let staff = Staff::of(&bed).await;
    let mut broker = bed.broker.take().expect("started with one");
    let mut server = bed.server().await;
    let address = RefCell::new(server.public.clone());
    let people: Vec<String> = (1..=CHANGED).map(|number| format!("h{number}")).collect();
    let changes = join_all(people.iter().map(|handle| async {
        let mut person = person(handle);
        person["accountId"] = serde_json::Value::Null;
        staff.upsert(|| address.borrow().clone(), &person).await;
    }));
    join!(changes, faults(&mut bed, (&mut broker, &mut server), &address));
    bed.broker = Some(broker);
    all_taken(&bed).await;
    verify(&bed).await;
    announce_again(&bed).await;
    verify(&bed).await;
    assert!(server.process.end("TERM", 45).await, "the server failed at its stop");
    assert_eq!(left(&bed).await, (0, Vec::new()), "messages are left, or were given up");
}

/// Messages that wait, and why others were given up.
async fn left(bed: &Bed) -> (u32, Vec<String>) {
    let broker = bed.broker.as_ref().expect("it runs");
    let (mut waiting, mut letters) = (0, Vec::new());
    for queue in QUEUES {
        waiting += broker.waiting(queue).await;
        letters.extend(broker.take(&format!("{queue}_dlq"), "x-error").await);
    }
    (waiting, letters)
}

/// Waits until every account took its last step.
async fn all_taken(bed: &Bed) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let taken = bed.number(TAKEN).await;
        if taken == 2 * ACCOUNTS * STEPS {
            return;
        }
        if Instant::now() > deadline {
            let handled = bed.number(HANDLED).await;
            let behind = "SELECT account || ' ' || string_agg(step::text, ',' ORDER BY number) \
                          FROM fault_history GROUP BY account \
                          HAVING (array_agg(step ORDER BY number DESC))[1] < max(step) LIMIT 3";
            let behind: Vec<String> =
                sqlx::query_scalar(behind).fetch_all(&bed.admin).await.expect("PostgreSQL answers");
            panic!(
                "{taken} steps, {handled} handled, {:?} left, behind: {behind:?}",
                left(bed).await
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Announces the next steps and kills something once the first of them are taken.
async fn faults(
    bed: &mut Bed,
    (broker, server): (&mut Broker, &mut Server),
    address: &RefCell<String>,
) {
    let steps = STEPS / DYING.len() as i64;
    for (part, first) in DYING.into_iter().zip((1..).step_by(steps as usize)) {
        let before = bed.number(TAKEN).await;
        announce(bed, &format!("step BETWEEN {first} AND {}", first + steps - 1)).await;
        within(60, "the work goes on", async || bed.number(TAKEN).await > before).await;
        let (taken, all) = (bed.number(TAKEN).await, 2 * ACCOUNTS * (first + steps - 1));
        println!("  {part} dies at {taken} of {all} steps");
        match part {
            "broker" => {
                broker.end("KILL").await;
                broker.launch().await;
            }
            "postgresql" => {
                bed.postgres.end("QUIT").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                bed.postgres.launch().await;
            }
            _ => {
                server.process.end("KILL", 10).await;
                *server = bed.server().await;
                address.replace(server.public.clone());
            }
        }
    }
}

/// Writes all messages down.
async fn prepare(bed: &Bed) {
    let of = |key: &str, members: &str| {
        format!(
            "SELECT gen_random_uuid() AS message_id, 'upserttracker.dx___{key}' AS topic, \
             '{key}' || account AS order_key, jsonb_build_object({members}) AS payload, step \
             FROM generate_series(1, {STEPS}) step, generate_series(1, {ACCOUNTS}) account"
        )
    };
    let person = "'ig_id', 'id-h' || account, 'handle', 'h' || account, 'num_of_posts', step";
    let (people, channels) = (
        of("upsert_instagram_account", person),
        of("upsert_youtube_account", "'handle', 'UCh' || account, 'uploads', step"),
    );
    bed.execute(&format!("CREATE TABLE fault_sent AS {people} UNION ALL {channels}")).await;
}

/// Lets the relay carry the messages of these steps.
async fn announce(bed: &Bed, steps: &str) {
    bed.execute(&format!(
        "INSERT INTO event_outbox (message_id, topic, order_key, payload) \
         SELECT message_id, topic, order_key, payload FROM fault_sent WHERE {steps} ORDER BY step"
    ))
    .await;
}

/// Has some of the messages delivered once more, the oldest steps among them.
async fn announce_again(bed: &Bed) {
    announce(bed, "step % 7 = 1").await;
    within(60, "the outbox is empty", async || {
        bed.number("SELECT count(*) FROM event_outbox").await == 0
    })
    .await;
    // A message that comes behind them in every lane shows that they were handled.
    bed.execute(&format!(
        "INSERT INTO event_outbox (message_id, topic, order_key, payload) \
         SELECT gen_random_uuid(), topic, order_key, payload FROM fault_sent WHERE step = {STEPS}"
    ))
    .await;
    let all = 2 * ACCOUNTS * (STEPS + 1);
    within(60, "all are handled", async || bed.number(HANDLED).await == all).await;
}

/// Every account is there once, whole, as its last message has it, and took its steps in order.
async fn verify(bed: &Bed) {
    let turned = "SELECT account || ' ' || string_agg(step::text, ',' ORDER BY number) FROM ( \
                  SELECT *, step < lag(step) OVER (PARTITION BY account ORDER BY number) AS is_turned \
                  FROM fault_history) AS steps GROUP BY account HAVING bool_or(is_turned)";
    let turned: Vec<String> =
        sqlx::query_scalar(turned).fetch_all(&bed.admin).await.expect("PostgreSQL answers");
    assert!(turned.is_empty(), "steps out of their order: {turned:?}");
    let people = format!(
        "SELECT count(*) FROM instagram_account a JOIN campaign_profiles c \
         ON c.platform = 'INSTAGRAM' AND c.platform_account_id = a.id \
         WHERE a.post_count = {STEPS} AND a.profile_id = 'IA_' || a.id AND a.ig_id = 'id-' || a.handle \
         AND a.keywords_admin @> ARRAY[a.handle::text]"
    );
    let channels = format!(
        "SELECT count(*) FROM youtube_account a JOIN campaign_profiles c \
         ON c.platform = 'YOUTUBE' AND c.platform_account_id = a.id \
         WHERE a.uploads_count = {STEPS} AND a.profile_id = 'YA_' || a.id"
    );
    let changed = "SELECT count(*) FROM campaign_profiles c JOIN instagram_account a \
                   ON c.platform = 'INSTAGRAM' AND c.platform_account_id = a.id \
                   JOIN youtube_account y ON y.gcc_profile_id = a.gcc_profile_id \
                   WHERE c.admin_details ->> 'name' = 'Staff ' || a.handle AND c.phone = '{98}' \
                   AND a.keywords_admin @> '{staff,98}' AND a.gcc_linked_channel_id = y.channel_id";
    for (sql, expected) in [
        (people.as_str(), ACCOUNTS),
        (channels.as_str(), ACCOUNTS),
        (changed, CHANGED),
        ("SELECT count(*) FROM instagram_account", ACCOUNTS),
        ("SELECT count(*) FROM youtube_account", ACCOUNTS),
        ("SELECT count(*) FROM campaign_profiles", 2 * ACCOUNTS),
    ] {
        assert_eq!(bed.number(sql).await, expected, "{sql}");
    }
}
