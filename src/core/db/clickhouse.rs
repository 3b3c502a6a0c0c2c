//! ClickHouse through the official client: opened lazily, one HTTP pool per replica.

use std::sync::Arc;
use std::time::Duration;

use clickhouse::Client;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::core::config::{ClickHouseConfig, Config};
use crate::core::error::Error;

/// Address and limits of ClickHouse. Nothing is connected until the first query.
#[derive(Clone)]
pub struct ClickHouse {
    client: Client,
    permits: Arc<Semaphore>,
    max_execution: Duration,
}

/// A client for one unit of work; holds one of the replica's places for queries.
pub struct ClickHouseSession {
    client: Client,
    _permit: OwnedSemaphorePermit,
}

impl ClickHouseSession {
    /// The official client, limited to what is left of the request.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl ClickHouse {
    /// `None` when no address is configured.
    pub fn new(config: &Config) -> Option<Self> {
        let section = &config.clickhouse;
        (!section.url.is_empty()).then(|| Self {
            client: client(section),
            permits: Arc::new(Semaphore::new(section.max_connections)),
            max_execution: Duration::from_secs(section.max_execution_secs),
        })
    }

    /// A client whose queries end with the request.
    ///
    /// # Errors
    /// The process stops.
    pub async fn session(&self, remaining: Duration) -> Result<ClickHouseSession, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|error| Error::internal("clickhouse", error))?;
        let limit = remaining.min(self.max_execution).as_secs_f64().max(0.001);
        let client = self.client.clone().with_setting("max_execution_time", format!("{limit:.3}"));
        Ok(ClickHouseSession { client, _permit: permit })
    }

    /// Client without a request behind it, for commands and jobs.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.client.query("SELECT 1").fetch_one::<u8>().await?;
        Ok(())
    }
}

fn client(section: &ClickHouseConfig) -> Client {
    let client = Client::default()
        .with_url(&section.url)
        .with_database(&section.database)
        .with_user(&section.user);
    if section.password.is_empty() {
        client
    } else {
        client.with_password(section.password.expose())
    }
}
