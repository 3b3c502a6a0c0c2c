//! Rules of a post, and how rows become entries.

use std::collections::HashSet;

use rand::RngExt as _;
use serde_json::Value;

use super::super::dto::{NewPost, PostChangeIn, PostItemIn, PostItemOut, RemovedPostIn};
use super::super::entity::item::Model;
use crate::core::children::within;
use crate::core::error::{Code, Error};
use crate::core::rows::fits;
use crate::core::types::Platform;

const TYPES: [&str; 6] = ["reels", "image", STORY, "video", "short", "carousel"];
/// Posts of this type may have no code.
pub const STORY: &str = "story";
/// Most links of sponsors.
const LINK_LIMIT: usize = 100;
/// Longest code or handle, in characters.
const NAME_LIMIT: usize = 255;
/// Longest name of a frequency, in characters.
const FREQUENCY_LIMIT: usize = 45;
/// Longest title or address, in characters.
const TEXT_LIMIT: usize = 4_096;
/// Letters of a code of ours.
const CODE_LETTERS: usize = 6;

/// The posts of a request, each once: of those with the same platform and code the first counts.
///
/// # Errors
/// `no items to add`, `too many items`, a post that may not be stored.
pub fn new_posts(items: Vec<PostItemIn>) -> Result<Vec<NewPost>, Error> {
    if items.is_empty() {
        return Err(Error::invalid_value("items", "no items to add"));
    }
    within(items.len())?;
    let mut seen = HashSet::new();
    let mut posts: Vec<NewPost> = items.into_iter().map(new_post).collect::<Result<_, _>>()?;
    posts.retain(|post| seen.insert((post.platform, post.short_code.clone())));
    Ok(posts)
}

/// A post that may be stored.
///
/// # Errors
/// `Missing attributes …`, `invalid platform`, `invalid post type`, a text that is too long.
pub fn new_post(mut said: PostItemIn) -> Result<NewPost, Error> {
    let missing = || {
        let text = "Missing attributes platform/shortCode/platformAccountHandle/postType";
        Error::refused(Code::InvalidValue, text)
    };
    let take = |member: &mut Option<String>| member.take().filter(|text| !text.is_empty());
    let (platform, post_type) = (take(&mut said.platform), take(&mut said.post_type));
    let is_story = post_type.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(STORY));
    let short_code = take(&mut said.short_code).or_else(|| {
        let handle = said.posted_by_handle.as_deref().filter(|handle| !handle.is_empty())?;
        is_story.then(|| story_code(handle))
    });
    let (Some(platform), Some(post_type), Some(short_code)) = (platform, post_type, short_code)
    else {
        return Err(missing());
    };
    let platform = self::platform(&platform).ok_or_else(Error::invalid_platform)?;
    let post_type = self::post_type(&post_type)
        .ok_or_else(|| Error::invalid_value("postType", "invalid post type"))?;
    check(
        [(Some(&short_code), NAME_LIMIT), (said.posted_by_handle.as_ref(), NAME_LIMIT)],
        [&said.post_title, &said.post_link, &said.post_thumbnail],
        said.sponsor_links.as_deref(),
    )?;
    Ok(NewPost { platform, short_code, post_type, said })
}

/// Whether a post may be changed so.
///
/// # Errors
/// A text that is too long.
pub fn check_change(change: &PostChangeIn) -> Result<(), Error> {
    check(
        [
            (change.posted_by_handle.as_ref(), NAME_LIMIT),
            (change.metrics_ingestion_freq.as_ref(), FREQUENCY_LIMIT),
        ],
        [&change.post_title, &change.post_link, &change.post_thumbnail],
        change.sponsor_links.as_deref(),
    )
}

fn check(
    names: [(Option<&String>, usize); 2],
    texts: [&Option<String>; 3],
    links: Option<&[String]>,
) -> Result<(), Error> {
    let links = links.unwrap_or_default();
    let texts = texts.into_iter().flatten().chain(links).map(|text| (Some(text), TEXT_LIMIT));
    let fit = names
        .into_iter()
        .chain(texts)
        .all(|(text, limit)| text.is_none_or(|text| fits(text, limit)));
    if fit && links.len() <= LINK_LIMIT { Ok(()) } else { Err(Error::invalid_request()) }
}

/// A platform that posts are on, in any case.
pub fn platform(text: &str) -> Option<Platform> {
    Platform::parse(text.trim())
}

/// A type of posts, in any case.
pub fn post_type(text: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(text.trim()))
}

/// A code for a story that has none.
pub fn story_code(handle: &str) -> String {
    let mut rng = rand::rng();
    let letter = |_| {
        let letter = rng.random_range(0..52_u8);
        char::from(if letter < 26 { b'A' + letter } else { b'a' + letter - 26 })
    };
    let letters: String = (0..CODE_LETTERS).map(letter).collect();
    format!("story_dum_{letters}_{handle}")
}

/// The ids of posts to remove.
///
/// # Errors
/// `no items to remove`, `too many items`, `Invalid Item Ids`.
pub fn ids(posts: &[RemovedPostIn]) -> Result<Vec<i64>, Error> {
    check_removed(posts)?;
    let ids: Option<Vec<i64>> = posts.iter().map(|post| post.id).collect();
    let distinct = |ids: &Vec<i64>| ids.iter().collect::<HashSet<_>>().len() == ids.len();
    ids.filter(distinct).ok_or_else(invalid_ids)
}

/// A post to remove is none of the collection, or named twice.
pub fn invalid_ids() -> Error {
    Error::invalid_value("id", "Invalid Item Ids")
}

/// No post of the collection.
pub fn invalid_id() -> Error {
    Error::invalid_value("itemId", "Invalid Item Id")
}

/// Platform and code of posts to remove, each once.
///
/// # Errors
/// `no items to remove`, `too many items`, `Bad Request: Invalid item details`.
pub fn codes(posts: Vec<RemovedPostIn>) -> Result<Vec<(String, String)>, Error> {
    check_removed(&posts)?;
    let mut seen = HashSet::new();
    let mut codes = Vec::new();
    for post in posts {
        let platform = post.platform.filter(|text| !text.is_empty());
        let code = post.short_code.filter(|text| !text.is_empty());
        let Some((platform, code)) = platform.zip(code) else {
            return Err(Error::refused(Code::InvalidValue, "Bad Request: Invalid item details"));
        };
        let code = (platform.to_ascii_uppercase(), code);
        if seen.insert(code.clone()) {
            codes.push(code);
        }
    }
    Ok(codes)
}

fn check_removed(posts: &[RemovedPostIn]) -> Result<(), Error> {
    if posts.is_empty() {
        return Err(Error::invalid_value("items", "no items to remove"));
    }
    within(posts.len())
}

/// No post of the collection has this code.
pub fn unknown_code((platform, code): &(String, String)) -> Error {
    Error::not_found(format!("No item found in collection for code {code} on platform {platform}"))
}

/// The entry of a row.
pub fn entry(row: Model) -> PostItemOut {
    let has_links = |links: &Value| links.as_array().is_some_and(|links| !links.is_empty());
    PostItemOut {
        id: Some(row.id),
        platform: row.platform,
        short_code: row.short_code,
        post_collection_id: Some(row.post_collection_id),
        cost: row.cost,
        bookmarked: Some(row.bookmarked),
        enabled: Some(row.enabled),
        post_type: row.post_type,
        posted_by_handle: row.posted_by_handle,
        handle_profile_pic: None,
        sponsor_links: row.sponsor_links.filter(has_links),
        post_title: row.post_title,
        post_link: row.post_link,
        post_thumbnail: row.post_thumbnail,
        metrics_ingestion_freq: Some(row.metrics_ingestion_freq),
        created_by: Some(row.created_by),
        retrieve_data: row.retrieve_data,
        show_in_report: row.show_in_report,
        posted_by_cp_id: row.posted_by_cp_id,
        created_at: Some(row.created_at.timestamp()),
        updated_at: Some(row.updated_at.timestamp()),
    }
}
