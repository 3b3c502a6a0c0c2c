//! Collections of an earlier product.

use super::super::dto::MigrationInfoOut;
use super::super::entity::MigrationInfo;

/// The entry of a row.
pub fn entry(row: MigrationInfo) -> MigrationInfoOut {
    MigrationInfoOut {
        winkl_collection_id: row.winkl_collection_id,
        winkl_collection_share_id: row.winkl_collection_share_id,
        winkl_campaign_id: row.winkl_campaign_id,
        winkl_shortlist_id: row.winkl_shortlist_id,
        profile_collection_id: row.profile_collection_id,
        profile_collection_share_id: row.profile_collection_share_id,
    }
}
