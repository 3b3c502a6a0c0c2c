//! Creates, finds, changes and removes collections.

use uuid::Uuid;

use super::super::dao::collection;
use super::super::dto::{KeywordCollectionIn, KeywordCollectionsOut};
use super::super::entity::{ActiveModel, Entity, Model};
use super::super::manager;
use super::KeywordCollectionService;
use crate::core::envelope::{CREATED, RETRIEVED, Success as _, UPDATED};
use crate::core::error::{Code, Error};
use crate::core::rows::given;
use crate::core::share;
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{Activity, ActivityLog, Charge, Quota, UsageModule};

const JOB_TOPIC: &str = "beat.dx___keyword_collection_rk";
const JOB_CREATED: &str = "Report Job Created Successfully";

/// Collections of a partner, removed ones among them.
const COLLECTIONS: Quota = Quota {
    name: "keyword collections",
    free: 5,
    refusal: "you are not allowed to create more than 5 collections. Please upgrade your account",
};

impl KeywordCollectionService {
    /// Stores a collection of the caller's partner and asks for its report.
    ///
    /// # Errors
    /// A collection that may not be stored; the plan has no more; `share id already in use`.
    pub async fn create(
        &self,
        unit: &UnitOfWork,
        collection: KeywordCollectionIn,
    ) -> Result<KeywordCollectionsOut, Error> {
        let checked = manager::check_new(&collection)?;
        self.usage.slot(unit, (&COLLECTIONS, 1), collection::count).await?;
        manager::check_keyword_count(unit.caller(), checked.keywords.len())?;
        let id = Uuid::new_v4().to_string();
        let is_free = unit.caller().gated_plan() == Some(Plan::Free);
        let log = ActivityLog {
            charge: if is_free { Charge::Free } else { Charge::Paid },
            module: UsageModule::TopicResearch,
            activity: Activity::TopicResearch,
            count: i64::try_from(checked.keywords.len()).unwrap_or(i64::MAX),
            once: None,
            activity_id: None,
            meta: Some(manager::meta(&id, &checked)),
            unlock_key: None,
        };
        let chosen = collection.share_id.filter(|id| !id.is_empty());
        let row = (id.as_str(), checked.row(&id));
        let row = collection::create(&unit.tenant().await?, row, chosen).await?;
        let taken = || Error::refused(Code::AlreadyExists, "share id already in use").at("shareId");
        let row = row.ok_or_else(taken)?;
        self.usage.charge(unit, log).await?;
        ask_for_report(unit, &row)?;
        Ok(KeywordCollectionsOut::one(CREATED, manager::entry(row, unit.caller())))
    }

    /// A collection.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn get(&self, unit: &UnitOfWork, id: &str) -> Result<KeywordCollectionsOut, Error> {
        let row = find(unit, id).await?;
        Ok(KeywordCollectionsOut::one(RETRIEVED, manager::entry(row, unit.caller())))
    }

    /// A collection as its share id shows it.
    ///
    /// # Errors
    /// `record not found`.
    pub async fn shared(
        &self,
        unit: &UnitOfWork,
        share_id: &str,
    ) -> Result<KeywordCollectionsOut, Error> {
        let (row, _) = share::open::<Entity>(unit, share_id).await?;
        Ok(KeywordCollectionsOut::one(RETRIEVED, manager::shared_entry(row)))
    }

    /// Changes a collection; absent members stay.
    ///
    /// # Errors
    /// `invalid Record Id`, or a change that may not be.
    pub async fn update(
        &self,
        unit: &UnitOfWork,
        id: &str,
        collection: KeywordCollectionIn,
    ) -> Result<KeywordCollectionsOut, Error> {
        let row = find(unit, id).await?;
        let change = manager::check_change(collection, &row)?;
        unit.tenant().await?.patch::<Entity, _>(row.id, change).await?;
        Ok(KeywordCollectionsOut::changed())
    }

    /// Asks for the report again.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn create_report(
        &self,
        unit: &UnitOfWork,
        id: &str,
    ) -> Result<KeywordCollectionsOut, Error> {
        let row = find(unit, id).await?;
        ask_for_report(unit, &row)?;
        Ok(KeywordCollectionsOut::one(JOB_CREATED, manager::entry(row, unit.caller())))
    }

    /// Gives a collection another share id.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn renew_share_id(
        &self,
        unit: &UnitOfWork,
        id: &str,
    ) -> Result<KeywordCollectionsOut, Error> {
        let row = unit.tenant().await?.renew_share_id::<Entity>(id.to_owned()).await?;
        Ok(KeywordCollectionsOut::one(UPDATED, manager::entry(row, unit.caller())))
    }

    /// Removes a collection.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn remove(
        &self,
        unit: &UnitOfWork,
        id: &str,
    ) -> Result<KeywordCollectionsOut, Error> {
        let removed = ActiveModel { enabled: given(Some(false)), ..ActiveModel::default() };
        unit.tenant().await?.patch::<Entity, _>(id.to_owned(), removed).await?;
        Ok(KeywordCollectionsOut::changed())
    }
}

/// The collection of this id that the caller may see.
pub(super) async fn find(unit: &UnitOfWork, id: &str) -> Result<Model, Error> {
    unit.tenant().await?.row::<Entity>(id.to_owned()).await
}

/// Publishes the job of a collection after the commit.
pub(super) fn ask_for_report(unit: &UnitOfWork, row: &Model) -> Result<(), Error> {
    let order = format!("keyword_collection:{}", row.id);
    unit.emit(JOB_TOPIC, Some(order), &manager::job(row, &unit.stores().config))
}
