//! `coffee clickhouse`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::output::say;
use super::{Failure, cancel_on_signal};
use crate::clickhouse_engine::{Engine, EngineConfig};

/// Arguments of `coffee clickhouse`.
#[derive(Args)]
pub(super) struct ClickHouseArgs {
    /// Data directory; one process at a time.
    #[arg(long)]
    path: PathBuf,
    /// Loopback address to listen on.
    #[arg(long, default_value = "127.0.0.1:8123")]
    listen: SocketAddr,
    /// The engine's library, libchdb.so.
    #[arg(long)]
    library: PathBuf,
}

/// Prints the address as first line of standard output, then serves until stopped.
pub(super) async fn run(args: ClickHouseArgs) -> Result<(), Failure> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let stop = CancellationToken::new();
    cancel_on_signal(&stop)?;
    let config = EngineConfig { path: args.path, listen: args.listen, library: args.library };
    let engine = Engine::open(config).await?;
    say!("http://{}", engine.address());
    engine.run(stop).await?;
    Ok(())
}
