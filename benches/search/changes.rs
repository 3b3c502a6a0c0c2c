//! How soon a change is found, and one of a hundred accounts changed at random places.

use std::time::{Duration, Instant};

use coffee::app::App;
use coffee::core::config::Role;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::bed::Bed;
use super::report::{Aim, Row};
use super::shapes::percentile;

const CHANGES: usize = 100;

pub async fn run(bed: &Bed, profiles: u64) -> Vec<Row> {
    let mut config = bed.config.clone();
    config.roles = vec![Role::Relay];
    let relay = App::build(config).await.expect("application builds");
    let stop = CancellationToken::new();
    let running = actix_web::rt::spawn(relay.run(stop.clone()));
    let mut took = Vec::new();
    for number in 0..CHANGES {
        took.push(found_after(bed, number, profiles).await);
    }
    let sql = "UPDATE instagram_account SET followers = followers + 1 WHERE hashint8(id) % 100 = 7";
    let started = Instant::now();
    bed.execute(sql).await;
    eprintln!("1 % changed in {} s", started.elapsed().as_secs());
    let started = Instant::now();
    while bed.number("SELECT count(*) FROM profile_search_change").await > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let changed = bed.clickhouse("SELECT count() FROM profile_search_delta").await;
    let rate = changed.trim().parse::<f64>().expect("a number") / started.elapsed().as_secs_f64();
    stop.cancel();
    running.await.expect("no panic").expect("served");
    vec![
        Row::new("a change is found after, p99", percentile(took, 99), "ms")
            .aims(Aim::AtMost(2_000.0)),
        Row::new("changes carried over", rate, "1/s"),
    ]
}

/// Milliseconds from a change until a search finds the account by it.
async fn found_after(bed: &Bed, number: usize, profiles: u64) -> f64 {
    let id = 1 + (number as u64 * 7_919_993) % (profiles / 2);
    let label = format!("changed {number}");
    bed.execute(&format!(
        "UPDATE instagram_account SET label = '{label}', country = 'IN' WHERE id = {id}"
    ))
    .await;
    let started = Instant::now();
    let path = "/discovery-service/api/profile/INSTAGRAM/search?size=1";
    let body: Value =
        json!({"filters": [{"filterType": "EQ", "field": "profileLabel", "value": label}]});
    loop {
        let answer = bed.post(path, &body).await;
        if answer["profiles"].as_array().is_some_and(|profiles| !profiles.is_empty()) {
            return started.elapsed().as_secs_f64() * 1000.0;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never found");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
