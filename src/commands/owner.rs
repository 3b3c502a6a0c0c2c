//! Commands that write what the application may not: one transaction of the schema's owner.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Failure;
use super::output::say;
use crate::core::caller::{Caller, PLATFORM_PARTNER};
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// Time for the statements of one command.
const LIMIT: Duration = Duration::from_secs(60);
/// Time for telling the replicas.
const ANNOUNCING: Duration = Duration::from_secs(5);

/// Runs `work` in one transaction of the schema's owner and commits it. Servers that cannot be told of the
/// change notice it within their cache times.
pub(super) async fn as_owner<T>(
    config: Config,
    work: impl AsyncFnOnce(&UnitOfWork) -> Result<T, Error>,
) -> Result<T, Failure> {
    let (done, announced) = announced_as_owner(config, work).await?;
    if !announced {
        eprintln!("coffee: Redis does not answer; running servers notice within their cache times");
    }
    Ok(done)
}

/// The same, with whether all servers were told.
pub(super) async fn announced_as_owner<T>(
    config: Config,
    work: impl AsyncFnOnce(&UnitOfWork) -> Result<T, Error>,
) -> Result<(T, bool), Failure> {
    let stores = Stores::open_as_owner(config).await?;
    // Row-level security binds the owner too: it works for the platform, as for all partners.
    let caller = Caller { partner_id: Some(PLATFORM_PARTNER), ..Caller::default() };
    let unit = UnitOfWork::new(stores, Arc::new(caller), Instant::now() + LIMIT);
    let done = work(&unit).await?;
    let announced = match unit.commit().await? {
        None => true,
        Some(tasks) => tokio::time::timeout(ANNOUNCING, tasks).await.is_ok(),
    };
    Ok((done, announced))
}

/// Prints a value as JSON.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
