//! Search over 200,000 campaign profiles: every filter by itself, some together, every order.

mod baseline;
mod cases;
mod users;

use std::time::Instant;

use serde_json::{Value, json};

use super::bed::{Bed, median};
use super::report::{Aim, Row};
use baseline::Baseline;
use cases::Case;

const PATH: &str = "/campaign-profile-service/api/campaign-profile/search";
const PROFILES: u32 = 200_000;
const SEED: &str = include_str!("../seed.sql");

/// Milliseconds below which what a request costs by itself, HTTP and fifty profiles as JSON, is no small part beside
/// its statements: without an aim beside them.
const SHORT: f64 = 10.0;

/// What a case came to in a round: p50 and p95 over HTTP and by sqlx, in milliseconds.
struct Figures {
    p50: f64,
    p95: f64,
    baseline: f64,
}

/// Per case p95, and p50 beside the same statements by sqlx: the worst of three rounds.
pub async fn run(bed: &Bed, quick: bool) -> Vec<Row> {
    bed.execute(&SEED.replace("{profiles}", &PROFILES.to_string())).await;
    let tables = "instagram_account, youtube_account, campaign_profiles, campaign_profile_search, \
                  profile_collection, profile_collection_item";
    bed.execute(&format!("VACUUM ANALYZE {tables}")).await;
    let mut baseline = Baseline::new(bed).await;
    let cases = cases::all();
    let mut are_right = true;
    for case in &cases {
        are_right &= is_right(bed, &mut baseline, case).await;
    }
    assert!(are_right, "wrong answers");
    let (rounds, requests) = if quick { (1, 5) } else { (3, 20) };
    let mut figures: Vec<Vec<Figures>> = cases.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (case, figures) in cases.iter().zip(&mut figures) {
            figures.push(measure(bed, &mut baseline, case, requests).await);
        }
    }
    let mut rows = Vec::new();
    let mut together = [0.0; 2];
    for (case, figures) in cases.iter().zip(&figures) {
        let p95 = figures.iter().map(|one| one.p95).fold(0.0, f64::max);
        rows.push(Row::new(format!("{}, p95", case.name), p95, "ms").aims(Aim::AtMost(150.0)));
        let ratio = |one: &&Figures| one.p50 / one.baseline;
        let worst = figures.iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let Figures { p50, baseline, .. } = worst.expect("a round");
        together = [together[0] + p50, together[1] + baseline];
        let row = Row::new("  p50, beside its SQL by sqlx", *p50, "ms").beside(*baseline);
        rows.push(if *baseline < SHORT { row } else { row.aims(Aim::RatioAtMost(1.5)) });
    }
    let [ours, sqlx] = together;
    let row = Row::new("all of these p50 together", ours, "ms").beside(sqlx);
    rows.push(row.aims(Aim::RatioAtMost(1.5)));
    rows.extend(users::run(bed, &cases, if quick { 5 } else { 40 }).await);
    rows
}

fn request(case: &Case) -> (String, Value) {
    let filters = case.filters.iter().map(
        |[operator, field, value]| json!({"filterType": operator, "field": field, "value": value}),
    );
    let body = json!({"filters": filters.collect::<Vec<_>>()});
    (format!("{PATH}{}", case.query), body)
}

async fn ask(bed: &Bed, case: &Case) -> Value {
    let (path, body) = request(case);
    match case.is_of_platform() {
        true => bed.post_as_platform(&path, &body).await,
        false => bed.post(&path, &body).await,
    }
}

/// Whether the page and the total are those of a plain statement, and of the same one.
async fn is_right(bed: &Bed, baseline: &mut Baseline, case: &Case) -> bool {
    let answer = ask(bed, case).await;
    let profiles = answer["profiles"].as_array().expect("profiles").iter();
    let ids: Vec<i64> = profiles.map(|one| one["id"].as_i64().expect("an id")).collect();
    // Left out where nothing is found.
    let total = answer["status"]["filteredCount"].as_i64().unwrap_or(0);
    let is_found = !case.name.contains("of nobody");
    let answer = (ids, total);
    let plain = baseline.plain(case).await;
    let is_right = answer == plain && answer == baseline.ask(case).await;
    if !is_right || (total > 0) != is_found {
        eprintln!(
            "{}: {} of {total}, not {} of {}",
            case.name,
            answer.0.len(),
            plain.0.len(),
            plain.1
        );
    }
    is_right && (total > 0) == is_found
}

async fn measure(bed: &Bed, baseline: &mut Baseline, case: &Case, requests: usize) -> Figures {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (path, body) = request(case);
    for _ in 0..requests {
        let started = Instant::now();
        // What the client makes of it is not ours.
        bed.received(case.is_of_platform(), &path, &body).await;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        baseline.ask(case).await;
        theirs.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let p95 = percentile_95(&mut ours);
    Figures { p50: median(ours), p95, baseline: median(theirs) }
}

/// The value that 95 of 100 do not exceed.
fn percentile_95(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * 95).div_ceil(100) - 1]
}
