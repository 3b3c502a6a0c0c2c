//! Profile collections, read only, for searches through them; another module owns the tables.

use crate::core::error::Error;
use crate::core::session::Session;

/// Opens the collection behind a share id to the transaction: row-level security then also admits
/// the rows of its owner, who is answered. `None` when there is none, or sharing is off.
pub async fn open_shared(session: &Session, share_id: &str) -> Result<Option<i64>, Error> {
    let lookup = "shared_profile_collection($1) s WHERE s.share_enabled";
    session.open_share(lookup, share_id).await
}
