//! Writes the observed tables of ClickHouse.

use clickhouse::Client;
use clickhouse::inserter::Inserter;

use crate::import::entity::{PostObservation, ProfileObservation};

/// Rows of one INSERT: enough to make few parts, little enough for the server's memory.
const BATCH_ROWS: u64 = 50_000;

/// Inserter of post observations.
pub(in crate::import) fn posts(client: &Client) -> Inserter<PostObservation<'static>> {
    client.inserter("post_observations").with_max_rows(BATCH_ROWS)
}

/// Inserter of profile observations.
pub(in crate::import) fn profiles(client: &Client) -> Inserter<ProfileObservation<'static>> {
    client.inserter("profile_observations").with_max_rows(BATCH_ROWS)
}
