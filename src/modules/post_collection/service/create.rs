//! New collections.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use uuid::Uuid;

use super::super::dao::collection as dao;
use super::super::dto::{NewPost, PostCollectionIn, PostCollectionsOut, PostItemIn};
use super::super::entity::collection::Model;
use super::super::entity::item::Entity as Items;
use super::super::manager::{self, SAAS};
use super::PostCollectionEditor;
use crate::core::db::TenantDb;
use crate::core::envelope::{CREATED, Success as _};
use crate::core::error::{Code, Error};
use crate::core::job_batch::{JobAsset, NewJob};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{Activity, UsageModule};

/// A collection, and whether it was there before.
enum Stored {
    New(Model),
    There(Model),
}

impl PostCollectionEditor {
    /// Stores a collection of the caller's partner, or finds its own one with the same share id or source.
    ///
    /// # Errors
    /// A collection that may not be stored; a limit; the job that adds posts could not be created.
    pub async fn create(
        &self,
        unit: &UnitOfWork,
        collection: PostCollectionIn,
    ) -> Result<PostCollectionsOut, Error> {
        let row = self.store(unit, collection).await?;
        Ok(PostCollectionsOut::one(CREATED, manager::collection::entry(row)))
    }

    /// The same, as a row.
    ///
    /// # Errors
    /// As [`PostCollectionEditor::create`].
    pub async fn store(
        &self,
        unit: &UnitOfWork,
        collection: PostCollectionIn,
    ) -> Result<Model, Error> {
        let mut collection = manager::collection::checked_new(collection)?;
        if let Some(asset) = collection.items_asset_id {
            unit.take_key().await?;
            return self.store_with_file(unit, collection, asset).await;
        }
        let items = collection.items.take();
        let is_saas = collection.source.as_deref() == Some(SAAS);
        let (row, posts) = match self.insert(unit, collection, is_saas.then_some(items)).await? {
            (Stored::There(row), _) => return Ok(row),
            (Stored::New(row), posts) => (row, posts),
        };
        if is_saas {
            let platform = posts.first().map(|post| post.platform.name());
            self.charge(unit, &row, (Activity::CampaignReport, 0), platform).await?;
            let tenant = unit.tenant().await?.own();
            let (_, items) = tenant.children_to_change::<Items>(row.id.clone()).await?;
            self.fill(unit, (&row, &items), posts).await?;
        }
        Ok(row)
    }

    /// Stores a collection without posts, or finds the one that it repeats. `items` are those of a collection
    /// that needs some.
    async fn insert(
        &self,
        unit: &UnitOfWork,
        collection: PostCollectionIn,
        items: Option<Option<Vec<PostItemIn>>>,
    ) -> Result<(Stored, Vec<NewPost>), Error> {
        let tenant = unit.tenant().await?;
        let taken = || Error::refused(Code::AlreadyExists, "collection already exists");
        match dao::same(&tenant, &collection).await? {
            Some(row) if row.enabled => return Ok((Stored::There(row), Vec::new())),
            Some(_) => return Err(taken()),
            None => {}
        }
        let none = || Error::invalid_value("items", "No Items to add to collection");
        let posts = match items {
            Some(items) => {
                let items = items.filter(|items| !items.is_empty()).ok_or_else(none)?;
                manager::item::new_posts(items)?
            }
            None => Vec::new(),
        };
        if collection.source.as_deref() != Some(manager::GCC_CAMPAIGN) {
            let counted =
                async |tenant: &TenantDb<'_>| dao::counted(tenant, manager::GCC_CAMPAIGN).await;
            self.usage.slot(unit, (&manager::COLLECTIONS, 1), counted).await?;
        }
        let id = Uuid::new_v4().to_string();
        let row = dao::create(&tenant, &id, collection).await?.ok_or_else(taken)?;
        let stored = if row.id == id { Stored::New(row) } else { Stored::There(row) };
        Ok((stored, posts))
    }

    /// Stores a collection that a job fills. The tracker is asked between two transactions: the collection
    /// is there when the job's first rows arrive, and gone again where there is no job.
    async fn store_with_file(
        &self,
        unit: &UnitOfWork,
        collection: PostCollectionIn,
        asset: i64,
    ) -> Result<Model, Error> {
        let first = unit.apart();
        let row = match self.insert(&first, collection, None).await? {
            (Stored::There(row), _) => return Ok(row),
            (Stored::New(row), _) => row,
        };
        self.usage.check(&first, UsageModule::CampaignReport, 0).await?;
        first.commit().await?;
        let id = row.id.clone();
        let undo = unit.undo(move |own| {
            async move { dao::undo(&own.tenant().await?.own(), &id).await }.boxed()
        });
        let job = self.start_job(unit, &row, asset).await?;
        let second = unit.apart();
        let row = dao::set_job(&second.tenant().await?.own(), row.id, job).await?;
        self.charge(&second, &row, (Activity::CampaignReport, 0), None).await?;
        second.commit().await?;
        undo.disarm();
        Ok(row)
    }

    /// Has the tracker send the rows of a file.
    pub(super) async fn start_job(
        &self,
        unit: &UnitOfWork,
        collection: &Model,
        asset: i64,
    ) -> Result<i64, Error> {
        let job = NewJob {
            kind: "ADD_ITEM_TO_POST_COLLECTION",
            name: format!("Add Items Collection - {}", collection.name),
            input: BTreeMap::from([("collectionId", collection.id.clone())]),
            asset: Some(JobAsset { id: asset }),
        };
        self.tracker.create(unit, &job, "Failed to create job for bulk item import").await
    }
}
