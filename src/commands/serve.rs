//! `coffee serve`.

use tokio_util::sync::CancellationToken;

use super::{Failure, cancel_on_signal};
use crate::app::App;
use crate::core::config::Config;
use crate::core::telemetry::Logging;

pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let _logging = Logging::init(&config)?;
    let app = App::build(config).await?;
    tracing::info!(public = %app.public_address(), operations = %app.operations_address(), "serving");
    app.report_absent_stores().await;
    let stop = CancellationToken::new();
    cancel_on_signal(&stop)?;
    app.run(stop).await?;
    Ok(())
}
