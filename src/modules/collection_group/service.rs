//! Use cases of groups.

use super::dao;
use super::dto::{GroupIn, GroupOut, GroupsOut, SharedGroupOut, SharedGroupsOut};
use super::entity::Entity;
use super::manager;
use crate::core::db::TenantDb;
use crate::core::envelope::{CREATED, RETRIEVED, Success as _};
use crate::core::error::{Code, Error};
use crate::core::share;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::post_collection::PostCollectionService;
use crate::modules::profile_collection::ProfileCollectionService;

/// Stores a group of the caller's partner, or finds its own one of the same source.
///
/// # Errors
/// A group that may not be stored, or a collection of somebody else.
pub async fn create(unit: &UnitOfWork, group: GroupIn) -> Result<GroupsOut, Error> {
    let tenant = unit.tenant().await?;
    manager::check_new(&group)?;
    check_collections(unit, tenant.partner_id(), &group).await?;
    let row = dao::create(&tenant, group).await?;
    let taken = || Error::refused(Code::AlreadyExists, "collection already exists");
    Ok(GroupsOut::one(CREATED, manager::entry(row.ok_or_else(taken)?)?))
}

/// A group of the caller's partner.
///
/// # Errors
/// `invalid Record Id`.
pub async fn get(unit: &UnitOfWork, id: i64) -> Result<GroupsOut, Error> {
    let row = unit.tenant().await?.row::<Entity>(id).await?;
    Ok(GroupsOut::one(RETRIEVED, manager::entry(row)?))
}

/// A group as its share id shows it.
///
/// # Errors
/// `record not found`.
pub async fn shared(unit: &UnitOfWork, share_id: &str) -> Result<SharedGroupsOut, Error> {
    let (row, _) = share::open::<Entity>(unit, share_id).await?;
    let group = SharedGroupOut::of(manager::entry(row)?, unit.caller());
    Ok(SharedGroupsOut::one(RETRIEVED, group))
}

/// Changes a group; absent members stay.
///
/// # Errors
/// `invalid Record Id`, a change that may not be, or a collection of somebody else.
pub async fn update(unit: &UnitOfWork, id: i64, group: GroupIn) -> Result<GroupsOut, Error> {
    let tenant = unit.tenant().await?;
    let owner = tenant.row::<Entity>(id).await?.partner_id;
    manager::check_change(&group)?;
    check_collections(unit, owner, &group).await?;
    dao::update(&tenant, id, group).await?;
    Ok(GroupsOut::changed())
}

/// Every collection of a group is its partner's.
async fn check_collections(unit: &UnitOfWork, owner: i64, group: &GroupIn) -> Result<(), Error> {
    let ids = group.collection_ids.as_deref().unwrap_or_default();
    if ids.is_empty() {
        return Ok(());
    }
    let posts = PostCollectionService.owned(unit, owner, ids).await?;
    let profiles = ProfileCollectionService.owned(unit, owner, ids).await?;
    let foreign = ids.iter().find(|id| !posts.contains(*id) && !profiles.contains(*id));
    let refused = |id| Error::invalid_value("collectionIds", format!("invalid collection - {id}"));
    foreign.map_or(Ok(()), |id| Err(refused(id)))
}

/// What other modules ask about groups.
#[derive(Debug, Clone, Copy, Default)]
pub struct CollectionGroupService;

impl CollectionGroupService {
    /// A group that the caller may see.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn find(&self, unit: &UnitOfWork, id: i64) -> Result<Option<GroupOut>, Error> {
        dao::find(&unit.tenant().await?, id).await?.map(manager::entry).transpose()
    }

    /// The group behind a share id, and the view of its owner's rows that it opens.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn shared<'a>(
        &self,
        unit: &'a UnitOfWork,
        share_id: &str,
    ) -> Result<(GroupOut, TenantDb<'a>), Error> {
        let (row, rows) = share::open::<Entity>(unit, share_id).await?;
        Ok((manager::entry(row)?, rows))
    }
}
