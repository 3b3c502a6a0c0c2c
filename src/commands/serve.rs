//! `coffee serve`.

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{Failure, cancel_on_signal};
use crate::app::App;
use crate::core::config::{Config, Role};
use crate::core::telemetry::Logging;

#[derive(Args)]
pub(super) struct ServeArgs {
    /// What this process does, in any mix; default: the configuration's `roles`.
    #[arg(long, value_delimiter = ',')]
    roles: Vec<Role>,
}

pub(super) async fn run(mut config: Config, args: ServeArgs) -> Result<(), Failure> {
    if !args.roles.is_empty() {
        config.roles = args.roles;
    }
    let _logging = Logging::init(&config)?;
    let app = App::build(config).await?;
    let public = app.public_address().map(tracing::field::display);
    tracing::info!(public, operations = %app.operations_address(), "serving");
    app.report_absent_stores().await;
    let stop = CancellationToken::new();
    cancel_on_signal(&stop)?;
    app.run(stop).await?;
    Ok(())
}
