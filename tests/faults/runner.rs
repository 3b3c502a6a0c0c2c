//! Runs the tests one after the other, on the main thread: the processes that they start end with it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use actix_web::rt::System;
use futures_util::future::LocalBoxFuture;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// Name and body of a test.
pub type Test = (&'static str, fn() -> LocalBoxFuture<'static, ()>);

/// Variable with the seed of the moments at which something happens.
const SEED: &str = "FAULT_SEED";

/// Runs the tests whose names contain one of `arguments`, all without one; `--list` names them.
pub fn run(tests: &[Test], arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|text| !text.starts_with('-')).collect();
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|one| name.contains(one.as_str()));
    let chosen: Vec<&Test> = tests.iter().filter(|(name, _)| wanted(name)).collect();
    if chosen.is_empty() {
        eprintln!("no such test; --list names them");
        return ExitCode::FAILURE;
    }
    coffee::core::tls::install_provider();
    println!("running {} fault tests, {SEED}={}", chosen.len(), seed());
    let mut failed = Vec::new();
    for (name, test) in chosen {
        println!("test {name} ...");
        let started = Instant::now();
        let passed = catch_unwind(AssertUnwindSafe(|| System::new().block_on(test()))).is_ok();
        let verdict = if passed { "ok" } else { "FAILED" };
        println!("test {name} ... {verdict} ({:.0} s)", started.elapsed().as_secs_f64());
        if !passed {
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        println!("\ntest result: ok");
        return ExitCode::SUCCESS;
    }
    println!("\ntest result: FAILED: {}; again with {SEED}={}", failed.join(", "), seed());
    ExitCode::FAILURE
}

/// Random moments of a test, the same for the same seed.
pub fn moments() -> StdRng {
    StdRng::seed_from_u64(seed())
}

fn seed() -> u64 {
    static CHOSEN: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| match std::env::var(SEED) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{SEED}: expected a number")),
        Err(_) => u64::from(rand::random::<u32>()),
    })
}
