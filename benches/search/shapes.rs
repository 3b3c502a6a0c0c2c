//! First pages of searches, with their counts: twelve shapes, in both stores.

use std::time::Instant;

use coffee::app::App;
use coffee::core::config::SearchStore;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::bed::{Bed, median};
use super::report::{Aim, Row};

/// Name, order, conditions.
pub type Shape = (&'static str, &'static str, &'static [[&'static str; 3]]);

#[rustfmt::skip]
pub const SHAPES: [Shape; 12] = [
    ("all of the country", "followers", &[]),
    ("followers by engagement", "engagement_rate", &[["GTE", "followers", "10000"], ["LTE", "followers", "100000"]]),
    ("a category", "followers", &[["ARRAY", "categories", "Food"]]),
    ("two categories by likes", "avg_likes", &[["ARRAY", "categories", "Gaming,Music"]]),
    ("a city", "followers", &[["EQ", "city", "Pune"]]),
    ("a name that some have", "followers", &[["LIKE", "name", "zen"]]),
    ("a name that few have", "followers", &[["LIKE", "search_phrase", "kara zenlo"]]),
    ("gender and language", "followers", &[["EQ", "gender", "FEMALE"], ["ARRAY", "languages", "hi"]]),
    ("a share of the audience", "followers", &[["GTE", "audience_gender.female_per", "60"]]),
    ("a place of the audience", "followers", &[["GTE", "audience_location.city.Mumbai", "10"]]),
    ("engagement, size, category", "engagement_rate,engagement_rate_grade_order,followers",
        &[["GTE", "engagement_rate", "3"], ["GTE", "followers", "5000"], ["ARRAY", "categories", "Beauty,Fashion"]]),
    ("everything at once", "avg_comments,avg_likes,followers",
        &[["GTE", "followers", "1000"], ["ARRAY", "categories", "Travel,Food,Art"], ["EQ", "gender", "MALE"],
          ["GTE", "audience_age.18-24", "20"], ["GTE", "audience_gender.male_per", "40"], ["ARRAY", "languages", "en,hi"]]),
];

/// Conditions up to which a shape is a plain one.
const PLAIN: usize = 2;

/// Whether the aims of plain shapes are its.
pub fn is_plain((_, _, filters): &Shape) -> bool {
    filters.len() <= PLAIN
}

/// The same application with searches in PostgreSQL.
pub struct Beside {
    base: String,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Beside {
    pub async fn postgres(bed: &Bed) -> Self {
        let mut config = bed.config.clone();
        config.discovery.search_in = SearchStore::PostgreSql;
        config.server.timeout_secs = 600;
        let app = App::build(config).await.expect("application builds");
        let base = format!("http://{}", app.public_address().expect("serves"));
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn(app.run(stop.clone()));
        Self { base, stop, running }
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("served");
    }
}

fn request((_, sort, filters): &Shape) -> (String, Value) {
    let filters: Vec<Value> = filters
        .iter()
        .map(|[operator, field, value]| {
            json!({"filterType": operator, "field": field, "value": value})
        })
        .collect();
    let path = format!(
        "/discovery-service/api/profile/INSTAGRAM/search?size=20&sortBy={sort}&sortDir=DESC"
    );
    (path, json!({"filters": filters}))
}

pub async fn ask(bed: &Bed, shape: &Shape) -> Value {
    let (path, body) = request(shape);
    bed.post(&path, &body).await
}

async fn ask_postgres(bed: &Bed, postgres: &Beside, shape: &Shape) -> Value {
    let (path, body) = request(shape);
    bed.post_at(&postgres.base, &path, &body).await
}

/// An answer as far as it is about accounts.
fn seen(answer: &Value) -> (Vec<Value>, i64) {
    let profiles = answer["profiles"].as_array().expect("profiles");
    let codes = profiles.iter().map(|profile| profile["code"].clone()).collect();
    (codes, answer["status"]["filteredCount"].as_i64().unwrap_or(0))
}

/// Checks that both stores give the same answers; what PostgreSQL took for each, in milliseconds.
pub async fn compare(bed: &Bed, postgres: &Beside) -> Vec<f64> {
    let mut times = Vec::new();
    for shape in &SHAPES {
        let started = Instant::now();
        let theirs = seen(&ask_postgres(bed, postgres, shape).await);
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        let ours = seen(&ask(bed, shape).await);
        assert_eq!(ours, theirs, "{}", shape.0);
        eprintln!("{}: {} found", shape.0, ours.1);
    }
    times
}

/// p95 of the first page of each shape, worst of three rounds.
pub async fn times(bed: &Bed, requests: usize, when: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for shape in &SHAPES {
        let mut worst = 0.0_f64;
        for _ in 0..3 {
            let mut took = Vec::new();
            for _ in 0..requests {
                let started = Instant::now();
                ask(bed, shape).await;
                took.push(started.elapsed().as_secs_f64() * 1000.0);
            }
            worst = worst.max(percentile(took, 95));
        }
        let row = Row::new(format!("{}{when}, p95", shape.0), worst, "ms");
        rows.push(row.aims(Aim::AtMost(300.0)));
    }
    rows
}

/// Geometric means over all shapes beside PostgreSQL; `once` is what it took a first time.
pub async fn advantage(bed: &Bed, postgres: &Beside, once: &[f64]) -> Row {
    let (mut ours, mut theirs) = (1.0_f64, 1.0_f64);
    let part = 1.0 / SHAPES.len() as f64;
    for (shape, first) in SHAPES.iter().zip(once) {
        let started = Instant::now();
        ask_postgres(bed, postgres, shape).await;
        // The better of two: the first one may have read from the disk.
        theirs *= first.min(started.elapsed().as_secs_f64() * 1000.0).powf(part);
        let mut took = Vec::new();
        for _ in 0..3 {
            let started = Instant::now();
            ask(bed, shape).await;
            took.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        ours *= median(took).powf(part);
    }
    let row = Row::new("first pages beside PostgreSQL, geometric mean", ours, "ms");
    row.beside(theirs).aims(Aim::RatioAtMost(0.05))
}

/// The value that so many of a hundred do not exceed.
pub fn percentile(mut values: Vec<f64>, hundredths: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * hundredths).div_ceil(100) - 1]
}
