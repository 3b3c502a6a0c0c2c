//! Items from the rows of a file.

use std::collections::HashSet;

use super::super::manager::{PROFILES_OF_FILE, row};
use super::ProfileCollectionEditor;
use super::fill::{Found, Sent, is_taken, place, standing, store, total};
use super::find::{own, to_change};
use crate::core::children::MOST;
use crate::core::error::{Code, Error};
use crate::core::job_batch::{JobBatch, check_sender};
use crate::core::unit_of_work::UnitOfWork;

/// What a batch says whatever became of its rows.
pub const PROCESSED: &str = "Items Processed";
const ADDED: &str = "Item Added Successfully";
const UNKNOWN: &str = "failed to add item to collection";

/// What becomes of a row: the item that is stored, or why there is none.
type Outcome = Result<(i64, String), String>;

impl ProfileCollectionEditor {
    /// Adds the accounts that a batch's rows name to a collection, each row for itself. Unknown accounts are
    /// imported, before the transaction begins.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account; `Invalid Collection` without one,
    /// `invalid Record Id - <id>`, no access; a store that fails.
    pub async fn add_rows(
        &self,
        unit: &UnitOfWork,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        let input = |name| batch.items.first().and_then(|item| item.input(name));
        let missing = || Error::refused(Code::NotFound, "Invalid Collection");
        let id = input("collectionId").ok_or_else(missing)?;
        let id: i64 = id.parse().map_err(|_| Error::invalid_record(id))?;
        // For a collection of somebody else nothing is imported.
        own(&unit.apart(), id).await?;
        let platform = input("collectionPlatform");
        let read: Vec<_> = batch.items.iter().map(|item| row::read(item, platform)).collect();
        let items: Vec<_> = read.iter().flatten().cloned().collect();
        let mut sent = Vec::new();
        for some in items.chunks(MOST) {
            sent.push(self.import(unit, some.to_vec()).await?);
        }
        let mut added = Vec::new();
        for some in sent {
            added.extend(self.add_each(unit, id, some).await?);
        }
        let mut added = added.into_iter();
        for (item, read) in batch.items.iter_mut().zip(read) {
            let outcome = match read {
                Ok(_) => added.next().unwrap_or_else(|| Err(UNKNOWN.to_owned())),
                Err(remark) => Err(remark.to_owned()),
            };
            match outcome {
                Ok((id, platform)) => {
                    let handle = item.input("handle").unwrap_or_default().to_owned();
                    item.output("collectionItemId", id.to_string());
                    item.output("handle", handle);
                    item.output("platform", platform);
                    item.succeed(ADDED);
                }
                Err(remark) => item.fail(&remark),
            }
        }
        batch.complete(Some(PROCESSED));
        Ok(batch)
    }

    /// Adds items, and charges each new one by itself, as long as the plan and the contract have room.
    async fn add_each(
        &self,
        unit: &UnitOfWork,
        id: i64,
        sent: Sent,
    ) -> Result<Vec<Outcome>, Error> {
        let (collection, items) = to_change(unit, id).await?;
        let names: Vec<_> = sent.iter().map(|(_, name)| name.clone()).collect();
        let accounts = self.discovery.resolve(unit, &names).await?;
        let found = sent.into_iter().zip(accounts).map(|((item, name), account)| {
            let (name, account) = name.zip(account)?;
            Some((item, name.platform, account))
        });
        let found: Vec<Option<Found>> = found.collect();
        let known: Vec<Found> = found.iter().flatten().cloned().collect();
        let standing = standing(&items, &known).await?;
        let (mut taken, mut total) = (HashSet::new(), total(&standing));
        let (mut admitted, mut places) = (Vec::new(), Vec::new());
        for one in found {
            let Some(one) = one else {
                places.push(Err(UNKNOWN.to_owned()));
                continue;
            };
            let place = place(&one);
            if !is_taken(&standing, &place) && !taken.contains(&place) {
                let asked = (&PROFILES_OF_FILE, 1, one.1.name());
                match self.admit(unit, &collection, asked, total).await {
                    Err(Error::Refused(refusal)) => {
                        places.push(Err(refusal.text.into_owned()));
                        continue;
                    }
                    other => other?,
                }
                total += 1;
            }
            if taken.insert(place.clone()) {
                admitted.push(one);
            }
            places.push(Ok(place));
        }
        let stored = store(unit, (&collection, &items), &admitted, standing).await?;
        let outcome = |place: Result<_, String>| match place.map(|place| stored.get(&place)) {
            Ok(Some(row)) => Ok(Ok((row.id, row.platform.clone()))),
            Ok(None) => Err(Error::internal("profile collection", "an item is not stored")),
            Err(remark) => Ok(Err(remark)),
        };
        places.into_iter().map(outcome).collect()
    }
}
