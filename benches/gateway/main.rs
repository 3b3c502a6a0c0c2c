//! What the gateway costs, beside what a team would use instead: `./dev bench gateway`.
//!
//! One binary plays every part, each in a process of its own: without arguments it is the conductor,
//! which starts the others and prints the table.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;

mod allocations;
mod conduct;
mod config;
mod load;
mod lookup;
mod nginx;
mod process;
mod report;
mod revocation;
mod rounds;
mod servers;

#[actix_web::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("serve") => servers::serve().await,
        Some("bare") => servers::bare().await,
        Some("load") => load::run(&arguments[1..]),
        Some("lookup") => lookup::run().await,
        _ => conduct::run(&arguments).await,
    }
}
