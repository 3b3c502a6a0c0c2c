//! Sixteen users at once, and the page of one profile.

use std::time::Instant;

use futures_util::future::join_all;

use super::bed::Bed;
use super::report::{Aim, Row};
use super::shapes::{SHAPES, Shape, ask, is_plain, percentile};

const USERS: usize = 16;
/// Searches of each user.
const SEARCHES: usize = 12;
const PAGES: i64 = 300;

pub async fn run(bed: &Bed) -> Vec<Row> {
    let plain: Vec<Shape> = SHAPES.into_iter().filter(is_plain).collect();
    let mut rows = Vec::new();
    for (name, shapes, limit) in [
        ("16 users, one or two filters, p95", &plain[..], 1_500.0),
        ("16 users, all shapes, p95", &SHAPES[..], 3_000.0),
    ] {
        let mut worst = 0.0_f64;
        for _ in 0..3 {
            worst = worst.max(at_once(bed, shapes).await);
        }
        rows.push(Row::new(name, worst, "ms").aims(Aim::AtMost(limit)));
    }
    let mut took = Vec::new();
    for number in 1..=PAGES {
        let path = format!("/discovery-service/api/profile/INSTAGRAM/{}", number * 997);
        let started = Instant::now();
        bed.get(&path).await;
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    rows.push(
        Row::new("the page of a profile, p95", percentile(took, 95), "ms").aims(Aim::AtMost(30.0)),
    );
    rows
}

async fn at_once(bed: &Bed, shapes: &[Shape]) -> f64 {
    let user = async |number: usize| {
        let mut took = Vec::new();
        for search in 0..SEARCHES {
            let shape = &shapes[(number * 5 + search) % shapes.len()];
            let started = Instant::now();
            ask(bed, shape).await;
            took.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        took
    };
    let all = join_all((0..USERS).map(user)).await;
    percentile(all.into_iter().flatten().collect(), 95)
}
