//! RabbitMQ: the address and whether it answers. Publishing and consuming live in `core::mq`.

use std::time::Duration;

use amqprs::connection::{Connection, OpenConnectionArguments};

use crate::core::config::Config;
use crate::core::error::Error;

const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

/// Address of the broker.
#[derive(Clone)]
pub struct Amqp {
    arguments: OpenConnectionArguments,
}

impl Amqp {
    /// `None` when no address is configured.
    ///
    /// # Errors
    /// Not an `amqp://` address.
    pub fn new(config: &Config) -> Result<Option<Self>, Error> {
        let url = config.amqp.url.expose();
        if url.is_empty() {
            return Ok(None);
        }
        let arguments = OpenConnectionArguments::try_from(url)
            .map_err(|error| Error::internal("rabbitmq", error))?;
        Ok(Some(Self { arguments }))
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// The broker does not answer in time, or refuses.
    pub async fn connect(&self) -> Result<Connection, Error> {
        match tokio::time::timeout(OPEN_TIMEOUT, Connection::open(&self.arguments)).await {
            Ok(opened) => opened.map_err(|error| Error::internal("rabbitmq", error)),
            Err(_) => Err(Error::internal("rabbitmq", "no answer in time")),
        }
    }

    /// Whether the broker answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let connection = self.connect().await?;
        connection.close().await.map_err(|error| Error::internal("rabbitmq", error))
    }
}
