//! From a request to what changes.

use super::super::dto::CampaignProfileIn;
use crate::modules::campaign::ChangesIn;

/// What an upsert changes: a profile that leaves the creator application forgets the account there.
pub fn of_upsert(input: &CampaignProfileIn, updated_by: String) -> ChangesIn {
    ChangesIn { leaves: true, ..of_update(input, updated_by) }
}

/// What an update changes.
pub fn of_update(input: &CampaignProfileIn, updated_by: String) -> ChangesIn {
    ChangesIn {
        admin: input.admin_details.clone(),
        user: input.user_details.clone(),
        on_gcc: input.on_gcc,
        on_gcc_app: input.on_gcc_app,
        account_id: input.account_id.filter(|id| *id > 0),
        leaves: false,
        updated_by,
    }
}
