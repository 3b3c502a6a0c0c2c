//! From an account and what was read along with it to the profile that answers show.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::dao::account::Link;
use super::super::dto::{ProfileOut, SocialAccountOut};
use super::super::entity::{AccountRow, Found};
use super::{campaign_profile, group_metrics, instagram, youtube};
use crate::core::caller::Caller;
use crate::core::types::Platform;

/// Which kind of links a request follows, also the `source` of entries that show one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// What the analytics found.
    #[default]
    Saas,
    /// What creators confirmed.
    Gcc,
}

impl Source {
    /// `GCC` means GCC, everything else SAAS.
    pub fn parse(text: Option<&str>) -> Self {
        if text == Some("GCC") { Self::Gcc } else { Self::Saas }
    }

    /// Name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Saas => "SAAS",
            Self::Gcc => "GCC",
        }
    }

    /// The link that requests of this source follow.
    pub fn link(self) -> Link {
        match self {
            Self::Saas => Link::Saas,
            Self::Gcc => Link::Gcc,
        }
    }
}

/// The profile of an account: `linkedSocials` are the account under `source` and what `link` found.
pub fn profile(found: &Found, source: Source, link: Link, caller: &Caller) -> ProfileOut {
    let account = &found.account;
    let mut profile = alone(account);
    let own = social_account(account, source);
    let linked = found.linked.as_ref().map(|row| social_account(row, link_source(account, link)));
    profile.linked_socials = Some(std::iter::once(own).chain(linked).collect());
    profile.similar_profile_group_data = found.group.as_ref().map(group_metrics::out);
    let campaign = found.campaign.as_ref();
    profile.campaign_profile =
        campaign.map(|row| campaign_profile::out(row, Some(account), caller));
    profile
}

/// The profile of an account alone.
pub fn alone(account: &AccountRow) -> ProfileOut {
    match account {
        AccountRow::Instagram(row) => instagram::profile(row),
        AccountRow::Youtube(row) => youtube::profile(row),
    }
}

/// The account as one of several of its creator.
pub fn social_account(account: &AccountRow, source: Source) -> SocialAccountOut {
    match account {
        AccountRow::Instagram(row) => instagram::social_account(row, source),
        AccountRow::Youtube(row) => youtube::social_account(row, source),
    }
}

/// The account as one that another account names: less than the account itself, and no source.
pub fn named_account(account: &AccountRow) -> SocialAccountOut {
    let account = social_account(account, Source::Saas);
    let is_youtube = account.platform == Some(Platform::Youtube);
    SocialAccountOut {
        gcc_profile_code: account.gcc_profile_code.filter(|_| is_youtube),
        ig_id: None,
        avg_views: None,
        avg_reels_play_count: None,
        account_type: None,
        source: None,
        ..account
    }
}

/// E-mail and phone of the account.
pub(super) fn contacts(account: &AccountRow) -> [Option<&String>; 2] {
    match account {
        AccountRow::Instagram(row) => [row.email.as_ref(), row.phone.as_ref()],
        AccountRow::Youtube(row) => [row.email.as_ref(), row.phone.as_ref()],
    }
}

/// Kind of the link that `link` followed from this account.
fn link_source(account: &AccountRow, link: Link) -> Source {
    let confirmed = match account {
        AccountRow::Instagram(row) => row.gcc_linked_channel_id.as_deref(),
        AccountRow::Youtube(row) => row.gcc_linked_instagram_handle.as_deref(),
    };
    match link {
        Link::Saas => Source::Saas,
        Link::Gcc => Source::Gcc,
        Link::GccElseSaas if confirmed.is_some_and(|key| !key.is_empty()) => Source::Gcc,
        Link::GccElseSaas => Source::Saas,
    }
}

/// Members of a document that are numbers.
pub(super) fn numbers(document: Option<&Value>) -> Option<BTreeMap<String, f64>> {
    let members = document?.as_object()?.iter();
    Some(members.filter_map(|(key, value)| Some((key.clone(), value.as_f64()?))).collect())
}

/// Members of a document as texts.
pub(super) fn texts(document: Option<&Value>) -> Option<BTreeMap<String, String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let members = document?.as_object()?.iter();
    Some(members.filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect())
}

/// One number of a document.
pub(super) fn number(document: Option<&Value>, key: &str) -> Option<f64> {
    document?.get(key)?.as_f64()
}
