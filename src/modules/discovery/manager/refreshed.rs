//! What the collector just delivered of an account: what is stored of it, and what an answer shows.

use super::super::client::{Averages, CollectedPost, CollectedProfile, PostMetrics};
use super::super::dao::refresh::Delivered;
use super::super::dto::{PostOut, SocialAccountOut};
use super::super::entity::AccountRow;
use super::content;
use super::derived::label;
use super::instagram::known_id;
use crate::core::types::{LARGEST_COUNT, Platform, fold_handle};

/// Whether it is of this account: the platform's own id is the same, or where one does not know it, the
/// handle.
pub fn is_of(profile: &CollectedProfile, account: &AccountRow) -> bool {
    let (delivered, stored) = match account {
        AccountRow::Instagram(row) => (&profile.profile_id, known_id(row)),
        AccountRow::Youtube(row) => (&profile.channel_id, Some(row.channel_id.as_str())),
    };
    match (text(delivered.as_ref()), stored) {
        (Some(delivered), Some(stored)) => delivered == stored,
        _ => match (account, text(profile.handle.as_ref())) {
            (AccountRow::Instagram(row), Some(handle)) => {
                let folded = |handle| fold_handle(Platform::Instagram, handle);
                folded(handle) == folded(&row.handle)
            }
            _ => true,
        },
    }
}

/// What to write; a column without a delivered value stays.
pub fn delivered(profile: &CollectedProfile, platform: Platform) -> Delivered {
    let owned = |value: &Option<String>| text(value.as_ref()).map(str::to_owned);
    let Averaged { all, reels, image, story } = Averaged::of(profile);
    match platform {
        Platform::Instagram => {
            let followers = counter(profile.followers);
            Delivered {
                platform_id: owned(&profile.profile_id),
                handle: owned(&profile.handle),
                name: owned(&profile.full_name),
                bio: owned(&profile.biography),
                thumbnail: owned(&profile.profile_pic_url),
                followers,
                label: label(followers),
                following: counter(profile.following),
                uploads: count(profile.media_count),
                is_private: profile.is_private,
                engagement_rate: all.avg_engagement.map(|percent| percent / 100.0),
                avg_likes: all.avg_likes,
                avg_comments: all.avg_comments,
                avg_reach: all.avg_reach,
                image_reach: image.avg_reach.and_then(truncated),
                reels_reach: reels.avg_reach.and_then(truncated),
                story_reach: story.avg_reach.and_then(truncated),
                avg_reels_play_count: reels.avg_plays,
                ..Delivered::default()
            }
        }
        Platform::Youtube => {
            let followers = counter(profile.subscribers);
            Delivered {
                platform_id: owned(&profile.channel_id),
                name: owned(&profile.title),
                thumbnail: owned(&profile.thumbnail),
                followers,
                label: label(followers),
                uploads: counter(profile.uploads),
                views: counter(profile.views),
                ..Delivered::default()
            }
        }
    }
}

/// Puts it into the entry of the account; what was not delivered stays as it is stored.
pub fn show(entry: &mut SocialAccountOut, profile: &CollectedProfile, account: &AccountRow) {
    match account {
        AccountRow::Instagram(row) => {
            instagram(entry, profile);
            let posts = profile.recent_posts.iter().flatten().cloned();
            let posts: Vec<PostOut> = posts.map(|one| post(row, one)).collect();
            entry.recent_posts = Some(posts).filter(|posts| !posts.is_empty());
        }
        AccountRow::Youtube(_) => {
            replace(&mut entry.thumbnail, text(profile.thumbnail.as_ref()).map(str::to_owned));
            replace(&mut entry.followers, counter(profile.subscribers));
            replace(&mut entry.uploads, counter(profile.uploads));
            replace(&mut entry.views, counter(profile.views));
        }
    }
}

fn instagram(entry: &mut SocialAccountOut, profile: &CollectedProfile) {
    let owned = |value: &Option<String>| text(value.as_ref()).map(str::to_owned);
    let Averaged { all, reels, image, story } = Averaged::of(profile);
    replace(&mut entry.thumbnail, owned(&profile.profile_pic_url));
    replace(&mut entry.ig_id, owned(&profile.profile_id));
    replace(&mut entry.followers, counter(profile.followers));
    replace(&mut entry.following, counter(profile.following));
    replace(&mut entry.uploads, count(profile.media_count));
    replace(&mut entry.is_private, profile.is_private);
    replace(&mut entry.updated_at, owned(&profile.updated_at));
    replace(&mut entry.engagement_rate, all.avg_engagement);
    replace(&mut entry.avg_likes, all.avg_likes);
    replace(&mut entry.avg_comments, all.avg_comments);
    replace(&mut entry.avg_reach, all.avg_reach);
    entry.image_engagement_rate = image.avg_engagement;
    entry.image_avg_likes = image.avg_likes;
    entry.image_avg_comments = image.avg_comments;
    entry.reels_engagement_rate = reels.avg_engagement;
    entry.reels_avg_likes = reels.avg_likes;
    entry.reels_avg_comments = reels.avg_comments;
    replace(&mut entry.image_reach, image.avg_reach.and_then(truncated));
    replace(&mut entry.reels_reach, reels.avg_reach.and_then(truncated));
    replace(&mut entry.story_reach, story.avg_reach.and_then(truncated));
    entry.avg_reels_play_30d = reels.avg_plays.or(entry.avg_reels_play_count).and_then(truncated);
    replace(&mut entry.avg_reels_play_count, reels.avg_plays);
}

/// Averages by kind of post, empty ones where there are none.
#[derive(Default)]
struct Averaged {
    all: Averages,
    reels: Averages,
    image: Averages,
    story: Averages,
}

impl Averaged {
    fn of(profile: &CollectedProfile) -> Self {
        let Some(PostMetrics { r#static, reels, story, all }) = profile.post_metrics.clone() else {
            return Self::default();
        };
        let [image, reels, story, all] =
            [r#static, reels, story, all].map(Option::unwrap_or_default);
        Self { all, reels, image, story }
    }
}

fn post(
    account: &super::super::entity::instagram_account::Row,
    mut post: CollectedPost,
) -> PostOut {
    post.dimensions.display_url = None;
    content::post(account, post, "")
}

fn replace<T>(member: &mut Option<T>, delivered: Option<T>) {
    if delivered.is_some() {
        *member = delivered;
    }
}

fn text(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// A count that an account can have; anything else says nothing.
fn count(count: Option<i64>) -> Option<i64> {
    count.filter(|count| (0..=LARGEST_COUNT).contains(count))
}

/// The same where 0 stands for an unknown one.
fn counter(value: Option<i64>) -> Option<i64> {
    count(value).filter(|count| *count != 0)
}

fn truncated(average: f64) -> Option<i64> {
    count(Some(average.trunc() as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::entity::instagram_account::Row;
    use super::*;

    fn account(ig_id: &str) -> AccountRow {
        AccountRow::Instagram(Box::new(Row { ig_id: ig_id.to_owned(), ..Row::default() }))
    }

    fn profile(value: &serde_json::Value) -> CollectedProfile {
        serde_json::from_value(value.clone()).expect("a profile")
    }

    #[test]
    fn only_delivered_values_replace_stored_ones() {
        let delivered_now = profile(&json!({
            "followers": 75000, "following": 0, "full_name": "", "profile_id": "7",
            "post_metrics": {"all": {"avg_engagement": 0.5}, "static": {"avg_reach": 4.9},
                             "reels": {"avg_plays": 9.25}},
        }));
        let columns = delivered(&delivered_now, Platform::Instagram);
        assert_eq!((columns.followers, columns.label), (Some(75_000), Some("Macro")));
        assert_eq!((columns.following, columns.name, columns.avg_reach), (None, None, None));
        assert_eq!((columns.engagement_rate, columns.image_reach), (Some(0.005), Some(4)));
        assert_eq!(columns.avg_reels_play_count, Some(9.25));
        let mut entry = SocialAccountOut {
            following: Some(3),
            avg_views: Some(1.5),
            avg_reels_play_count: Some(99.9),
            ..SocialAccountOut::default()
        };
        show(&mut entry, &delivered_now, &account("7"));
        assert_eq!((entry.following, entry.avg_views), (Some(3), Some(1.5)));
        assert_eq!((entry.avg_reels_play_30d, entry.avg_reels_play_count), (Some(9), Some(9.25)));
        assert_eq!(entry.recent_posts, None);
    }

    #[test]
    fn another_persons_profile_is_told_apart_by_its_id() {
        let of_seven = profile(&json!({"profile_id": "7"}));
        assert!(is_of(&of_seven, &account("7")));
        assert!(is_of(&of_seven, &account("MISSING-asha")));
        assert!(!is_of(&of_seven, &account("8")));
        assert!(is_of(&profile(&json!({})), &account("8")));
        let other = profile(&json!({"profile_id": "7", "handle": "other"}));
        assert!(is_of(&other, &account("7")), "it has another handle by now");
        assert!(!is_of(&other, &account("MISSING-asha")));
    }
}
