//! How a report becomes an answer.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use serde::de::DeserializeOwned;

use super::super::dao::report::Order;
use super::super::dto::{
    AudienceGenderOut, PostAccountOut, ReportOut, ReportPostOut, ReportProfileOut,
};
use super::super::entity::{Model, MonthlyShareRow, PostRow, ProfileRow, ShareRow, SummaryRow};
use crate::core::types::Platform;

/// Name of what is not listed.
const OTHERS: &str = "Others";
/// Longest span of a collection whose buckets are weeks.
const WEEKS: TimeDelta = TimeDelta::days(60);

/// What every answer about a report shows.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Counted {
    pub summary: SummaryRow,
    pub posts: Vec<PostRow>,
    pub profiles: Vec<ProfileRow>,
}

/// The order that a request names.
pub fn order(sort_by: Option<&str>) -> Order {
    match sort_by {
        Some("recency") => Order::Recency,
        Some("likes") => Order::Likes,
        Some("comments") => Order::Comments,
        _ => Order::Reach,
    }
}

/// Whether the buckets of a collection are weeks; months otherwise.
pub fn is_by_week(row: &Model) -> bool {
    row.end_time - row.start_time <= WEEKS
}

/// Rounds to so many decimals, halves to even; 0 for what is no number.
fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    let rounded = (number * scale).round_ties_even() / scale;
    if rounded.is_finite() { rounded } else { 0.0 }
}

fn rate(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

/// A report without its distributions. `codes` has the profile codes of accounts by their platform's id.
pub fn partial(
    counted: &Counted,
    platform: Platform,
    codes: &HashMap<String, String>,
) -> ReportOut {
    let SummaryRow { posts, reach, likes, comments } = counted.summary;
    let engagement = likes.saturating_add(comments);
    ReportOut {
        total_posts: posts,
        total_reach: reach,
        total_likes: likes,
        total_comments: comments,
        total_views: reach,
        engagement,
        emp: rounded(1_000.0 * rate(engagement, reach), 0) as i64,
        engagement_rate: rounded(rate(engagement, reach), 2),
        top_keywords: BTreeMap::new(),
        top_categories: BTreeMap::new(),
        top_languages: BTreeMap::new(),
        top_profiles: counted.profiles.iter().map(|row| profile(row, platform, codes)).collect(),
        top_posts: counted.posts.iter().map(|row| post(row, platform)).collect(),
        top_languages_monthly: BTreeMap::new(),
        monthly_views: BTreeMap::new(),
        monthly_uploads: BTreeMap::new(),
        audience_age_gender: BTreeMap::new(),
        audience_gender: AudienceGenderOut::default(),
    }
}

/// A post.
pub fn post(row: &PostRow, platform: Platform) -> ReportPostOut {
    let engagement = row.likes.saturating_add(row.comments);
    let (link, plays) = match platform {
        Platform::Instagram => (format!("https://instagram.com/p/{}", row.code), row.views),
        Platform::Youtube => (format!("https://youtube.com/v/{}", row.code), 0),
    };
    let account = account((&row.account_id, &row.account_handle), platform);
    ReportPostOut {
        account_info: PostAccountOut {
            name: row.account_name.clone(),
            thumbnail: row.picture.clone(),
            followers: row.followers,
            category: row.subject.clone(),
            ..account
        },
        post_link: link,
        title: row.title.clone(),
        platform: platform.name().to_owned(),
        thumbnail: row.thumbnail.clone(),
        views: row.reach,
        published_at: row.published,
        plays,
        likes: row.likes,
        post_type: row.kind.clone(),
        comments: row.comments,
        engagement,
        engagement_rate: rounded(rate(engagement, row.followers), 2),
    }
}

/// A profile.
pub fn profile(
    row: &ProfileRow,
    platform: Platform,
    codes: &HashMap<String, String>,
) -> ReportProfileOut {
    let account = account((&row.account_id, &row.account_handle), platform);
    ReportProfileOut {
        account_info: PostAccountOut {
            profile_code: Some(codes.get(&row.account_id).cloned().unwrap_or_default()),
            name: row.account_name.clone(),
            thumbnail: row.picture.clone(),
            engagement_rate: Some(row.rate).filter(|rate| *rate != 0.0),
            followers: row.followers,
            following: Some(0),
            category: row.subject.clone(),
            ..account
        },
        views: row.views,
        plays: row.views,
        likes: row.likes,
        comments: row.comments,
        engagement: row.likes.saturating_add(row.comments),
        uploads: row.uploads,
    }
}

/// The account by the id of its platform and its handle, without what posts and profiles say of it.
fn account((id, handle): (&str, &str), platform: Platform) -> PostAccountOut {
    let (shown, link) = match platform {
        Platform::Instagram => (handle, format!("https://instagram.com/{handle}")),
        Platform::Youtube => (id, format!("https://youtube.com/channel/{id}")),
    };
    PostAccountOut {
        code: 0,
        profile_code: None,
        gcc_profile_code: None,
        name: String::new(),
        platform: platform.name().to_owned(),
        handle: shown.to_owned(),
        username: handle.to_owned(),
        thumbnail: String::new(),
        engagement_rate: None,
        followers: 0,
        following: None,
        profile_link: link,
        category: String::new(),
    }
}

/// Percent by name: what is one name to `named` is summed, and where as many rows came as were asked for, the
/// rest are `Others`.
pub fn shares(
    rows: &[ShareRow],
    asked: u64,
    named: impl Fn(&str) -> String,
) -> BTreeMap<String, f64> {
    let mut shares = BTreeMap::new();
    let mut listed = 0.0;
    for row in rows {
        let percent = rounded(100.0 * rate(row.posts, row.total), 2);
        listed += percent;
        let share: &mut f64 = shares.entry(named(&row.name)).or_default();
        *share = rounded(*share + percent, 2);
    }
    if rows.len() as u64 >= asked {
        shares.insert(OTHERS.to_owned(), rounded(100.0 - listed, 2).max(0.0));
    }
    shares
}

/// The same within each month.
pub fn monthly_shares(
    rows: Vec<MonthlyShareRow>,
    asked: u64,
    named: impl Fn(&str) -> String,
) -> BTreeMap<String, BTreeMap<String, f64>> {
    let mut months: BTreeMap<String, Vec<ShareRow>> = BTreeMap::new();
    for MonthlyShareRow { start, name, posts, total } in rows {
        months.entry(start).or_default().push(ShareRow { name, posts, total });
    }
    months.into_iter().map(|(start, rows)| (start, shares(&rows, asked, &named))).collect()
}

/// Percent by gender; nothing where the text cannot be read.
pub fn gender(text: &str) -> AudienceGenderOut {
    let read: Option<BTreeMap<String, Option<f64>>> = object(text);
    let of = |name: &str| read.as_ref().and_then(|read| read.get(name).copied().flatten());
    AudienceGenderOut { male: of("male_per"), female: of("female_per") }
}

/// Percent by gender and age; nothing where the text cannot be read.
pub fn age_gender(text: &str) -> BTreeMap<String, BTreeMap<String, f64>> {
    object(text).unwrap_or_default()
}

/// An object that was written with single quotes.
fn object<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(&text.replace('\'', "\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, posts: i64) -> ShareRow {
        ShareRow { name: name.to_owned(), posts, total: 47 }
    }

    #[test]
    fn what_is_not_listed_are_others() {
        let rows = [row("Food", 13), row("Travel", 7), row("Art", 7)];
        let all = |asked| shares(&rows, asked, str::to_owned);
        let expected = [("Art", 14.89), ("Food", 27.66), ("Others", 42.56), ("Travel", 14.89)];
        assert_eq!(all(3), expected.map(|(name, share)| (name.to_owned(), share)).into());
        assert_eq!(all(4).len(), 3);
        let more = ShareRow { total: 10, ..row("x", 12) };
        assert_eq!(shares(&[more], 1, str::to_owned)[OTHERS], 0.0);
        let one = shares(&rows, 9, |_| "one".to_owned());
        assert_eq!(one, BTreeMap::from([("one".to_owned(), 57.44)]));
    }

    #[test]
    fn halves_are_rounded_to_even_and_nothing_is_divided_by_zero() {
        assert_eq!([0.125, 0.375, 2.0 / 3.0].map(|it| rounded(it, 2)), [0.12, 0.38, 0.67]);
        assert_eq!((rounded(f64::INFINITY, 0), rounded(f64::NAN, 2)), (0.0, 0.0));
        assert_eq!(rate(5, 0), 0.0);
    }

    #[test]
    fn audiences_that_cannot_be_read_are_unknown() {
        let of = |male, female| AudienceGenderOut { male, female };
        assert_eq!(
            gender("{'male_per': 40.25, 'female_per': 59.75}"),
            of(Some(40.25), Some(59.75))
        );
        assert_eq!(gender("{'male_per': 100, 'female_per': null}"), of(Some(100.0), None));
        for text in ["", "null", "not json", "{'male_per': nan}", "{}"] {
            assert_eq!(gender(text), of(None, None), "{text}");
        }
        assert_eq!(age_gender("{'female': {'13-17': 0.5}, 'male': {}}").len(), 2);
        assert!(age_gender("{'male': ").is_empty() && age_gender("{'male': 5}").is_empty());
    }
}
