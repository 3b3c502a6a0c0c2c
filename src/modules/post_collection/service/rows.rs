//! Posts from the rows of a file.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::super::dao::item as dao;
use super::super::dto::NewPost;
use super::super::entity::item::{Entity, Model};
use super::super::manager::POSTS_OF_FILE;
use super::super::manager::row::{self, Remark, Row};
use super::PostCollectionEditor;
use super::item::{is_enabled, stored};
use crate::core::children::MOST;
use crate::core::error::{Code, Error};
use crate::core::job_batch::{JobBatch, check_sender};
use crate::core::unit_of_work::UnitOfWork;

/// What a batch says whatever became of its rows.
pub const PROCESSED: &str = "Items Processed";
const ADDED: &str = "Item Added Successfully";
/// Channels that are asked for at a time.
const ASKED_AT_A_TIME: usize = 4;
/// Time for all channels of a batch; posts of those that are not known by then go without.
const ASKING: Duration = Duration::from_secs(45);

type Code2 = (String, String);

impl PostCollectionEditor {
    /// Adds the posts of a batch's rows to a collection, each row for itself.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account, `Invalid Collection`, a store that fails.
    pub async fn add_rows(
        &self,
        unit: &UnitOfWork,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        let invalid = || Error::refused(Code::NotFound, "Invalid Collection");
        let id = batch.items.first().and_then(|item| item.input("collectionId"));
        let id = id.map(str::to_owned).ok_or_else(invalid)?;
        let rows: Vec<_> = batch.items.iter().map(row::read).collect();
        // Nothing is open while the collector is asked.
        let posts = self.posts_of(unit, rows).await;
        let tenant = unit.tenant().await?;
        let (collection, items) = match tenant.children_to_change::<Entity>(id).await {
            Err(Error::Refused(_)) => return Err(invalid()),
            found => found?,
        };
        let said: Vec<NewPost> = posts.iter().flatten().cloned().collect();
        let mut before = HashMap::new();
        for some in said.chunks(MOST) {
            before.extend(stored(&items, some).await?);
        }
        let mut count = None;
        let (mut remarks, mut admitted) = (Vec::new(), HashMap::<Code2, NewPost>::new());
        for post in posts {
            let post = match post {
                Ok(post) => post,
                Err(remark) => {
                    remarks.push(Err(remark));
                    continue;
                }
            };
            let key = key(&post);
            if !admitted.contains_key(&key) && !is_enabled(&before, &post) {
                let used = async || -> Result<i64, Error> {
                    if count.is_none() {
                        count = Some(dao::count(&items).await?);
                    }
                    let new = admitted.values().filter(|post| !is_enabled(&before, post)).count();
                    Ok(count.unwrap_or_default() + i64::try_from(new).unwrap_or(i64::MAX))
                };
                let asked = (&POSTS_OF_FILE, 1, Some(post.platform.name()));
                match self.admit(unit, &collection, asked, used).await {
                    Err(Error::Refused(refusal)) => {
                        remarks.push(Err(refusal.text.into_owned()));
                        continue;
                    }
                    other => other?,
                }
            }
            remarks.push(Ok(key.clone()));
            admitted.entry(key).or_insert(post);
        }
        let says = (collection.metrics_ingestion_freq.as_str(), unit.caller().account_or_zero());
        let mut rows: HashMap<Code2, Model> = HashMap::new();
        let admitted: Vec<NewPost> = admitted.into_values().collect();
        for some in admitted.chunks(MOST) {
            let stored = dao::store(&items, some.to_vec(), &before, says).await?;
            let keyed = |row: Model| ((row.platform.clone(), row.short_code.clone()), row);
            rows.extend(stored.into_iter().map(keyed));
        }
        for (item, remark) in batch.items.iter_mut().zip(remarks) {
            match remark.map(|key| rows.get(&key)) {
                Ok(Some(row)) => {
                    item.output("collectionItemId", row.id.to_string());
                    item.output("shortCode", row.short_code.clone());
                    item.output("platform", row.platform.clone());
                    item.succeed(ADDED);
                }
                Ok(None) => return Err(Error::internal("post collection", "a post is not stored")),
                Err(remark) => item.fail(&remark),
            }
        }
        batch.complete(Some(PROCESSED));
        Ok(batch)
    }

    /// What is to be stored of each row, with the ids of channels that rows name by their handles.
    async fn posts_of(
        &self,
        unit: &UnitOfWork,
        rows: Vec<Result<Row, Remark>>,
    ) -> Vec<Result<NewPost, Remark>> {
        let handles = rows.iter().flatten().filter_map(Row::channel_handle);
        let handles: HashSet<String> = handles.map(str::to_owned).collect();
        let ask = |handle: String| async move {
            let channel = self.discovery.channel_of(unit, &handle).await;
            (handle, channel)
        };
        let mut known = HashMap::new();
        let asking = async {
            let mut answers = stream::iter(handles).map(ask).buffer_unordered(ASKED_AT_A_TIME);
            while let Some((handle, channel)) = answers.next().await {
                known.insert(handle, channel);
            }
        };
        if tokio::time::timeout(ASKING, asking).await.is_err() {
            tracing::warn!("the collector is too slow for a file of posts");
        }
        let post = |row: Row| {
            let channel = row.channel_handle().and_then(|handle| known.get(handle).cloned());
            row.post(channel.flatten())
        };
        rows.into_iter().map(|row| row.and_then(post)).collect()
    }
}

fn key(post: &NewPost) -> Code2 {
    (post.platform.name().to_owned(), post.short_code.clone())
}
