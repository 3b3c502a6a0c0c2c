//! What callers may not see.

use super::super::dto::{ProfileOut, SocialAccountOut};
use crate::core::types::Plan;

/// What every hidden phone number looks like.
const HIDDEN_PHONE: &str = "+91 **********";

/// An e-mail address without its local part; anything else is hidden as a whole.
pub fn email(address: &str) -> String {
    let stars = |text: &str| "*".repeat(text.chars().count());
    match address.split_once('@') {
        Some((local, domain)) if !domain.contains('@') => format!("{}@{domain}", stars(local)),
        _ => stars(address),
    }
}

/// Hides e-mail addresses and phone numbers.
pub fn contacts<'a>(
    emails: impl IntoIterator<Item = &'a mut Option<String>>,
    phones: impl IntoIterator<Item = &'a mut Option<String>>,
) {
    for address in emails.into_iter().flatten() {
        *address = email(address);
    }
    for phone in phones.into_iter().flatten() {
        HIDDEN_PHONE.clone_into(phone);
    }
}

/// Hides the contacts of a profile from callers of this plan.
pub fn profile_contacts(profile: &mut ProfileOut, plan: Option<Plan>) {
    if plan == Some(Plan::Free) {
        contacts([&mut profile.email], [&mut profile.phone]);
    }
}

/// What callers of plan FREE may not see in lists: contacts and everything that [`overview`] hides.
pub fn listed(profile: &mut ProfileOut, plan: Option<Plan>) {
    profile_contacts(profile, plan);
    if plan == Some(Plan::Free) {
        overview(profile);
    }
}

/// Hides ranks, prices and audience grades: a profile that is not unlocked.
pub fn identity(profile: &mut ProfileOut) {
    profile.category_rank = None;
    profile.est_post_price = None;
    if let Some(grades) = &mut profile.grades {
        grades.likes_spread_grade = None;
        grades.audience_quality_grade = None;
        grades.audience_reachability_grade = None;
        grades.audience_authencity_grade = None;
    }
}

/// Hides, besides what [`identity`] hides, reach, rank and distributions.
pub fn overview(profile: &mut ProfileOut) {
    identity(profile);
    let metrics = &mut profile.metrics;
    metrics.country_rank = None;
    metrics.story_reach = None;
    metrics.image_reach = None;
    metrics.reels_reach = None;
    metrics.likes_spread_percentage = None;
    if let Some(group) = &mut profile.similar_profile_group_data {
        group.er_histogram = None;
        group.group_avg_likes_spread = None;
    }
    let campaign = profile.campaign_profile.as_mut().and_then(|row| row.social_details.as_mut());
    profile.linked_socials.iter_mut().flatten().chain(campaign).for_each(reach);
}

/// Hides the reach of an account.
pub fn reach(account: &mut SocialAccountOut) {
    account.story_reach = None;
    account.image_reach = None;
    account.reels_reach = None;
}

#[cfg(test)]
mod tests {
    use super::super::super::dto::{GradesOut, GroupMetricsOut, MetricsOut};
    use super::*;

    fn profile() -> ProfileOut {
        let text = || Some("Good".to_owned());
        ProfileOut {
            email: Some("priya@example.com".to_owned()),
            phone: Some("9876543210".to_owned()),
            est_post_price: Some([("reel_posts".to_owned(), 1.0)].into()),
            metrics: MetricsOut {
                followers: Some(1),
                story_reach: Some(2),
                country_rank: Some(3),
                ..MetricsOut::default()
            },
            grades: Some(GradesOut {
                followers_grade: text(),
                audience_quality_grade: text(),
                ..GradesOut::default()
            }),
            linked_socials: Some(vec![SocialAccountOut {
                followers: Some(1),
                reels_reach: Some(4),
                ..SocialAccountOut::default()
            }]),
            similar_profile_group_data: Some(GroupMetricsOut {
                er_histogram: Some(vec![]),
                group_avg_likes: Some(1.0),
                ..GroupMetricsOut::default()
            }),
            ..ProfileOut::default()
        }
    }

    #[test]
    fn addresses_keep_their_domain_only() {
        assert_eq!(email("priya@example.com"), "*****@example.com");
        assert_eq!(email("प्र@x.in"), "***@x.in");
        assert_eq!(email("no address"), "**********");
        assert_eq!(email("a@b@c"), "*****");
    }

    #[test]
    fn free_plan_sees_neither_contacts_nor_reach() {
        let mut profile = profile();
        listed(&mut profile, Some(Plan::Free));
        assert_eq!(profile.email.as_deref(), Some("*****@example.com"));
        assert_eq!(profile.phone.as_deref(), Some("+91 **********"));
        assert_eq!((profile.metrics.story_reach, profile.metrics.country_rank), (None, None));
        assert_eq!(profile.metrics.followers, Some(1));
        assert_eq!(profile.est_post_price, None);
        let grades = profile.grades.expect("grades stay");
        assert!(grades.followers_grade.is_some() && grades.audience_quality_grade.is_none());
        let social = &profile.linked_socials.expect("links stay")[0];
        assert_eq!((social.followers, social.reels_reach), (Some(1), None));
        let group = profile.similar_profile_group_data.expect("averages stay");
        assert_eq!((group.er_histogram, group.group_avg_likes), (None, Some(1.0)));
    }

    #[test]
    fn other_plans_and_the_platform_see_lists_in_full() {
        for plan in [None, Some(Plan::Saas), Some(Plan::Paid)] {
            let mut profile = profile();
            listed(&mut profile, plan);
            assert_eq!(profile.phone.as_deref(), Some("9876543210"));
            assert_eq!(profile.metrics.story_reach, Some(2));
        }
    }
}
