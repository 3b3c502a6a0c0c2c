//! Collections of an earlier product.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;

/// Where a collection of an earlier product went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MigrationInfoOut {
    pub winkl_collection_id: i64,
    pub winkl_collection_share_id: String,
    pub winkl_campaign_id: Option<i64>,
    pub winkl_shortlist_id: Option<i64>,
    pub profile_collection_id: i64,
    pub profile_collection_share_id: String,
}

envelope! {
    /// Answer of the routes about collections of an earlier product.
    pub MigrationOut {
        /// Null where there is none for the caller, and on errors.
        #[serde(rename = "collectionInfo")]
        collection_info: Option<MigrationInfoOut>
    }
    fails with FAILURE_500, empty
}
