//! Series: what the posts of a collection came to in a year, day by day and week by week.

use std::time::Instant;

use chrono::NaiveDate;
use coffee::core::db::clickhouse::ClickHouse;
use sea_orm::sqlx::{self, AssertSqlSafe, Row as _};
use serde_json::{Value, json};

use super::bed::{ACCOUNT, Bed, PARTNER, median};

/// Collections in the tables, of 1,000 posts over 365 days each; the answers are about the last one.
const COLLECTIONS: i64 = 5;
const ASKED: &str = "bench4";

/// What both stores have in a row, in a language that both speak but for what stands in braces.
const ROW: &str = "'INSTAGRAM', {code}, post, 'reels', \
    concat('A post of the bench, number ', post, ', with #coffee and more'), \
    concat('https://www.instagram.com/p/', post), {words}, {words}, {published}, \
    concat('id', post % 100), concat('handle', post % 100), concat('handle', post % 100), 'A name', \
    'POST', concat('bench', {collection}), 1000 + post % 100, {first} + day, \
    (post * 31 + day * 17) % 1000, (post + day) % 100, (post + day) % 10, (post * 7 + day) % 1000, \
    (post * 13 + day) % 1000, (post * 3 + day * 29) % 1000, (post + day) % 110, 0.5, {written}";

const COLUMNS: &str = "platform, post_short_code, post_collection_item_id, post_type, post_title, \
    post_link, hashtags, keywords, published_at, profile_social_id, profile_handle, post_handle, \
    profile_name, collection_type, collection_id, followers, stats_date, views, likes, comments, \
    impressions, plays, reach, total_engagement, engagement_rate, updated_at";

/// The same table in PostgreSQL, with the same key.
const TABLE: &str = "CREATE TABLE bench_post_ts ( \
    platform text NOT NULL, post_short_code text NOT NULL, post_collection_item_id bigint, \
    post_type text NOT NULL, post_title text NOT NULL, post_link text NOT NULL, \
    hashtags text[] NOT NULL, keywords text[] NOT NULL, published_at timestamptz NOT NULL, \
    profile_social_id text, profile_handle text NOT NULL, post_handle text, profile_name text, \
    collection_type text NOT NULL, collection_id text NOT NULL, followers bigint, \
    stats_date date NOT NULL, views double precision, likes bigint, comments bigint, \
    impressions double precision, plays bigint, reach double precision, total_engagement bigint, \
    engagement_rate double precision, updated_at timestamptz NOT NULL)";
const KEY: &str = "ALTER TABLE bench_post_ts ADD PRIMARY KEY \
    (collection_id, collection_type, post_short_code, platform, stats_date)";
/// An index that has all that the question by day reads, in the order in which it is needed.
const COVERING: &str = "CREATE INDEX ON bench_post_ts \
    (collection_id, collection_type, stats_date, post_short_code, updated_at DESC) \
    INCLUDE (views, likes, comments, impressions, reach)";

/// Length of the steps.
#[derive(Clone, Copy)]
enum Step {
    Day,
    Week,
}

impl Step {
    fn rollup(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Week => "weekly",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Day => "stats_date",
            Self::Week => "(stats_date - extract(dow FROM stats_date)::int)",
        }
    }

    fn days(self) -> u64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

/// p50 in milliseconds over HTTP, and of PostgreSQL, in turns: by week, by day, and by day where
/// PostgreSQL has an index for this question alone.
pub async fn run(bed: &Bed, rounds: usize) -> [[f64; 2]; 3] {
    fill(bed).await;
    let week = measure(bed, Step::Week, rounds).await;
    let day = measure(bed, Step::Day, rounds).await;
    bed.execute(COVERING).await;
    bed.execute("VACUUM ANALYZE bench_post_ts").await;
    [week, day, measure(bed, Step::Day, rounds).await]
}

async fn fill(bed: &Bed) {
    let collection = "INSERT INTO post_collection (id, share_id, partner_id, name, source, source_id, \
            created_by, start_time, end_time) \
        VALUES ($1, $1, $2, 'bench', 'SAAS', $1, $3, '2024-01-01T12:00:00Z', '2024-12-30T12:00:00Z')";
    let collection = sqlx::query(collection).bind(ASKED).bind(PARTNER).bind(ACCOUNT.to_string());
    collection.execute(&bed.owner).await.expect("a collection");
    let client = ClickHouse::new(&bed.config).expect("configured");
    let row = row([
        ("code", "substring(lower(hex(MD5(toString(post)))), 1, 11)"),
        ("words", "['#coffee', '#bench']"),
        ("published", "toDateTime('2023-12-31 10:00:00', 'UTC')"),
        ("collection", "intDiv(post, 1000)"),
        ("first", "toDate('2024-01-01')"),
        ("written", "toDateTime64('2025-01-01 00:00:00', 3, 'UTC')"),
    ]);
    for number in 0..COLLECTIONS {
        let sql = format!(
            "INSERT INTO mart_collection_post_ts ({COLUMNS}) SELECT {row} FROM ( \
                 SELECT {number} * 1000 + intDiv(number, 365) AS post, number % 365 AS day \
                 FROM numbers(365000))"
        );
        client.client().query(&sql).execute().await.expect("rows");
    }
    let row = self::row([
        ("code", "substr(md5(post::text), 1, 11)"),
        ("words", "ARRAY['#coffee', '#bench']"),
        ("published", "timestamptz '2023-12-31 10:00:00Z'"),
        ("collection", "post / 1000"),
        ("first", "date '2024-01-01'"),
        ("written", "timestamptz '2025-01-01 00:00:00Z'"),
    ]);
    let last = COLLECTIONS * 1000 - 1;
    let insert = format!(
        "INSERT INTO bench_post_ts ({COLUMNS}) SELECT {row} \
         FROM generate_series(0, {last}) post, generate_series(0, 364) day"
    );
    for sql in [TABLE, &insert, KEY, "VACUUM ANALYZE bench_post_ts"] {
        bed.execute(sql).await;
    }
}

fn row<const N: usize>(words: [(&str, &str); N]) -> String {
    let replace =
        |row: String, (name, sql): &(&str, &str)| row.replace(&format!("{{{name}}}"), sql);
    words.iter().fold(ROW.to_owned(), replace)
}

async fn measure(bed: &Bed, step: Step, rounds: usize) -> [f64; 2] {
    let filter =
        |field: &str, value: &str| json!({"filterType": "EQ", "field": field, "value": value});
    let filters = [
        filter("collectionType", "POST"),
        filter("collectionId", ASKED),
        filter("rollup", step.rollup()),
    ];
    let body = json!({ "filters": filters });
    let path = "/collection-analytics-service/api/collection/timeseries";
    let answer = bed.post(path, &body).await;
    let expected = in_postgres(bed, step).await;
    assert!(expected.len() > 50, "{} points", expected.len());
    assert_eq!(answer["data"]["timeSeries"], shown(&expected, step));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let started = Instant::now();
        bed.post(path, &body).await;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        in_postgres(bed, step).await;
        theirs.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    [median(ours), median(theirs)]
}

/// Day, posts, views, likes, comments, impressions, reach.
type Point = (NaiveDate, i64, [i64; 5]);

/// The same question: the latest row of each post in each step, added up.
async fn in_postgres(bed: &Bed, step: Step) -> Vec<Point> {
    let step = step.sql();
    let sql = format!(
        "SELECT starts_on, count(*), sum(views)::bigint, sum(likes)::bigint, sum(comments)::bigint, \
                sum(impressions)::bigint, sum(reach)::bigint \
         FROM (SELECT DISTINCT ON ({step}, post_short_code) \
                   {step} AS starts_on, views, likes, comments, impressions, reach \
               FROM bench_post_ts \
               WHERE collection_id = $1 AND collection_type = 'POST' \
                 AND stats_date BETWEEN '2024-01-01' AND '2024-12-30' \
               ORDER BY {step}, post_short_code, stats_date DESC, updated_at DESC) latest \
         GROUP BY starts_on ORDER BY starts_on"
    );
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(ASKED).fetch_all(&bed.owner).await.expect("rows");
    let point = |row: &sqlx::postgres::PgRow| {
        (row.get(0), row.get(1), [row.get(2), row.get(3), row.get(4), row.get(5), row.get(6)])
    };
    rows.iter().map(point).collect()
}

/// Points as the route shows them: views, reach and engagement never fall, and zeros are left out.
fn shown(points: &[Point], step: Step) -> Value {
    let (mut most_views, mut most_reach, mut most_engagement) = (0, 0, 0);
    let dated = |day: NaiveDate| json!({"startOfWeek": day.to_string(), "date": day.to_string()});
    let mut all = Vec::new();
    if let Some((first, ..)) = points.first() {
        all.push(dated(*first - chrono::Days::new(step.days())));
    }
    for (day, posts, [views, likes, comments, impressions, reach]) in points {
        most_views = most_views.max(*views);
        most_reach = most_reach.max(*reach);
        most_engagement = most_engagement.max(likes + comments);
        let numbers = [
            ("totalPosts", *posts),
            ("views", most_views),
            ("likes", *likes),
            ("comments", *comments),
            ("reach", most_reach),
            ("impressions", *impressions),
            ("totalEngagement", most_engagement),
        ];
        let mut point = dated(*day);
        for (name, number) in numbers.into_iter().filter(|(_, number)| *number != 0) {
            point[name] = number.into();
        }
        all.push(point);
    }
    Value::Array(all)
}
