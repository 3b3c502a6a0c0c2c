//! From what the collector delivers to the account to store.

use super::super::collector::CollectedProfile;
use super::super::dao::import::{ImportDerived, InstagramImport, YoutubeImport};
use super::derived::{self, InstagramReach, YoutubeReach};
use crate::core::types::Platform;

/// An account to store.
#[derive(Debug, Clone)]
pub enum Import {
    Instagram(InstagramImport),
    Youtube(YoutubeImport),
}

/// The account to store for what was asked as `handle`; `None` when the platform's id is missing.
pub fn import(profile: CollectedProfile, platform: Platform, handle: &str) -> Option<Import> {
    match platform {
        Platform::Instagram => instagram(profile, handle).map(Import::Instagram),
        Platform::Youtube => youtube(profile).map(Import::Youtube),
    }
}

fn instagram(profile: CollectedProfile, asked: &str) -> Option<InstagramImport> {
    let ig_id = present(profile.profile_id)?;
    let handle = present(profile.handle).unwrap_or_else(|| asked.to_owned());
    let reach = InstagramReach { followers: profile.followers, ..InstagramReach::default() };
    let names = (profile.full_name.as_deref(), Some(handle.as_str()));
    Some(InstagramImport {
        derived: derived(profile.followers, names, reach.enabled_for_saas()),
        ig_id,
        business_id: profile.fbid,
        thumbnail: profile.profile_pic_url,
        bio: profile.biography,
        name: profile.full_name,
        followers: profile.followers,
        following: profile.following,
        post_count: profile.media_count,
        is_private: profile.is_private,
        handle,
    })
}

fn youtube(profile: CollectedProfile) -> Option<YoutubeImport> {
    let reach = YoutubeReach {
        followers: profile.subscribers,
        views_count: profile.views,
        ..YoutubeReach::default()
    };
    let names = (profile.title.as_deref(), None);
    Some(YoutubeImport {
        derived: derived(profile.subscribers, names, reach.enabled_for_saas()),
        channel_id: present(profile.channel_id)?,
        title: profile.title,
        thumbnail: profile.thumbnail,
        followers: profile.subscribers,
        uploads_count: profile.uploads,
        views_count: profile.views,
    })
}

fn derived(
    followers: Option<i64>,
    (name, handle): (Option<&str>, Option<&str>),
    enabled_for_saas: bool,
) -> ImportDerived {
    ImportDerived {
        label: derived::label(followers),
        keywords: derived::keywords(name, handle),
        search_phrase: derived::search_phrase(name, handle),
        enabled_for_saas,
    }
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
    fn search_columns_come_from_both_names() {
        let profile = CollectedProfile {
            profile_id: Some("77".to_owned()),
            full_name: Some("Asha Rao".to_owned()),
            followers: Some(75_000),
            ..CollectedProfile::default()
        };
        let Some(Import::Instagram(account)) = import(profile, Platform::Instagram, "asha.r")
        else {
            panic!("an Instagram account");
        };
        assert_eq!(account.handle, "asha.r");
        assert_eq!(account.derived.label, Some("Macro"));
        assert_eq!(account.derived.keywords, ["asha", "rao", "asha.r"]);
        assert_eq!(account.derived.search_phrase, "asha rao asha.r");
        assert!(!account.derived.enabled_for_saas);
    }
}
