//! Whose collections a search may look into.

use super::super::dao::collection;
use super::super::entity::Owners;
use super::super::manager::search::{inner_filter, share_id};
use super::DiscoveryService;
use crate::core::error::Error;
use crate::core::query::Filters;
use crate::core::unit_of_work::UnitOfWork;

impl DiscoveryService {
    /// The owners whose collections a search with these filters may look into: the caller's own, or the
    /// shared one that it is bound to, as a stranger sees it.
    ///
    /// # Errors
    /// `invalid Request`: a stranger asks for what the share does not show; a store error.
    pub async fn owners(&self, unit: &UnitOfWork, filters: &Filters) -> Result<Owners, Error> {
        if unit.caller().is_admin() {
            return Ok(Owners::All);
        }
        let own = unit.caller().partner_id;
        let shared = match share_id(filters) {
            Some(share_id) => collection::owner_of_shared(&unit.read(), share_id).await?,
            None => None,
        };
        let Some(owner) = shared.filter(|owner| Some(*owner) != own) else {
            return Ok(Owners::Partners(own.into_iter().collect()));
        };
        match inner_filter(filters) {
            Some(filter) => Err(Error::invalid_filter(&filter.field)),
            None => Ok(Owners::Shared(owner)),
        }
    }
}
