//! Announced accounts: from a filled queue to their rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use amqprs::channel::{
    BasicPublishArguments, Channel, ExchangeDeclareArguments, QueueBindArguments,
    QueueDeclareArguments, QueueDeleteArguments,
};
use amqprs::connection::Connection;
use amqprs::{BasicProperties, FieldTable, FieldValue};
use coffee::app::App;
use coffee::core::config::Config;
use coffee::core::db::amqp::Amqp;
use coffee::core::stores::Stores;
use sea_orm::sqlx::{self, PgPool, Row as _};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::database::{Database, url};
use super::report::{Aim, Row};

const SECRET: &str = "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaC1zZWNyZXQ=";
const EXCHANGE: &str = "upserttracker.dx";
const HANDLERS: [&str; 2] = ["upsert_instagram_account", "upsert_youtube_account"];
const MESSAGES: usize = 10_000;
/// Of ten messages so many are about an account that was announced before.
const REPEATED: usize = 4;
/// Statements at a time of the baseline.
const CONNECTIONS: usize = 4;

/// An announcement of `handler`'s.
struct Message {
    handler: usize,
    /// Names the account on its platform.
    key: String,
    body: Value,
}

/// The worst of some rounds.
pub async fn run(quick: bool) -> Vec<Row> {
    let messages = messages();
    let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..if quick { 1 } else { 3 } {
        ours = ours.min(consumed(&messages).await);
        theirs = theirs.min(by_sqlx(&messages).await);
    }
    let row = Row::new("accounts of 10,000 messages, beside statements by sqlx", ours, "1/s");
    vec![row.beside(theirs).aims(Aim::AtLeast(2_000.0))]
}

/// Messages about accounts of both platforms, new ones and again; one account is announced often.
fn messages() -> Vec<Message> {
    let mut known: Vec<(usize, String)> = Vec::new();
    let mut random = 7_u64;
    let mut next = move |below: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).expect("fits") % below
    };
    let mut messages = Vec::with_capacity(MESSAGES);
    for n in 0..MESSAGES {
        let all = known.len();
        let is_new = all == 0 || (!n.is_multiple_of(100) && next(10) >= REPEATED);
        let (handler, key) = match (is_new, n.is_multiple_of(100)) {
            (true, _) if all % 3 == 2 => (1, format!("UC{all:022}")),
            (true, _) => (0, format!("17841400{all:06}")),
            (false, true) => known[0].clone(),
            (false, false) => known[next(all)].clone(),
        };
        if is_new {
            known.push((handler, key.clone()));
        }
        let body = body(handler, &key, n, next(4));
        messages.push(Message { handler, key, body });
    }
    messages
}

/// What a collector knows; each time something different.
fn body(handler: usize, key: &str, n: usize, variant: usize) -> Value {
    let city = ["pune", "new delhi", "mumbai", "chennai"][variant];
    let mut body = match handler {
        0 => json!({
            "ig_id": key, "handle": format!("creator.{}", &key[8..]), "followers": n, "following": 321,
            "num_of_posts": 100 + n, "profile_pic": format!("https://cdn.example.com/{key}/{n}.jpg"),
            "avg_engagement": 0.031, "avg_likes": 812.5, "avg_comments": 31.25, "avg_reach": 20_000.5,
            "avg_play_count": 15_000.0, "avg_views_count": 9_000.0, "ffratio": 12.5,
            "avg_static_reach": 8_000.0, "story_reach": 1_200.0, "is_private": false, "country": "in",
        }),
        _ => json!({
            "handle": key, "subscribers": n, "views": 1_000_000 + n, "uploads": 321, "country": "in",
            "profile_pic": format!("https://cdn.example.com/{key}/{n}.jpg"),
        }),
    };
    if variant != 1 {
        let member = if handler == 0 { "name" } else { "title" };
        body[member] = format!("Asha Rao {variant} cooks").into();
        body["city"] = city.into();
    }
    if variant == 2 && handler == 0 {
        body["bio"] = format!("Food, travel and the hills. Write to me, {n}!").into();
    }
    body
}

/// Per account what the messages about it say together: followers, name, city, bio.
type Expected = HashMap<(usize, String), [Option<String>; 4]>;

fn expected(messages: &[Message]) -> Expected {
    let mut accounts = Expected::new();
    for Message { handler, key, body } in messages {
        let account = accounts.entry((*handler, key.clone())).or_default();
        let names = match handler {
            0 => ["followers", "name", "city", "bio"],
            _ => ["subscribers", "title", "city", "bio"],
        };
        for (known, name) in account.iter_mut().zip(names) {
            match &body[name] {
                Value::Null => {}
                Value::String(text) if name == "city" => *known = Some(capitalised(text)),
                Value::String(text) => *known = Some(text.clone()),
                other => *known = Some(other.to_string()),
            }
        }
    }
    accounts
}

fn capitalised(text: &str) -> String {
    let word = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Has an application work off a full queue.
async fn consumed(messages: &[Message]) -> f64 {
    let database = Database::create().await;
    let config = config(&database);
    let owner = coffee::core::db::postgres::connect_owner(&config).await.expect("the owner");
    let stores = Stores::open(config.clone()).await.expect("stores");
    let amqp = stores.amqp.as_ref().expect("RabbitMQ is needed");
    fill(amqp, messages).await;

    let app = App::build(config).await.expect("application builds");
    let (serving, stop) = (app.stores().clone(), CancellationToken::new());
    let started = Instant::now();
    let running = actix_web::rt::spawn(app.run(stop.clone()));
    let done = || {
        let counts = &serving.metrics.events.messages;
        let done = HANDLERS.map(|handler| counts.with_label_values(&[handler, "done"]).get());
        done.iter().sum::<u64>()
    };
    while done() < u64::try_from(messages.len()).expect("a count") {
        assert!(started.elapsed() < Duration::from_secs(120), "{} of them are done", done());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let rate = messages.len() as f64 / started.elapsed().as_secs_f64();
    stop.cancel();
    running.await.expect("no panic").expect("served");
    assert_stored(&owner, messages).await;
    delete_queues(amqp).await;
    owner.close().await;
    Database::drop_now(&database.name).await;
    rate
}

/// Every account is as its messages in their order say, none is missing or there twice, and every message
/// counted once.
async fn assert_stored(owner: &PgPool, messages: &[Message]) {
    let expected = expected(messages);
    let sql = "SELECT 0 AS handler, ig_id AS key, followers::text, name, city, bio FROM instagram_account \
               UNION ALL \
               SELECT 1, channel_id, followers::text, title, city, NULL FROM youtube_account";
    let rows = sqlx::query(sql).fetch_all(owner).await.expect("accounts");
    assert_eq!(rows.len(), expected.len(), "accounts");
    for row in rows {
        let handler = usize::try_from(row.get::<i32, _>("handler")).expect("a handler");
        let key: String = row.get("key");
        let stored = ["followers", "name", "city", "bio"].map(|name| row.get(name));
        assert_eq!(expected.get(&(handler, key.clone())), Some(&stored), "{key}");
    }
    for (what, sql, count) in [
        ("profiles", "SELECT count(*) FROM campaign_profiles", expected.len()),
        ("messages", "SELECT count(*) FROM processed_message", messages.len()),
        (
            "unlabelled",
            "SELECT count(*) FROM instagram_account WHERE label IS NULL OR keywords IS NULL",
            0,
        ),
        ("events", "SELECT count(*) FROM event_outbox", 0),
    ] {
        let stored: i64 = sqlx::query_scalar(sql).fetch_one(owner).await.expect("a count");
        assert_eq!(usize::try_from(stored).expect("a count"), count, "{what}");
    }
}

fn config(database: &Database) -> Config {
    let config = Config::from_toml(&format!(
        "env = \"test\"\nroles = [\"listeners\"]\n[operations]\nport = 0\n\
         [postgres]\nurl = \"{}\"\nowner_url = \"{}\"\n[clickhouse]\nurl = \"\"\n[amqp]\nurl = \"{}\"\n\
         [auth]\nhmac_secret = \"{SECRET}\"\n[log]\nlevel = \"warn\"\n",
        database.url(),
        database.owner_url(),
        url("COFFEE__AMQP__URL"),
    ));
    config.expect("configuration")
}

async fn channel(amqp: &Amqp) -> (Connection, Channel) {
    let connection = amqp.connect().await.expect("RabbitMQ answers");
    let channel = connection.open_channel(None).await.expect("a channel");
    (connection, channel)
}

async fn delete_queues(amqp: &Amqp) {
    let (connection, channel) = channel(amqp).await;
    for handler in HANDLERS {
        let queue = format!("{handler}_q");
        channel.queue_delete(QueueDeleteArguments::new(&queue)).await.expect("deleted");
    }
    let _ = connection.close().await;
}

/// Publishes the messages, persistent, and waits until the broker has them.
async fn fill(amqp: &Amqp, messages: &[Message]) {
    delete_queues(amqp).await;
    let (connection, channel) = channel(amqp).await;
    let exchange = ExchangeDeclareArguments::new(EXCHANGE, "direct").durable(true).finish();
    channel.exchange_declare(exchange).await.expect("an exchange");
    for handler in HANDLERS {
        let queue = format!("{handler}_q");
        let declare = QueueDeclareArguments::durable_client_named(&queue);
        channel.queue_declare(declare).await.expect("a queue");
        let bind = QueueBindArguments::new(&queue, EXCHANGE, handler);
        channel.queue_bind(bind).await.expect("bound");
    }
    for (n, message) in messages.iter().enumerate() {
        let mut headers = FieldTable::new();
        let id = FieldValue::S(format!("bench-{n}").try_into().expect("a short text"));
        headers.insert("_watermill_message_uuid".try_into().expect("a short text"), id);
        let properties = BasicProperties::default()
            .with_headers(headers)
            .with_delivery_mode(2)
            .with_content_type("application/json")
            .finish();
        let publish = BasicPublishArguments::new(EXCHANGE, HANDLERS[message.handler]);
        let body = message.body.to_string().into_bytes();
        channel.basic_publish(properties, body, publish).await.expect("published");
    }
    loop {
        let mut waiting = 0;
        for handler in HANDLERS {
            let mut declare = QueueDeclareArguments::durable_client_named(&format!("{handler}_q"));
            declare.passive(true);
            let queue = channel.queue_declare(declare).await.expect("a queue").expect("waited for");
            waiting += usize::try_from(queue.1).expect("a count");
        }
        if waiting == messages.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let _ = connection.close().await;
}

const INSTAGRAM: &str = "WITH stored AS ( \
    INSERT INTO instagram_account AS a (ig_id, handle, name, followers, following, post_count, thumbnail, \
        engagement_rate, avg_likes, avg_comments, avg_reach, avg_reels_play_count, avg_views, ffratio, \
        image_reach, story_reach, is_private, country, city, bio) \
    SELECT b->>'ig_id', b->>'handle', b->>'name', (b->>'followers')::bigint, (b->>'following')::bigint, \
        (b->>'num_of_posts')::bigint, b->>'profile_pic', (b->>'avg_engagement')::float8, \
        (b->>'avg_likes')::float8, (b->>'avg_comments')::float8, (b->>'avg_reach')::float8, \
        (b->>'avg_play_count')::float8, (b->>'avg_views_count')::float8, (b->>'ffratio')::float8, \
        (b->>'avg_static_reach')::float8, (b->>'story_reach')::float8, (b->>'is_private')::boolean, \
        upper(b->>'country'), initcap(b->>'city'), b->>'bio' \
    FROM (SELECT $1::jsonb AS b) message \
    ON CONFLICT (ig_id) DO UPDATE SET handle = excluded.handle, name = coalesce(excluded.name, a.name), \
        followers = coalesce(excluded.followers, a.followers), \
        following = coalesce(excluded.following, a.following), \
        post_count = coalesce(excluded.post_count, a.post_count), \
        thumbnail = coalesce(excluded.thumbnail, a.thumbnail), \
        city = coalesce(excluded.city, a.city), bio = coalesce(excluded.bio, a.bio), updated_at = now() \
    RETURNING id) \
    INSERT INTO campaign_profiles (platform, platform_account_id) SELECT 'INSTAGRAM', id FROM stored \
    ON CONFLICT DO NOTHING";
const YOUTUBE: &str = "WITH stored AS ( \
    INSERT INTO youtube_account AS a (channel_id, title, followers, views_count, uploads_count, thumbnail, \
        country, city) \
    SELECT b->>'handle', b->>'title', (b->>'subscribers')::bigint, (b->>'views')::bigint, \
        (b->>'uploads')::bigint, b->>'profile_pic', upper(b->>'country'), initcap(b->>'city') \
    FROM (SELECT $1::jsonb AS b) message \
    ON CONFLICT (channel_id) DO UPDATE SET title = coalesce(excluded.title, a.title), \
        followers = coalesce(excluded.followers, a.followers), \
        views_count = coalesce(excluded.views_count, a.views_count), \
        uploads_count = coalesce(excluded.uploads_count, a.uploads_count), \
        thumbnail = coalesce(excluded.thumbnail, a.thumbnail), \
        city = coalesce(excluded.city, a.city), updated_at = now() \
    RETURNING id) \
    INSERT INTO campaign_profiles (platform, platform_account_id) SELECT 'YOUTUBE', id FROM stored \
    ON CONFLICT DO NOTHING";

/// The same accounts, a statement each, four at a time; those of one account one after the other. Messages are
/// not recorded, and what follows from the accounts is not written.
async fn by_sqlx(messages: &[Message]) -> f64 {
    let database = Database::create().await;
    let config = config(&database);
    let owner = coffee::core::db::postgres::connect_owner(&config).await.expect("the owner");
    let mut lanes: BTreeMap<usize, Vec<(usize, Value)>> = BTreeMap::new();
    for message in messages {
        let lane = message.key.bytes().map(usize::from).sum::<usize>() % CONNECTIONS;
        lanes.entry(lane).or_default().push((message.handler, message.body.clone()));
    }
    let owner = Arc::new(owner);
    let started = Instant::now();
    let running = lanes.into_values().map(|lane| {
        let owner = Arc::clone(&owner);
        tokio::spawn(async move {
            let mut connection = owner.acquire().await.expect("a connection");
            for (handler, body) in lane {
                let sql = if handler == 0 { INSTAGRAM } else { YOUTUBE };
                sqlx::query(sql).bind(body).execute(&mut *connection).await.expect("stored");
            }
        })
    });
    for lane in running.collect::<Vec<_>>() {
        lane.await.expect("no panic");
    }
    let rate = messages.len() as f64 / started.elapsed().as_secs_f64();
    owner.close().await;
    Database::drop_now(&database.name).await;
    rate
}
