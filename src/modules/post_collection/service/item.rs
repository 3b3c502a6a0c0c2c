//! Posts of a collection.

use std::collections::HashMap;

use super::super::dao::item::{self as dao, ByCode, Posts};
use super::super::dto::{
    ItemFields, NewPost, PostChangeIn, PostItemIn, PostItemsOut, RemovedPostIn,
};
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::{Entity, Model};
use super::super::manager::item as manager;
use super::super::manager::{GCC_CAMPAIGN, POSTS, SAAS};
use super::PostCollectionEditor;
use crate::core::envelope::{LISTED, Status, Success as _};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{Activity, Quota};

const ADDED: &str = "Items(s) Added Successfully";
const REMOVED: &str = "Items(s) Removed Successfully";
const CHANGED: &str = "Item Updated Successfully";

/// How a path names a post.
#[derive(Debug)]
pub enum PostName {
    /// By its id.
    Id(String),
    /// By platform and code.
    Code(String, String),
}

impl PostCollectionEditor {
    /// Adds posts to a collection; those that it has are enabled.
    ///
    /// # Errors
    /// `no items to add`, `too many items`, a post that may not be stored, `invalid Record Id`, a limit.
    pub async fn add(
        &self,
        unit: &UnitOfWork,
        id: String,
        items: Vec<PostItemIn>,
    ) -> Result<PostItemsOut, Error> {
        let posts = manager::new_posts(items)?;
        let tenant = unit.tenant().await?;
        let (collection, items) = tenant.children_to_change::<Entity>(id).await?;
        let rows = self.fill(unit, (&collection, &items), posts).await?;
        Ok(listed(ADDED, rows))
    }

    /// Adds checked posts to a collection that nobody else changes meanwhile; the rows in the order of
    /// the posts.
    pub(super) async fn fill(
        &self,
        unit: &UnitOfWork,
        (collection, items): (&Collection, &Posts<'_>),
        posts: Vec<NewPost>,
    ) -> Result<Vec<Model>, Error> {
        let stored = stored(items, &posts).await?;
        let new = posts.iter().filter(|post| !is_enabled(&stored, post)).count();
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        let platform = posts.first().map(|post| post.platform.name());
        let used = async || dao::count(items).await;
        self.admit(unit, collection, (&POSTS, new, platform), used).await?;
        let place = |post: &NewPost| (post.platform.name().to_owned(), post.short_code.clone());
        let places: HashMap<_, _> =
            posts.iter().enumerate().map(|(at, post)| (place(post), at)).collect();
        let says = (collection.metrics_ingestion_freq.as_str(), unit.caller().account_or_zero());
        let mut rows = dao::store(items, posts, &stored, says).await?;
        rows.sort_by_cached_key(|row| {
            places.get(&(row.platform.clone(), row.short_code.clone())).copied()
        });
        Ok(rows)
    }

    /// Whether the plan has room for `new` more posts in a collection, and their charge.
    pub(super) async fn admit(
        &self,
        unit: &UnitOfWork,
        collection: &Collection,
        (quota, new, platform): (&Quota, i64, Option<&str>),
        used: impl AsyncFnOnce() -> Result<i64, Error>,
    ) -> Result<(), Error> {
        if collection.source != GCC_CAMPAIGN {
            self.usage.slot(unit, (quota, new), async |_| used().await).await?;
        }
        if new > 0 && collection.source == SAAS {
            self.charge(unit, collection, (Activity::AddPostToCollection, new), platform).await?;
        }
        Ok(())
    }

    /// Removes posts by their ids.
    ///
    /// # Errors
    /// `no items to remove`, `too many items`, `invalid Record Id`, `Invalid Item Ids`.
    pub async fn remove_ids(
        &self,
        unit: &UnitOfWork,
        id: String,
        posts: Vec<RemovedPostIn>,
    ) -> Result<PostItemsOut, Error> {
        let ids = manager::ids(&posts)?;
        let (_, items) = unit.tenant().await?.children_to_change::<Entity>(id).await?;
        let removed = dao::remove(&items, &ids).await?;
        if removed.len() != ids.len() {
            return Err(manager::invalid_ids());
        }
        Ok(listed(REMOVED, in_order(removed, &ids)))
    }

    /// Removes posts by platform and code.
    ///
    /// # Errors
    /// `no items to remove`, `too many items`, `Bad Request: Invalid item details`, `invalid Record Id`,
    /// `No item found …`.
    pub async fn remove_codes(
        &self,
        unit: &UnitOfWork,
        id: String,
        posts: Vec<RemovedPostIn>,
    ) -> Result<PostItemsOut, Error> {
        let codes = manager::codes(posts)?;
        let (_, items) = unit.tenant().await?.children_to_change::<Entity>(id).await?;
        let named = codes.iter().map(|(_, code)| code.clone()).collect();
        let stored = dao::of_codes(&items, named).await?;
        let id = |code| {
            let row = stored.get(code).filter(|row| row.enabled);
            row.map(|row| row.id).ok_or_else(|| manager::unknown_code(code))
        };
        let ids = codes.iter().map(id).collect::<Result<Vec<_>, _>>()?;
        let removed = dao::remove(&items, &ids).await?;
        Ok(listed(REMOVED, in_order(removed, &ids)))
    }

    /// Changes a post; absent members stay.
    ///
    /// # Errors
    /// `invalid Record Id`, `Invalid Item Id`, a change that may not be; a limit, where it adds a removed
    /// post again.
    pub async fn change(
        &self,
        unit: &UnitOfWork,
        id: String,
        name: PostName,
        change: PostChangeIn,
    ) -> Result<PostItemsOut, Error> {
        manager::check_change(&change)?;
        let tenant = unit.tenant().await?;
        let (collection, items) = tenant.children_to_change::<Entity>(id).await?;
        let found = find(&items, name).await?.ok_or_else(manager::invalid_id)?;
        if !found.enabled && change.enabled == Some(true) {
            let asked = (&POSTS, 1, Some(found.platform.as_str()));
            let used = async || dao::count(&items).await;
            self.admit(unit, &collection, asked, used).await?;
        }
        let changed = dao::update(&items, found.id, change).await?;
        Ok(listed(CHANGED, changed.into_iter().collect()))
    }

    /// A page of the posts of a collection.
    ///
    /// # Errors
    /// `invalid Record Id`; a filter or an order that is none of theirs.
    pub async fn posts(
        &self,
        unit: &UnitOfWork,
        id: String,
        list: &ListIn,
    ) -> Result<PostItemsOut, Error> {
        let (_, items) = unit.tenant().await?.children::<Entity>(id).await?;
        let page = unit.list_below::<Entity, ItemFields>(&items, list).await?;
        Ok(PostItemsOut::page(LISTED, page.map(manager::entry)))
    }
}

/// What a collection has of these posts.
pub(super) async fn stored(items: &Posts<'_>, posts: &[NewPost]) -> Result<ByCode, Error> {
    dao::of_codes(items, posts.iter().map(|post| post.short_code.clone()).collect()).await
}

/// Whether a post is among those of the collection.
pub(super) fn is_enabled(stored: &ByCode, post: &NewPost) -> bool {
    let key = (post.platform.name().to_owned(), post.short_code.clone());
    stored.get(&key).is_some_and(|row| row.enabled)
}

async fn find(items: &Posts<'_>, name: PostName) -> Result<Option<Model>, Error> {
    match name {
        PostName::Id(id) => match id.parse() {
            Ok(id) => dao::find(items, id).await,
            Err(_) => Ok(None),
        },
        PostName::Code(platform, code) => {
            let mut stored = dao::of_codes(items, vec![code.clone()]).await?;
            Ok(stored.remove(&(platform.to_ascii_uppercase(), code)))
        }
    }
}

fn in_order(mut rows: Vec<Model>, ids: &[i64]) -> Vec<Model> {
    let places: HashMap<_, _> = ids.iter().enumerate().map(|(at, id)| (id, at)).collect();
    rows.sort_by_key(|row| places.get(&row.id).copied());
    rows
}

fn listed(message: &'static str, rows: Vec<Model>) -> PostItemsOut {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    PostItemsOut::of(
        Status::success(message, count),
        rows.into_iter().map(manager::entry).collect(),
    )
}
