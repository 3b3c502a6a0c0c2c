//! New collections.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;

use super::super::dao::collection as dao;
use super::super::dto::{CollectionIn, CollectionsOut};
use super::super::entity::collection::Model;
use super::super::manager::collection::{self as manager, Filling};
use super::super::manager::{TRACKER, TRACKERS, View};
use super::ProfileCollectionEditor;
use super::collection::whole;
use super::fill::first_platform;
use super::find::{readable, to_change};
use crate::core::db::TenantDb;
use crate::core::envelope::{CREATED, Success as _};
use crate::core::error::{Code, Error};
use crate::core::job_batch::{JobAsset, NewJob};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{Activity, UsageModule};

/// A collection, and whether it was there before.
#[derive(Debug)]
enum Stored {
    New(Model),
    There(Model),
}

impl ProfileCollectionEditor {
    /// Stores a collection of the caller's partner, or finds its own one with the same share id, source or
    /// campaign.
    ///
    /// # Errors
    /// A collection that may not be stored; a limit; the job that fills it could not be created.
    pub async fn create(
        &self,
        unit: &UnitOfWork,
        collection: CollectionIn,
    ) -> Result<CollectionsOut, Error> {
        let entry = match self.stored(unit, collection).await? {
            Stored::New(row) => manager::entry(row, View::Own)?,
            Stored::There(row) => whole(&unit.tenant().await?.own(), row, View::Own).await?,
        };
        Ok(CollectionsOut::one(CREATED, entry))
    }

    /// The same, as a row.
    ///
    /// # Errors
    /// As [`ProfileCollectionEditor::create`].
    pub async fn store(&self, unit: &UnitOfWork, collection: CollectionIn) -> Result<Model, Error> {
        let (Stored::New(row) | Stored::There(row)) = self.stored(unit, collection).await?;
        Ok(row)
    }

    async fn stored(&self, unit: &UnitOfWork, collection: CollectionIn) -> Result<Stored, Error> {
        let mut collection = manager::checked_new(collection)?;
        let source = collection.source.clone().unwrap_or_default();
        let filling = match manager::is_filled(&source) {
            true => manager::filling(&mut collection),
            false => Filling::Nothing,
        };
        let sent = match filling {
            Filling::Nothing => Vec::new(),
            Filling::Items(items) => self.import(unit, items).await?,
            job => return self.store_with_job(unit, collection, job).await,
        };
        let row = match self.insert(unit, collection).await? {
            Stored::New(row) => row,
            there @ Stored::There(_) => return Ok(there),
        };
        if row.source == TRACKER {
            let platform = first_platform(sent.iter().map(|(item, _)| item));
            self.charge(unit, &row, (Activity::AccountTracking, 0), &platform).await?;
            if sent.is_empty() {
                return Err(Error::invalid_value("items", "no Items for tracking"));
            }
        }
        if !sent.is_empty() {
            let (row, items) = to_change(unit, row.id).await?;
            self.fill(unit, (&row, &items), sent).await?;
        }
        Ok(Stored::New(row))
    }

    /// Stores a collection without items, or finds the one that it repeats.
    async fn insert(&self, unit: &UnitOfWork, collection: CollectionIn) -> Result<Stored, Error> {
        let tenant = unit.tenant().await?.own();
        let taken = || Error::refused(Code::AlreadyExists, "collection already exists");
        if dao::may_repeat(&collection) {
            // Of two that are the same the second one finds the first.
            tenant.lock("profile collections").await?;
            match dao::same(&tenant, &collection).await? {
                Some(row) if row.enabled => return Ok(Stored::There(row)),
                Some(_) => return Err(taken()),
                None => {}
            }
            if let Some(campaign) = collection.campaign_id
                && dao::owner_of_campaign(&unit.write().await?, campaign).await?.is_some()
            {
                return Err(taken());
            }
        }
        let is_tracker = collection.source.as_deref() == Some(TRACKER);
        if is_tracker {
            let counted = async |tenant: &TenantDb<'_>| dao::count(tenant, TRACKER).await;
            self.usage.slot(unit, (&TRACKERS, 1), counted).await?;
            self.usage.check(unit, UsageModule::AccountTracking, 0).await?;
        }
        let row = dao::create(&tenant, collection, is_tracker).await?;
        Ok(Stored::New(row.ok_or_else(taken)?))
    }

    /// Stores a collection that a job fills. The tracker is asked between two transactions: the collection
    /// is there when the job's first rows arrive, and gone again where there is no job.
    async fn store_with_job(
        &self,
        unit: &UnitOfWork,
        collection: CollectionIn,
        filling: Filling,
    ) -> Result<Stored, Error> {
        self.check_import(unit, &filling).await?;
        unit.take_key().await?;
        let platform = collection.platform.clone();
        let first = unit.apart();
        let row = match self.insert(&first, collection).await? {
            Stored::New(row) => row,
            there @ Stored::There(_) => return Ok(there),
        };
        first.commit().await?;
        let id = row.id;
        let undo = unit.undo(move |own| {
            async move { dao::undo(&own.tenant().await?.own(), id).await }.boxed()
        });
        let job = self.start_job(unit, &row, &filling, platform.clone()).await?;
        let second = unit.apart();
        let row = dao::set_job(&second.tenant().await?.own(), row.id, job).await?;
        if row.source == TRACKER {
            let platform = platform.unwrap_or_default();
            self.charge(&second, &row, (Activity::AccountTracking, 0), &platform).await?;
        }
        second.commit().await?;
        undo.disarm();
        Ok(Stored::New(row))
    }

    /// Whether the caller may read the collection that is imported.
    pub(super) async fn check_import(
        &self,
        unit: &UnitOfWork,
        filling: &Filling,
    ) -> Result<(), Error> {
        let Filling::Import(id) = filling else { return Ok(()) };
        let reading = unit.apart();
        let found = readable(&reading, *id).await;
        found.map(drop).map_err(|error| match error.code() {
            Code::NotFound => Error::invalid_value("importCollectionId", "Invalid From Collection"),
            _ => error,
        })
    }

    /// Has the tracker send what fills a collection.
    pub(super) async fn start_job(
        &self,
        unit: &UnitOfWork,
        collection: &Model,
        filling: &Filling,
        platform: Option<String>,
    ) -> Result<i64, Error> {
        let id = collection.id.to_string();
        let job = match filling {
            Filling::Import(from) => NewJob {
                kind: "IMPORT_ITEMS_FROM_PROFILE_COLLECTION",
                name: format!("Import Items From Collection - {from}"),
                input: input([
                    ("toCollectionId", Some(id)),
                    ("fromCollectionId", Some(from.to_string())),
                    ("platform", platform),
                ]),
                asset: None,
            },
            filling => NewJob {
                kind: "ADD_ITEM_TO_PROFILE_COLLECTION",
                name: format!("Add Items Collection - {}", collection.name),
                input: input([("collectionId", Some(id)), ("collectionPlatform", platform)]),
                asset: match filling {
                    Filling::File(asset) => Some(JobAsset { id: *asset }),
                    _ => None,
                },
            },
        };
        self.tracker.create(unit, &job, "failed to create job for bulk item import").await
    }
}

fn input<const N: usize>(
    members: [(&'static str, Option<String>); N],
) -> BTreeMap<&'static str, String> {
    members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
