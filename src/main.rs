//! Command line of coffee.

use std::process::ExitCode;

use clap::Parser as _;
use coffee::commands::{Cli, run};

#[actix_web::main]
async fn main() -> ExitCode {
    run(Cli::parse()).await
}
