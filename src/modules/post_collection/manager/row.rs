//! A row of a file of posts.

use super::super::dto::{NewPost, PostItemIn};
use super::item::{self, STORY};
use super::link::{self, Poster};
use crate::core::job_batch::BatchItem;
use crate::core::types::Platform;

/// Why a row is no post, in the words of the file's reader.
pub type Remark = String;

/// A row that says what is to be stored, but perhaps for the id of a channel.
#[derive(Debug, Clone)]
pub struct Row {
    platform: Platform,
    post_type: &'static str,
    short_code: Option<String>,
    poster: Option<Poster>,
    said: PostItemIn,
}

/// Reads a row.
///
/// # Errors
/// What is wrong with it.
pub fn read(item: &BatchItem) -> Result<Row, Remark> {
    let refused = |text: &str| Err(text.to_owned());
    let Some(platform) = item.input("Platform").and_then(item::platform) else {
        return refused("invalid platform");
    };
    let Some(post_type) = item.input("Post Type").and_then(item::post_type) else {
        return refused("invalid post type");
    };
    let address = item.input("Post Link");
    let found = address.and_then(link::post);
    let is_story = post_type == STORY;
    let short_code = match (found, address) {
        (Some((on, code)), _) if on == platform => Some(code),
        _ if is_story => None,
        (Some(_), _) => return refused("invalid platform link"),
        (None, Some(_)) => return refused("unable to extract shortcode"),
        (None, None) => return refused("invalid post link"),
    };
    let posted_by = item.input("Posted By (only for story posts)");
    let poster = match (posted_by, posted_by.and_then(link::poster)) {
        (_, Some(poster)) if poster.platform() == platform => Some(poster),
        (Some(_), None) if is_story => return refused("unable to extract shortcode"),
        (Some(_), Some(_)) if is_story => return refused("invalid platform link"),
        _ => None,
    };
    let cost = item.input("Cost").map(str::parse).transpose();
    let Ok(cost) = cost else { return refused("invalid cost") };
    let thumbnail = item.input("Post Thumbnail (optional)");
    let said = PostItemIn {
        cost,
        post_link: Some(address.unwrap_or_default().to_owned()),
        post_thumbnail: Some(
            thumbnail.filter(|text| text.starts_with("http")).unwrap_or_default().to_owned(),
        ),
        post_title: Some(String::new()),
        ..PostItemIn::default()
    };
    Ok(Row { platform, post_type, short_code, poster, said })
}

impl Row {
    /// The handle of the channel whose id is to be found out.
    pub fn channel_handle(&self) -> Option<&str> {
        match &self.poster {
            Some(Poster::ChannelHandle(handle)) => Some(handle),
            _ => None,
        }
    }

    /// The post, `channel` being the id that was found.
    ///
    /// # Errors
    /// `unable to extract shortcode` for a story of a channel that nobody knows; a text that is too long.
    pub fn post(self, channel: Option<String>) -> Result<NewPost, Remark> {
        let handle = match self.poster {
            Some(Poster::Instagram(handle) | Poster::Channel(handle)) => Some(handle),
            Some(Poster::ChannelHandle(_)) if channel.is_none() && self.post_type == STORY => {
                return Err("unable to extract shortcode".to_owned());
            }
            Some(Poster::ChannelHandle(_)) => channel,
            None => None,
        };
        let handle = handle.unwrap_or_default();
        let short_code = self.short_code.unwrap_or_else(|| item::story_code(&handle));
        let said = PostItemIn {
            platform: Some(self.platform.name().to_owned()),
            post_type: Some(self.post_type.to_owned()),
            short_code: Some(short_code),
            posted_by_handle: Some(handle),
            ..self.said
        };
        item::new_post(said).map_err(|error| error.to_string())
    }
}
