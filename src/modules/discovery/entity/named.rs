//! An account that another module named.

use sea_orm::FromQueryResult;

/// An account with its campaign profile.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Named {
    pub id: i64,
    /// Handle; on YouTube the channel's id. None in the creator application.
    pub handle: Option<String>,
    pub campaign_id: Option<i64>,
    pub campaign_enabled: bool,
}
