//! From what the collector delivers to the account to store.

use super::super::client::CollectedProfile;
use super::super::entity::facts::{DerivedColumns, InstagramFacts, Merged, YoutubeFacts};
use super::admin_search::AdminSearch;
use super::announced;
use crate::core::types::{LARGEST_COUNT, Platform, fold_handle};

/// An account to store.
#[derive(Debug, Clone)]
pub enum Import {
    Instagram(Box<InstagramFacts>),
    Youtube(YoutubeFacts),
}

/// The account to store for what was asked as `handle`; `None` when the platform's id is missing, and for
/// somebody else's.
pub fn import(profile: CollectedProfile, platform: Platform, handle: &str) -> Option<Import> {
    match platform {
        Platform::Instagram => instagram(profile, handle).map(Box::new).map(Import::Instagram),
        Platform::Youtube => youtube(profile, handle).map(Import::Youtube),
    }
}

/// The columns that follow from a new row: staff find it by the same words as everybody.
pub fn derived(row: &Merged) -> DerivedColumns {
    let columns = announced::derived(row, AdminSearch::default());
    DerivedColumns {
        keywords_admin: columns.keywords.clone(),
        search_phrase_admin: columns.search_phrase.clone(),
        ..columns
    }
}

fn instagram(profile: CollectedProfile, asked: &str) -> Option<InstagramFacts> {
    let handle = present(profile.handle).unwrap_or_else(|| asked.to_owned());
    if fold_handle(Platform::Instagram, &handle) != asked {
        return None;
    }
    Some(InstagramFacts {
        ig_id: present(profile.profile_id)?,
        handle,
        business_id: profile.fbid,
        thumbnail: profile.profile_pic_url,
        bio: profile.biography,
        name: profile.full_name,
        followers: count(profile.followers),
        following: count(profile.following),
        post_count: count(profile.media_count),
        is_private: profile.is_private,
        ..InstagramFacts::default()
    })
}

fn youtube(profile: CollectedProfile, asked: &str) -> Option<YoutubeFacts> {
    Some(YoutubeFacts {
        channel_id: present(profile.channel_id).filter(|id| id == asked)?,
        title: profile.title,
        thumbnail: profile.thumbnail,
        followers: count(profile.subscribers),
        uploads_count: count(profile.uploads),
        views_count: count(profile.views),
        ..YoutubeFacts::default()
    })
}

/// A count that an account can have; anything else says nothing.
fn count(count: Option<i64>) -> Option<i64> {
    count.filter(|count| (0..=LARGEST_COUNT).contains(count))
}

fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_an_id_is_no_account() {
        for profile_id in [None, Some(" ".to_owned())] {
            let profile = CollectedProfile { profile_id, ..CollectedProfile::default() };
            assert!(import(profile, Platform::Instagram, "asha").is_none());
        }
    }

    #[test]
    fn an_account_that_was_not_asked_for_is_none() {
        let profile = |handle: &str| CollectedProfile {
            profile_id: Some("7".to_owned()),
            handle: Some(handle.to_owned()),
            channel_id: Some("UC1".to_owned()),
            ..CollectedProfile::default()
        };
        assert!(import(profile("Asha"), Platform::Instagram, "asha").is_some());
        assert!(import(profile("other"), Platform::Instagram, "asha").is_none());
        assert!(import(profile(""), Platform::Youtube, "UC1").is_some());
        assert!(import(profile(""), Platform::Youtube, "UC2").is_none());
    }

    #[test]
    fn a_count_that_nobody_has_says_nothing() {
        let views = |views| {
            let profile = CollectedProfile {
                channel_id: Some("UC1".to_owned()),
                views: Some(views),
                ..CollectedProfile::default()
            };
            youtube(profile, "UC1").and_then(|facts| facts.views_count)
        };
        assert_eq!(views(LARGEST_COUNT), Some(LARGEST_COUNT));
        assert_eq!((views(LARGEST_COUNT + 1), views(-1)), (None, None));
    }

    #[test]
    fn search_columns_come_from_both_names() {
        let row = Merged {
            name: Some("Asha Rao".to_owned()),
            handle: Some("asha.r".to_owned()),
            followers: Some(75_000),
            ..Merged::default()
        };
        let columns = derived(&row);
        assert_eq!(columns.label, Some("Macro"));
        assert_eq!(columns.keywords, ["asha", "rao", "asha.r"]);
        assert_eq!(columns.keywords_admin, columns.keywords);
        assert_eq!(columns.search_phrase_admin, "asha rao asha.r");
        assert!(!columns.enabled_for_saas);
    }
}
