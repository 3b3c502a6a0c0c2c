//! Errors, settings, isolation and restarts.

use clickhouse::Client;
use std::time::{Duration, Instant};

use super::process::*;
#[tokio::test]
async fn errors_carry_number_status_and_text() {
    let (_directory, engine, client) = engine!();
    for (query, code, status) in [
        ("SELECT * FROM missing", 60, 404),
        ("SELEC 1", 62, 400),
        ("SELECT 1; SELECT 2", 62, 400),
        (" -- nothing", 62, 400),
        ("SELECT missing", 47, 404),
        ("SELECT throwIf(number = 50000, 'boom') FROM numbers(100000)", 395, 500),
        ("SELECT 1 FORMAT Missing", 73, 404),
        ("SELECT 1 SETTINGS missing = 1", 115, 404),
        ("SELECT count() FROM numbers(100000000000) SETTINGS max_execution_time = 0.2", 159, 408),
    ] {
        let error = failure(&client, query).await;
        assert!(
            error.starts_with(&format!("bad response: Code: {code}. DB::Exception: ")),
            "{query}: {error}"
        );
        let (head, body) = engine.request("POST /?database=app", query.as_bytes());
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{query}: {head}");
        assert!(
            head.contains(&format!("x-clickhouse-exception-code: {code}\r\n")),
            "{query}: {head}"
        );
        assert!(body.starts_with(format!("Code: {code}. ").as_bytes()), "{query}");
    }
    let missing = client.clone().with_database("missing");
    assert!(failure(&missing, "SELECT 1").await.contains("Code: 81."));
    assert!(
        failure(&client.clone().with_setting("missing", "1"), "SELECT 1")
            .await
            .contains("Code: 115.")
    );
    assert!(
        client.insert::<Point>("missing").await.err().unwrap().to_string().contains("Code: 60.")
    );
    let (head, body) = engine.request("GET /ping", b"");
    assert!(head.starts_with("http/1.1 200") && body == b"Ok.\n");
    assert!(
        engine
            .request("GET /?query=CREATE+DATABASE+x", b"")
            .0
            .contains("x-clickhouse-exception-code: 164")
    );
    assert_eq!(engine.request("GET /?query=SELECT+1%2B1", b"").1, b"2\n");
    assert_eq!(
        engine.request("POST /?query=SELECT", b"number FROM numbers(2) FORMAT JSONEachRow").1,
        b"{\"number\":0}\n{\"number\":1}\n"
    );
    assert!(engine.request("GET /nowhere", b"").0.starts_with("http/1.1 404"));
}

#[tokio::test]
async fn settings_and_placeholders_belong_to_one_statement() {
    let (_directory, engine, client) = engine!();
    let limited =
        client.clone().with_setting("max_execution_time", "7").with_setting("max_threads", "1");
    let limit = "SELECT toUInt64(getSetting('max_execution_time'))";
    for _ in 0..20 {
        assert_eq!(number(&limited, limit).await, 7);
        assert_eq!(number(&client, limit).await, 0);
    }
    assert_eq!(number(&limited, &format!("{limit} SETTINGS max_execution_time = 9")).await, 9);
    run(&client, &["SET max_execution_time = 3", "CREATE TEMPORARY TABLE gone (a Int64)"]).await;
    assert_eq!(number(&client, limit).await, 0);
    assert!(failure(&client, "SELECT * FROM gone").await.contains("Code: 60."));

    let slow = client.clone().with_setting("max_execution_time", "0.2");
    assert!(
        failure(&slow, "SELECT count() FROM numbers(100000000000)").await.contains("Code: 159.")
    );
    run(&client, &["CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a"]).await;
    assert!(
        failure(
            &slow,
            "INSERT INTO t SELECT number FROM numbers(100000000000) WHERE sipHash64(number) = 1"
        )
        .await
        .contains("Code: 159.")
    );
    let readonly = client.clone().with_setting("readonly", "1");
    assert!(failure(&readonly, "INSERT INTO t VALUES (1)").await.contains("Code: 164."));

    let text = "tab\t, quote ', backslash \\, line\nend, ü";
    let query = client.query(
        "SELECT {x:String}, {n:Nullable(Int64)}, arrayStringConcat({list:Array(String)}, '|')",
    );
    let row: (String, Option<i64>, String) = query
        .param("x", text)
        .param("n", None::<i64>)
        .param("list", vec!["a'", "b"])
        .fetch_one()
        .await
        .unwrap();
    assert_eq!(row, (text.to_owned(), None, "a'|b".to_owned()));
    let (head, body) = engine.request(
        "GET /?query=SELECT+%7Bx:Int64%7D+AS+y&param_x=5&query_id=mine&default_format=JSONEachRow",
        b"",
    );
    assert_eq!(body, b"{\"y\":5}\n");
    assert!(
        head.contains("x-clickhouse-query-id: mine")
            && head.contains("x-clickhouse-format: jsoneachrow"),
        "{head}"
    );
}

#[tokio::test]
async fn parallel_databases_never_mix() {
    let (_directory, engine, _client) = engine!();
    let mut tasks = tokio::task::JoinSet::new();
    for tenant in 0..12_u64 {
        let admin = engine.client();
        tasks.spawn(async move {
            let database = format!("tenant-`{tenant}`");
            let quoted = format!("`tenant-\\`{tenant}\\``");
            admin.query(&format!("CREATE DATABASE {quoted}")).execute().await.unwrap();
            let client = admin
                .with_database(&database)
                .with_setting("max_execution_time", (tenant + 1).to_string());
            run(
                &client,
                &["CREATE TABLE points (key Int64, value String) ENGINE = MergeTree ORDER BY key"],
            )
            .await;
            for round in 1..=30_u64 {
                let mut insert = client.insert::<Point>("points").await.unwrap();
                insert.write(&Point { key: tenant as i64, value: database.clone() }).await.unwrap();
                insert.end().await.unwrap();
                let seen: (String, u64, u64, u64) = client
                    .query(
                        "SELECT currentDatabase(), count(), countIf(value != currentDatabase()), \
                         any(toUInt64(getSetting('max_execution_time'))) FROM points",
                    )
                    .fetch_one()
                    .await
                    .unwrap();
                assert_eq!(seen, (database.clone(), round, 0, tenant + 1));
            }
            client.query(&format!("DROP DATABASE {quoted} SYNC")).execute().await.unwrap();
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap();
    }
}

#[tokio::test]
async fn slow_statements_block_neither_ping_nor_each_other_for_long() {
    let (_directory, engine, client) = engine!();
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        slow.spawn(async move {
            number(&client, "SELECT toUInt64(sum(sleepEachRow(0.5))) FROM numbers(1)").await
        });
    }
    eventually(&client, "SELECT toUInt64(count() > 1) FROM system.processes", 1).await;
    let started = Instant::now();
    assert_eq!(engine.request("GET /ping", b"").1, b"Ok.\n");
    assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
    while let Some(result) = slow.join_next().await {
        result.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_read_whose_client_left_is_killed_and_makes_room() {
    let (_directory, _engine, client) = engine!();
    let endless = "SELECT count() FROM system.numbers WHERE NOT ignore(sipHash64(number))";
    let running = "SELECT count() FROM system.processes WHERE query LIKE '%system.numbers WHERE%' \
                   AND query NOT LIKE '%system.processes%'";
    let cancelled = client
        .clone()
        .with_setting("readonly", "2")
        .with_setting("cancel_http_readonly_queries_on_client_close", "1");
    let mut slow = tokio::task::JoinSet::new();
    // As many as run at the same time but one, so that the rest can be asked.
    for number in 0..7 {
        let client = cancelled.clone().with_setting("query_id", format!("endless {number}"));
        slow.spawn(async move { client.query(endless).fetch_one::<u64>().await });
    }
    eventually(&client, running, 7).await;
    let named = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'endless 3'";
    assert_eq!(number(&client, named).await, 1, "known by the client's id");
    slow.shutdown().await;
    eventually(&client, running, 0).await;
}

#[tokio::test]
async fn the_table_features_of_the_schema_work() {
    let (_directory, _engine, client) = engine!();
    run(
        &client,
        &[
            "CREATE TABLE series (profile Int64, day Date, followers Int64, updated DateTime64(3)) \
             ENGINE = ReplacingMergeTree(updated) ORDER BY (profile, day) SETTINGS index_granularity = 256",
            "CREATE TABLE monthly (profile Int64, month Date, best SimpleAggregateFunction(max, Int64), \
             days AggregateFunction(uniq, Date)) ENGINE = AggregatingMergeTree ORDER BY (profile, month)",
            "CREATE MATERIALIZED VIEW to_monthly TO monthly AS SELECT profile, toStartOfMonth(day) AS month, \
             max(followers) AS best, uniqState(day) AS days FROM series GROUP BY profile, month",
            "CREATE TABLE ranking (profile Int64, place UInt64) ENGINE = MergeTree ORDER BY place",
            "CREATE MATERIALIZED VIEW refresh_ranking REFRESH EVERY 1 SECOND TO ranking AS SELECT profile, \
             row_number() OVER (ORDER BY max(followers) DESC) AS place FROM series GROUP BY profile",
            "INSERT INTO series SELECT number % 10, toDate('2026-01-01') + intDiv(number, 10), number, 1 FROM numbers(300)",
            "INSERT INTO series VALUES (3, '2026-01-01', 5000, now64())",
        ],
    )
    .await;
    assert_eq!(number(&client, "SELECT count() FROM series FINAL").await, 300);
    assert_eq!(
        number(
            &client,
            "SELECT toUInt64(followers) FROM series FINAL WHERE profile = 3 AND day = '2026-01-01'"
        )
        .await,
        5000
    );
    assert_eq!(
        number(&client, "SELECT toUInt64(max(best)) FROM monthly WHERE profile = 3").await,
        5000
    );
    assert_eq!(number(&client, "SELECT uniqMerge(days) FROM monthly WHERE profile = 4").await, 30);
    run(&client, &["SYSTEM REFRESH VIEW refresh_ranking", "SYSTEM WAIT VIEW refresh_ranking"])
        .await;
    assert_eq!(number(&client, "SELECT place FROM ranking WHERE profile = 3").await, 1);
    run(&client, &["INSERT INTO series VALUES (7, '2026-02-01', 9000, now64())"]).await;
    eventually(&client, "SELECT place FROM ranking WHERE profile = 7", 1).await;
    run(
        &client,
        &[
            "CREATE TABLE other AS series",
            "EXCHANGE TABLES other AND series",
            "RENAME TABLE other TO older",
            "ALTER TABLE older DELETE WHERE profile = 1 SETTINGS mutations_sync = 1",
            "ALTER TABLE older UPDATE followers = 0 WHERE profile = 2 SETTINGS mutations_sync = 1",
            "DELETE FROM older WHERE profile = 4",
            "OPTIMIZE TABLE older FINAL",
            "DROP TABLE series SYNC",
        ],
    )
    .await;
    assert_eq!(number(&client, "SELECT count() FROM older").await, 241);
}

#[tokio::test]
async fn data_survive_a_stop_and_a_crash() {
    let (directory, engine, client) = engine!();
    run(
        &client,
        &["CREATE TABLE points (key Int64, value String) ENGINE = MergeTree ORDER BY key"],
    )
    .await;
    let add = async |client: &Client| {
        let mut insert = client.insert::<Point>("points").await.unwrap();
        for key in 0..1000 {
            insert.write(&Point { key, value: "v".repeat(key as usize % 50) }).await.unwrap();
        }
        insert.end().await.unwrap();
    };
    add(&client).await;
    let slow = client.clone();
    let running = tokio::spawn(async move {
        number(&slow, "SELECT toUInt64(7 + sum(sleepEachRow(1))) FROM numbers(1)").await
    });
    eventually(&client, "SELECT toUInt64(count() > 1) FROM system.processes", 1).await;
    assert!(engine.stop("TERM").success());
    assert_eq!(running.await.unwrap(), 7, "a running statement ends before the engine does");

    let engine = Engine::start(&directory).unwrap();
    let client = engine.client().with_database("app");
    assert_eq!(number(&client, "SELECT count() FROM points").await, 1000);
    add(&client).await;
    std::fs::write(directory.0.join("inserts").join("left-behind"), "x").unwrap();
    assert!(!engine.stop("KILL").success());

    let engine = Engine::start(&directory).unwrap();
    assert_eq!(directory.spooled(), 0);
    assert_eq!(
        number(&engine.client().with_database("app"), "SELECT count() FROM points").await,
        2000
    );
    assert!(engine.stop("INT").success());
}

#[tokio::test]
async fn a_second_engine_and_a_public_address_are_refused() {
    let (directory, engine, client) = engine!();
    let second = command(&directory.0, "127.0.0.1:0").unwrap().output().unwrap();
    assert!(!second.status.success());
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.contains(&engine.child.id().to_string()), "{message}");
    assert_eq!(number(&client, "SELECT toUInt64(1)").await, 1);
    let public = command(&Directory::new().0, "0.0.0.0:0").unwrap().output().unwrap();
    assert!(!public.status.success());
    assert!(
        String::from_utf8_lossy(&public.stderr).contains("NotLoopback")
            || String::from_utf8_lossy(&public.stderr).contains("loopback")
    );
}

#[tokio::test]
async fn an_answer_may_be_framed_and_large() {
    let (_directory, engine, client) = engine!();
    let query = "POST /?compress=1&query=SELECT+number+FROM+numbers(1000000)+FORMAT+RowBinary";
    let (head, body) = engine.request(query, b"");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let mut rest = &body[..];
    let mut plain = Vec::new();
    while !rest.is_empty() {
        let size = u32::from_le_bytes(rest[17..21].try_into().unwrap()) as usize;
        let plain_size = u32::from_le_bytes(rest[21..25].try_into().unwrap()) as usize;
        plain.extend(lz4_flex::block::decompress(&rest[25..16 + size], plain_size).unwrap());
        rest = &rest[16 + size..];
    }
    assert!((0..1_000_000_u64).flat_map(u64::to_le_bytes).eq(plain));
    let numbers: Vec<u64> =
        client.query("SELECT number FROM numbers(3000000)").fetch_all().await.unwrap();
    assert_eq!(numbers.len(), 3_000_000);
    let list: Vec<String> = (0..300_000).map(|i| i.to_string()).collect();
    let long = format!("SELECT toUInt64(length([{}]))", list.join(","));
    assert_eq!(number(&client.with_setting("max_query_size", "10000000"), &long).await, 300_000);
}
