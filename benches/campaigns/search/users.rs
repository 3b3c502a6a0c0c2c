//! Sixteen users who search at the same time.

use std::time::Instant;

use super::cases::Case;
use super::{ask, percentile_95};
use crate::bed::{Bed, median};
use crate::report::Row;

const USERS: usize = 16;

/// Requests per second, and p50 and p95 in milliseconds, of users who each go through the cases.
pub async fn run(bed: &Bed, cases: &[Case], requests: usize) -> Vec<Row> {
    let started = Instant::now();
    let users = (0..USERS).map(|user| async move {
        let mut taken = Vec::new();
        for number in 0..requests {
            let case = &cases[(user * 7 + number) % cases.len()];
            let started = Instant::now();
            ask(bed, case).await;
            taken.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        taken
    });
    let mut taken = futures_util::future::join_all(users).await.concat();
    let rate = taken.len() as f64 / started.elapsed().as_secs_f64();
    let p95 = percentile_95(&mut taken);
    vec![
        Row::new(format!("{USERS} users, all filters in turn"), rate, "1/s"),
        Row::new(format!("{USERS} users, p50"), median(taken), "ms"),
        Row::new(format!("{USERS} users, p95"), p95, "ms"),
    ]
}
