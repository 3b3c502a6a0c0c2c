//! `coffee healthcheck`.

use std::time::Duration;

use super::Failure;
use crate::core::config::Config;

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let url = format!("http://{}:{}/readyz", config.operations.host, config.operations.port);
    let answer = reqwest::Client::builder().timeout(TIMEOUT).build()?.get(&url).send().await?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(format!("{url} answers {}: {}", answer.status(), answer.text().await?).into())
}
