//! Recent posts as answers show them.

use chrono::NaiveDateTime;

use super::super::client::CollectedPost;
use super::super::dto::PostOut;
use super::super::entity::instagram_account::Row;
use crate::core::types::Platform;

/// A post of an account; assets without a host are taken from `cdn_url`.
pub fn post(account: &Row, post: CollectedPost, cdn_url: &str) -> PostOut {
    let CollectedPost { metrics, dimensions, .. } = post;
    let thumbnail = dimensions.thumbnail_url.or(dimensions.display_url).unwrap_or_default();
    PostOut {
        platform: Platform::Instagram.name().to_owned(),
        handle: account.handle.clone(),
        post_id: post.post_id.unwrap_or_default(),
        post_link: post.post_url.unwrap_or_default(),
        post_type: post.post_type.unwrap_or_default(),
        thumbnail: asset(thumbnail, cdn_url),
        likes_count: metrics.likes.unwrap_or_default(),
        comments_count: dimensions.comments.unwrap_or_default(),
        views_count: metrics.reach.unwrap_or_default(),
        engagement_rate: metrics.engagement_rate.unwrap_or_default(),
        published_at: post.publish_time.as_deref().and_then(unix_seconds).unwrap_or_default(),
        caption: dimensions.caption.unwrap_or_default(),
        play_count: metrics.play_count.unwrap_or_default(),
    }
}

fn unix_seconds(text: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()?;
    Some(time.and_utc().timestamp())
}

fn asset(path: String, cdn_url: &str) -> String {
    if path.is_empty() || cdn_url.is_empty() || path.contains("://") {
        return path;
    }
    format!("{}/{}", cdn_url.trim_end_matches('/'), path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_unreadable_ones_zero() {
        let published = |time: &str| {
            let collected =
                CollectedPost { publish_time: Some(time.to_owned()), ..CollectedPost::default() };
            post(&Row::default(), collected, "").published_at
        };
        assert_eq!(published("2024-07-01T00:00:00"), 1_719_792_000);
        assert_eq!(published("yesterday"), 0);
    }

    #[test]
    fn only_paths_get_the_asset_host() {
        let of = |path: &str| asset(path.to_owned(), "https://cdn.example.com/");
        assert_eq!(of("/a/b.jpg"), "https://cdn.example.com/a/b.jpg");
        assert_eq!(of("https://x.example/a.jpg"), "https://x.example/a.jpg");
        assert_eq!(of(""), "");
    }
}
