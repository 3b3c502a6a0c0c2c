//! Statements on posts of collections.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use serde_json::json;

use super::super::dto::{NewPost, PostChangeIn};
use super::super::entity::item::{ActiveModel, Column, Entity, Model};
use crate::core::children::Children;
use crate::core::error::Error;
use crate::core::rows::given;

/// The posts of one collection.
pub type Posts<'a> = Children<'a, Entity>;

/// Rows by platform and code.
pub type ByCode = HashMap<(String, String), Model>;

/// The posts with these codes, also removed ones.
pub async fn of_codes(posts: &Posts<'_>, codes: Vec<String>) -> Result<ByCode, Error> {
    let rows = posts.find().filter(Column::ShortCode.is_in(codes)).all().await?;
    let key = |row: &Model| (row.platform.clone(), row.short_code.clone());
    Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
}

/// A post, also a removed one.
pub async fn find(posts: &Posts<'_>, id: i64) -> Result<Option<Model>, Error> {
    Ok(posts.find().filter(Column::Id.eq(id)).one().await?)
}

/// How many posts a collection has.
pub async fn count(posts: &Posts<'_>) -> Result<i64, Error> {
    Ok(posts.enabled().count().await?)
}

/// Stores posts that are not among `stored`, and enables those that are: of these, what was said about
/// measuring and showing them is written too. The rows as they are then, in no order.
pub async fn store(
    posts: &Posts<'_>,
    new: Vec<NewPost>,
    stored: &ByCode,
    (frequency, author): (&str, i64),
) -> Result<Vec<Model>, Error> {
    let row = |post: NewPost| {
        let key = (post.platform.name().to_owned(), post.short_code);
        let flag = |said: Option<bool>, before: fn(&Model) -> Option<bool>| {
            said.or_else(|| stored.get(&key).map_or(Some(true), before))
        };
        let said = post.said;
        ActiveModel {
            retrieve_data: Set(flag(said.retrieve_data, |row| row.retrieve_data)),
            show_in_report: Set(flag(said.show_in_report, |row| row.show_in_report)),
            platform: Set(key.0),
            short_code: Set(key.1),
            post_type: Set(post.post_type.to_owned()),
            bookmarked: Set(false),
            enabled: Set(true),
            cost: Set(said.cost),
            posted_by_handle: Set(said.posted_by_handle),
            sponsor_links: Set(Some(json!(said.sponsor_links.unwrap_or_default()))),
            post_title: Set(said.post_title),
            post_thumbnail: Set(said.post_thumbnail),
            post_link: Set(said.post_link),
            metrics_ingestion_freq: Set(frequency.to_owned()),
            posted_by_cp_id: Set(said.posted_by_cp_id),
            created_by: Set(author.to_string()),
            ..ActiveModel::default()
        }
    };
    let changed = [Column::Enabled, Column::RetrieveData, Column::ShowInReport];
    posts.upsert(new.into_iter().map(row).collect(), &changed).await
}

/// Writes the members that a checked change has; the row as it is then.
pub async fn update(
    posts: &Posts<'_>,
    id: i64,
    change: PostChangeIn,
) -> Result<Option<Model>, Error> {
    let row = ActiveModel {
        cost: given(change.cost.map(Some)),
        enabled: given(change.enabled),
        bookmarked: given(change.bookmarked),
        posted_by_handle: given(change.posted_by_handle.map(Some)),
        sponsor_links: given(change.sponsor_links.map(|links| Some(json!(links)))),
        post_title: given(change.post_title.map(Some)),
        post_thumbnail: given(change.post_thumbnail.map(Some)),
        post_link: given(change.post_link.map(Some)),
        metrics_ingestion_freq: given(change.metrics_ingestion_freq),
        retrieve_data: given(change.retrieve_data.map(Some)),
        show_in_report: given(change.show_in_report.map(Some)),
        posted_by_cp_id: given(change.posted_by_cp_id.map(Some)),
        ..ActiveModel::default()
    };
    Ok(posts.change(Column::Id.eq(id), row).await?.into_iter().next())
}

/// Removes the posts with these ids; the rows as they are then, in no order.
pub async fn remove(posts: &Posts<'_>, ids: &[i64]) -> Result<Vec<Model>, Error> {
    posts.remove(Column::Id.is_in(ids.iter().copied())).await
}
