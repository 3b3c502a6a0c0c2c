//! Rules of trending content, pure: fields, rows to entries.

use chrono_tz::Tz;

use super::dto::{TrendingEntryOut, TrendingFields};
use super::entity::TrendingRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Filters, ListIn, Sort, compile, expand_demographics};
use crate::core::route::ListFields as _;
use crate::core::types::Platform;
use crate::modules::discovery::{AccountCard, SocialAccountOut};

/// Conditions of the filters.
///
/// # Errors
/// `invalid Request`: a filter outside the documented ones.
pub(super) fn conditions(filters: &Filters, zone: Tz) -> Result<Vec<Clause>, Error> {
    compile(&expand_demographics(filters), TrendingFields::FIELDS, zone)
}

/// Order of a list, by id when it names none.
///
/// # Errors
/// `invalid Request`: a sort outside the documented ones.
pub(super) fn sort(list: &ListIn) -> Result<Sort, Error> {
    Sort::resolve(
        TrendingFields::FIELDS,
        list.sort_by.as_deref().unwrap_or("id"),
        list.sort_dir.as_deref(),
    )
}

/// The entry of a row.
pub(super) fn entry(row: TrendingRow, card: Option<&AccountCard>) -> TrendingEntryOut {
    let rate = row.engagement_rate.map(|rate| rate * 100.0);
    let account_info = match card {
        Some(card) => named(&card.account),
        None => unknown(row.account()),
    };
    TrendingEntryOut {
        id: row.id.cast_signed(),
        category: row.category,
        platform: row.platform,
        language: row.language,
        views: row.views,
        plays: row.plays,
        likes: row.likes,
        comments: row.comments,
        duration: row.duration,
        published_at: row.published_at.timestamp(),
        post_id: row.post_id,
        post_type: row.post_type,
        post_link: row.post_link,
        thumbnail: row.thumbnail,
        platform_account_id: row.platform_account_id,
        month: row.month,
        title: row.title,
        description: row.description,
        engagement: row.engagement,
        engagement_rate: rate.filter(|rate| rate.is_finite()),
        account_info,
    }
}

/// The members that name an account.
fn named(account: &SocialAccountOut) -> SocialAccountOut {
    SocialAccountOut {
        code: account.code,
        name: account.name.clone(),
        platform: account.platform,
        handle: account.handle.clone(),
        thumbnail: account.thumbnail.clone(),
        followers: account.followers,
        ..SocialAccountOut::default()
    }
}

/// An account that is not there any more, or not named by the post.
fn unknown(account: Option<(Platform, i64)>) -> SocialAccountOut {
    let Some((platform, code)) = account else { return SocialAccountOut::default() };
    SocialAccountOut { code, platform: Some(platform), ..SocialAccountOut::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Filter;
    use crate::modules::discovery::ProfileOut;

    #[test]
    fn rate_is_a_percentage_and_the_audience_stays_inside() {
        let row = TrendingRow { engagement_rate: Some(0.5), ..TrendingRow::default() };
        let json = serde_json::to_value(entry(row, None)).expect("serialises");
        assert_eq!(json["engagementRate"], 50.0);
        assert_eq!(json["platformAccountId"], serde_json::Value::Null);
        assert!(json.get("audienceAge").is_none() && json.get("audienceGender").is_none());
        assert!(json["accountInfo"].is_object());
    }

    #[test]
    fn account_is_named() {
        let account = SocialAccountOut { code: 7, followers: Some(9), ..Default::default() };
        let profile = ProfileOut::default();
        let card = AccountCard { profile, account, search_phrase: None };
        let row = TrendingRow {
            platform: "YOUTUBE".to_owned(),
            platform_account_id: Some(7),
            ..TrendingRow::default()
        };
        assert_eq!(row.account(), Some((Platform::Youtube, 7)));
        let info = entry(row.clone(), Some(&card)).account_info;
        assert_eq!((info.code, info.followers), (7, Some(9)));
        let gone = serde_json::to_value(entry(row, None)).expect("serialises");
        let info = &gone["accountInfo"];
        assert_eq!((&info["code"], &info["platform"]), (&7.into(), &"YOUTUBE".into()));
        assert_eq!(info.get("handle"), Some(&serde_json::Value::Null));
    }

    #[test]
    fn unknown_fields_are_refused() {
        for field in ["profile_social_id", "audience_age.18-24.x", "audience_gender"] {
            let filters = Filters(vec![Filter::new("EQ", field, "1")]);
            assert!(conditions(&filters, Tz::UTC).is_err(), "{field}");
        }
        let list = ListIn { sort_by: Some("audience_age".to_owned()), ..ListIn::default() };
        assert!(sort(&list).is_err());
    }
}
