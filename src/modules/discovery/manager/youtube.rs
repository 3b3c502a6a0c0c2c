//! YouTube accounts as answers show them.

use super::super::dto::{GradesOut, MetricsOut, ProfileOut, SocialAccountOut};
use super::super::entity::youtube_account::Row;
use super::account::{Source, numbers, texts};
use crate::core::types::{Platform, channel_handle};

pub(super) fn profile(row: &Row) -> ProfileOut {
    ProfileOut {
        code: row.profile_id.clone(),
        gcc_code: row.gcc_profile_id.clone(),
        platform_code: row.id.to_string(),
        name: Some(name(row)),
        handle: channel_handle(&row.channel_id).map(str::to_owned),
        username: row.username.clone(),
        phone: row.phone.clone(),
        email: row.email.clone(),
        ig_id: Some(String::new()),
        description: row.description.clone(),
        platform: Some(Platform::Youtube.into()),
        profile_type: row.label.clone(),
        linked_handle: row.linked_instagram_handle.clone(),
        gcc_linked_handle: row.gcc_linked_instagram_handle.clone(),
        thumbnail: row.thumbnail.clone(),
        category_rank: texts(row.category_rank.as_ref()),
        est_post_price: numbers(row.est_post_price.as_ref()),
        categories: row.categories.clone(),
        metrics: metrics(row),
        grades: Some(grades(row)),
        updated_at: row.updated_at.map(|at| at.timestamp()).unwrap_or_default(),
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
        name: Some(title(row).unwrap_or(&row.channel_id).clone()),
        platform: Some(Platform::Youtube),
        handle: channel_handle(&row.channel_id).map(str::to_owned),
        username: row.username.clone(),
        thumbnail: row.thumbnail.clone(),
        followers: row.followers,
        avg_views: row.avg_views,
        uploads: row.uploads_count,
        avg_video_views_30d: row.avg_video_views_30d,
        avg_reach: Some(0.0),
        views: row.views_count,
        source: Some(source.name()),
        audience_city_available: Some(row.audience_city_available),
        audience_gender_available: Some(row.audience_gender_available),
        ..SocialAccountOut::default()
    }
}

fn name(row: &Row) -> String {
    let username = row.username.as_ref().filter(|name| !name.trim().is_empty());
    title(row).or(username).unwrap_or(&row.channel_id).clone()
}

fn title(row: &Row) -> Option<&String> {
    row.title.as_ref().filter(|title| !title.trim().is_empty())
}

fn metrics(row: &Row) -> MetricsOut {
    MetricsOut {
        followers: row.followers,
        views: row.views_count,
        followers_growth7d: row.followers_growth7d,
        authentic_engagement: row.authentic_engagement,
        comment_rate_percentage: row.comment_rate_percentage,
        country_rank: row.country_rank,
        video_views_last30: row.video_views_last30,
        avg_views: row.avg_views,
        video_reach: row.video_reach,
        shorts_reach: row.shorts_reach,
        reaction_rate: row.reaction_rate,
        comments_rate: row.comments_rate,
        cpm: row.cpm,
        avg_posts_per_week: row.avg_posts_per_week,
        followers_growth1y: row.followers_growth1y,
        avg_shorts_views_30d: row.avg_shorts_views_30d,
        avg_video_views_30d: row.avg_video_views_30d,
        latest_video_publish_time: row.latest_video_publish_time.map(|at| at.timestamp()),
        uploads: row.uploads_count,
        views_30d: row.views_30d,
        uploads_30d: row.uploads_30d,
        ..MetricsOut::default()
    }
}

fn grades(row: &Row) -> GradesOut {
    GradesOut {
        comments_rate_grade: row.comments_rate_grade.clone(),
        followers_grade: row.followers_grade.clone(),
        followers_growth7d_grade: row.followers_growth7d_grade.clone(),
        avg_posts_per_week_grade: row.avg_posts_per_week_grade.clone(),
        followers_growth1y_grade: row.followers_growth1y_grade.clone(),
        views_30d_grade: row.views_30d_grade.clone(),
        ..GradesOut::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::types::key_of_title;

    #[test]
    fn a_channel_is_called_by_its_first_name_that_is_not_blank() {
        let called = |title: Option<&str>, username: Option<&str>| {
            let (title, username) = (title.map(str::to_owned), username.map(str::to_owned));
            let row = Row { channel_id: "UC1".to_owned(), title, username, ..Row::default() };
            (profile(&row).name, social_account(&row, Source::Saas).name)
        };
        let names = |name: &str, linked: &str| (Some(name.to_owned()), Some(linked.to_owned()));
        assert_eq!(called(Some("Asha TV"), Some("asha")), names("Asha TV", "Asha TV"));
        assert_eq!(called(Some(" "), Some("asha")), names("asha", "UC1"));
        assert_eq!(called(None, Some("")), names("UC1", "UC1"));
    }

    #[test]
    fn a_channel_without_an_id_has_no_handle() {
        let row = Row {
            channel_id: key_of_title("6ce5dccecdb22fa7"),
            title: Some("Asha TV".to_owned()),
            ..Row::default()
        };
        assert_eq!(social_account(&row, Source::Saas).handle, None);
        assert_eq!(profile(&row).handle, None);
    }
}
