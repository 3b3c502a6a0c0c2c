//! What goes in comes out.

use chrono::{DateTime, NaiveDate, Utc};
use clickhouse::{Compression, Row};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::process::*;
#[derive(Row, Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Types {
    id: i64,
    maybe: Option<i64>,
    text: String,
    #[serde(with = "serde_bytes_string")]
    binary: Vec<u8>,
    real: f64,
    #[serde(with = "clickhouse::serde::chrono::date")]
    day: NaiveDate,
    #[serde(with = "clickhouse::serde::chrono::datetime64::millis")]
    moment: DateTime<Utc>,
    tags: Vec<String>,
    counts: HashMap<String, u64>,
    country: String,
    name: Option<String>,
}

/// String columns hold any bytes; serde reads them as such.
mod serde_bytes_string {
    use serde::{Deserializer, Serializer, de::Visitor};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

fn sample(id: i64) -> Types {
    let moment = DateTime::from_timestamp_millis(1_700_000_000_123 + id).unwrap();
    Types {
        id,
        maybe: (id % 2 == 0).then_some(-id),
        text: format!("it's \"{id}\"\t\\ \u{1F600} \n`ü`; -- /* '"),
        binary: (0..=255).collect(),
        real: f64::MIN_POSITIVE * id as f64,
        day: moment.date_naive(),
        moment,
        tags: vec!["a'b".into(), String::new(), "ß".into()],
        counts: HashMap::from([("views".into(), u64::MAX), ("l'ikes".into(), id as u64)]),
        country: if id % 3 == 0 { "IN".into() } else { "DE".into() },
        name: (id % 5 == 0).then(|| "n".to_owned()),
    }
}

const TYPES: &str = "CREATE TABLE types (id Int64, maybe Nullable(Int64), text String, binary String, \
    real Float64, day Date, moment DateTime64(3, 'UTC'), tags Array(String), counts Map(String, UInt64), \
    country LowCardinality(String), name LowCardinality(Nullable(String))) ENGINE = MergeTree ORDER BY id";

#[tokio::test]
async fn every_type_survives_a_round_trip_in_every_mode() {
    let (directory, _engine, client) = engine!();
    for (compression, validation) in [
        (Compression::None, false),
        (Compression::None, true),
        (Compression::Lz4, false),
        (Compression::Lz4, true),
    ] {
        let client = client.clone().with_compression(compression).with_validation(validation);
        run(&client, &["DROP TABLE IF EXISTS types SYNC", TYPES]).await;
        let rows: Vec<Types> = (0..1000).map(sample).collect();
        let mut insert = client.insert::<Types>("types").await.unwrap();
        for row in &rows {
            insert.write(row).await.unwrap();
        }
        insert.end().await.unwrap();
        let read: Vec<Types> =
            client.query("SELECT ?fields FROM types ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(read, rows);
        let one: Types = client
            .query("SELECT ?fields FROM types WHERE text = ? AND binary = unhex(?)")
            .bind(&rows[7].text)
            .bind(rows[7].binary.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(one, rows[7]);
        let mut cursor =
            client.query("SELECT ?fields FROM types WHERE id >= 990").fetch::<Types>().unwrap();
        let mut seen = 0;
        while cursor.next().await.unwrap().is_some() {
            seen += 1;
        }
        assert_eq!(seen, 10);
        assert_eq!(
            client
                .query("SELECT id FROM types WHERE id < 0")
                .fetch_optional::<i64>()
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(directory.spooled(), 0);
}

#[tokio::test]
async fn large_inserts_arrive_whole_and_an_aborted_one_leaves_nothing() {
    let (directory, engine, client) = engine!();
    let columns = "(key Int64, value String, extra Int64 DEFAULT key * 2)";
    run(&client, &[&format!("CREATE TABLE points {columns} ENGINE = MergeTree ORDER BY key")])
        .await;
    let mut insert = client.insert::<Point>("points").await.unwrap();
    for key in 0..200_000 {
        insert.write(&Point { key, value: format!("value {key}") }).await.unwrap();
    }
    insert.end().await.unwrap();
    assert_eq!(number(&client, "SELECT count() FROM points").await, 200_000);
    assert_eq!(
        number(&client, "SELECT toUInt64(sum(extra)) FROM points").await,
        2 * (199_999 * 200_000 / 2)
    );

    let mut inserter = client.inserter::<Point>("points").with_max_rows(1000);
    for key in 0..2500 {
        inserter.write(&Point { key, value: String::new() }).await.unwrap();
        inserter.commit().await.unwrap();
    }
    inserter.end().await.unwrap();
    assert_eq!(number(&client, "SELECT count() FROM points").await, 202_500);

    let mut aborted = client.insert::<Point>("points").await.unwrap();
    for key in 0..100_000 {
        aborted.write(&Point { key, value: "never".to_owned() }).await.unwrap();
    }
    drop(aborted);
    let mut stream = TcpStream::connect(&engine.address).unwrap();
    let head =
        "POST /?database=app&query=INSERT+INTO+points(key,value)+FORMAT+CSV HTTP/1.1\r\nHost: x";
    write!(stream, "{head}\r\nContent-Length: 100\r\n\r\n1,never\n2,never\n").unwrap();
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(10);
    while directory.spooled() > 0 {
        assert!(Instant::now() < deadline, "rows of an aborted insert were kept");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(number(&client, "SELECT count() FROM points WHERE value = 'never'").await, 0);
}

#[tokio::test]
async fn inserts_as_text_work_from_url_and_body() {
    let (directory, engine, client) = engine!();
    run(&client, &["CREATE TABLE t (a Int64, b String) ENGINE = MergeTree ORDER BY a"]).await;
    let url = "POST /?database=app";
    let csv: String = (0..50_000).map(|i| format!("{i},\"x;'{i}\"\n")).collect();
    let values: String = (0..50_000).map(|i| format!("({i}, concat('v;', '{i}')),")).collect();
    let values = values.trim_end_matches(',');
    for (target, body) in [
        (format!("{url}&query=INSERT+INTO+t+FORMAT+CSV"), csv.clone()),
        (
            url.to_owned(),
            format!("INSERT INTO t (a, b) SETTINGS max_threads = 1 FORMAT CSV\n{csv}"),
        ),
        (url.to_owned(), format!("INSERT INTO app.t VALUES {values}")),
        (format!("{url}&query=INSERT+INTO+t+VALUES"), values.to_owned()),
    ] {
        let (head, answer) = engine.request(&target, body.as_bytes());
        assert!(head.starts_with("http/1.1 200"), "{head}{}", String::from_utf8_lossy(&answer));
        assert!(head.contains(r#""written_rows":"50000""#), "{head}");
        assert_eq!(
            number(
                &client,
                "SELECT count() FROM t WHERE b = concat('x;\\'', toString(a)) OR b LIKE 'v;%'"
            )
            .await,
            50_000
        );
        run(&client, &["TRUNCATE TABLE t"]).await;
    }
    run(
        &client,
        &["INSERT INTO t SELECT number, 'n' FROM numbers(10)", "INSERT INTO t VALUES (1, 'a;b')"],
    )
    .await;
    assert_eq!(number(&client, "SELECT count() FROM t").await, 11);
    assert_eq!(directory.spooled(), 0);
    let error = String::from_utf8(
        engine.request(&format!("{url}&query=INSERT+INTO+t+FORMAT+CSV"), b"x,y\n").1,
    )
    .unwrap();
    assert!(error.starts_with("Code: "), "{error}");
    assert_eq!(directory.spooled(), 0);
}
