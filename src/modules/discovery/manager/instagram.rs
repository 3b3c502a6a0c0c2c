//! Instagram accounts as answers show them.

use super::super::dto::{GradesOut, MetricsOut, ProfileOut, SocialAccountOut};
use super::super::entity::instagram_account::Row;
use super::account::{Source, number, numbers, texts};
use crate::core::types::Platform;

/// Start of the placeholder that accounts carry until their id is known.
pub const UNKNOWN_ID: &str = "MISSING";

/// The account's id on the platform, once it is known.
pub fn known_id(row: &Row) -> Option<&str> {
    Some(row.ig_id.as_str()).filter(|id| !id.is_empty() && !id.starts_with(UNKNOWN_ID))
}

pub(super) fn profile(row: &Row) -> ProfileOut {
    ProfileOut {
        code: row.profile_id.clone(),
        gcc_code: row.gcc_profile_id.clone(),
        platform_code: row.id.to_string(),
        name: Some(name(row)),
        handle: Some(row.handle.clone()),
        username: Some(row.handle.clone()),
        phone: row.phone.clone(),
        email: row.email.clone(),
        ig_id: known_id(row).map(str::to_owned),
        description: row.bio.clone(),
        platform: Some(Platform::Instagram.into()),
        profile_type: row.label.clone(),
        linked_channel_id: row.linked_channel_id.clone(),
        gcc_linked_channel_id: row.gcc_linked_channel_id.clone(),
        thumbnail: row.thumbnail.clone(),
        category_rank: texts(row.category_rank.as_ref()),
        est_post_price: numbers(row.est_post_price.as_ref()),
        categories: row.categories.clone(),
        metrics: metrics(row),
        grades: Some(grades(row)),
        updated_at: row.updated_at.map(|at| at.timestamp()).unwrap_or_default(),
        is_verified: Some(row.is_verified.unwrap_or_default()),
        group_data: numbers(row.similar_profile_group_data.as_ref()),
        gender: row.gender.clone(),
        location_list: row.location_list.clone(),
        languages: row.languages.clone(),
        ..ProfileOut::default()
    }
}

pub(super) fn social_account(row: &Row, source: Source) -> SocialAccountOut {
    SocialAccountOut {
        code: row.id,
        profile_code: row.profile_id.clone(),
        gcc_profile_code: row.gcc_profile_id.clone(),
        name: Some(name(row)),
        platform: Some(Platform::Instagram),
        handle: Some(row.handle.clone()),
        username: Some(row.handle.clone()),
        ig_id: known_id(row).map(str::to_owned),
        thumbnail: row.thumbnail.clone(),
        engagement_rate: rate(row),
        followers: row.followers,
        following: row.following,
        avg_likes: row.avg_likes,
        avg_views: row.avg_views,
        avg_comments: row.avg_comments,
        uploads: row.post_count,
        avg_reels_play_30d: row.avg_reels_play_30d,
        avg_reach: row.avg_reach,
        story_reach: row.story_reach,
        image_reach: row.image_reach,
        reels_reach: row.reels_reach,
        is_verified: Some(row.is_verified.unwrap_or_default()),
        source: Some(source.name()),
        account_type: row.account_type.clone(),
        avg_reels_play_count: row.avg_reels_play_count,
        audience_city_available: Some(row.audience_city_available),
        audience_gender_available: Some(row.audience_gender_available),
        is_private: row.is_private,
        ..SocialAccountOut::default()
    }
}

fn name(row: &Row) -> String {
    let name = row.name.as_ref().filter(|name| !name.trim().is_empty());
    name.unwrap_or(&row.handle).clone()
}

fn metrics(row: &Row) -> MetricsOut {
    let impressions = row.est_impressions.as_ref();
    MetricsOut {
        followers: row.followers,
        engagement_rate_percentage: rate(row),
        followers_growth7d: row.followers_growth7d,
        authentic_engagement: row.authentic_engagement,
        comment_rate_percentage: row.comment_rate_percentage,
        likes_spread_percentage: row.likes_spread_percentage,
        country_rank: row.country_rank,
        story_reach: row.story_reach,
        image_reach: row.image_reach,
        reels_reach: row.reels_reach,
        avg_reach: row.avg_reach,
        avg_reels_play_count: row.avg_reels_play_count,
        avg_likes: row.avg_likes,
        avg_comments: row.avg_comments,
        avg_views: row.avg_views,
        avg_reels_play_30d: row.avg_reels_play_30d,
        following: row.following,
        uploads: row.post_count,
        ffratio: row.ffratio,
        plays_30d: row.plays_30d,
        uploads_30d: row.uploads_30d,
        instagram_account_type: row.account_type.clone(),
        impressions_30d: row.impressions_30d,
        reels_impressions: number(impressions, "reel_posts"),
        image_impressions: number(impressions, "image_posts"),
        followers_growth30d: row.followers_growth30d.clone(),
        ..MetricsOut::default()
    }
}

/// Engagement rate in percent; none where there is no engagement.
fn rate(row: &Row) -> Option<f64> {
    row.engagement_rate.filter(|rate| *rate != 0.0).map(|rate| rate * 100.0)
}

fn grades(row: &Row) -> GradesOut {
    GradesOut {
        er_grade: row.er_grade.clone(),
        avg_comments_grade: row.avg_comments_grade.clone(),
        avg_likes_grade: row.avg_likes_grade.clone(),
        comments_rate_grade: row.comments_rate_grade.clone(),
        followers_grade: row.followers_grade.clone(),
        engagement_rate_grade: row.engagement_rate_grade.clone(),
        reels_reach_grade: row.reels_reach_grade.clone(),
        story_reach_grade: row.story_reach_grade.clone(),
        image_reach_grade: row.image_reach_grade.clone(),
        likes_to_comment_ratio_grade: row.likes_to_comment_ratio_grade.clone(),
        followers_growth7d_grade: row.followers_growth7d_grade.clone(),
        followers_growth30d_grade: row.followers_growth30d_grade.clone(),
        followers_growth90d_grade: row.followers_growth90d_grade.clone(),
        audience_reachability_grade: row.audience_reachability_grade.clone(),
        audience_authencity_grade: row.audience_authencity_grade.clone(),
        audience_quality_grade: row.audience_quality_grade.clone(),
        post_count_grade: row.post_count_grade.clone(),
        likes_spread_grade: row.likes_spread_grade.clone(),
        image_impressions_grade: row.image_impressions_grade.clone(),
        reels_impressions_grade: row.reels_impressions_grade.clone(),
        ..GradesOut::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholder_ids_and_zero_rates_are_left_out() {
        let row = Row {
            id: 7,
            ig_id: "MISSING-asha".to_owned(),
            handle: "asha".to_owned(),
            engagement_rate: Some(0.0),
            est_impressions: Some(json!({"reel_posts": 10, "image_posts": 2.5})),
            ..Row::default()
        };
        let profile = serde_json::to_value(profile(&row)).expect("serialises");
        assert_eq!(profile.get("igId"), None);
        assert_eq!(profile["name"], "asha");
        assert_eq!(profile["platformCode"], "7");
        assert_eq!(
            profile["metrics"],
            json!({"impressions30d": null, "reelsImpressions": 10.0, "imageImpressions": 2.5})
        );
        for unknown in ["categories", "languages", "locationList"] {
            assert_eq!(profile.get(unknown), Some(&json!(null)), "{unknown}");
        }
        assert_eq!(profile["isVerified"], false);
        let social = serde_json::to_value(social_account(&row, Source::Saas)).expect("serialises");
        assert_eq!((social.get("engagementRate"), &social["isVerified"]), (None, &json!(false)));
    }
}
