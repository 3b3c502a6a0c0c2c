//! What the statements on `collection_post_metrics_summary` have in common.

use sea_orm::Value;

use crate::core::error::Error;
use crate::modules::collection_metrics::dto::Measured;

/// Beginning of a statement: `chosen`, the collections `$4` of kind `$3` in the scope.
macro_rules! chosen {
    () => {
        "WITH chosen AS ( \
             SELECT c.id::text AS id FROM post_collection c \
             WHERE $3::text = 'POST' AND c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($4::text[]) \
             UNION ALL \
             SELECT c.id::text FROM profile_collection c \
             WHERE $3::text = 'PROFILE' AND c.partner_id BETWEEN $1 AND $2 \
               AND c.id = ANY(CASE WHEN $3::text = 'PROFILE' THEN $4::text[]::bigint[] END))"
    };
}

/// Beginning of a statement: `m`, the rows of the chosen collections that pass the filters. Further values
/// from `$13` on.
macro_rules! measured {
    () => {
        concat!(
            crate::modules::collection_metrics::dao::statement::chosen!(),
            ", m AS ( \
                 SELECT m.* FROM collection_post_metrics_summary m \
                 WHERE m.collection_type = $3::text AND m.collection_id IN (SELECT id FROM chosen) \
                   AND ($5::text[] IS NULL OR m.post_type = ANY($5::text[])) \
                   AND ($6::date IS NULL OR m.published_at >= $6::date) \
                   AND ($7::date IS NULL OR m.published_at <= $7::date) \
                   AND NOT EXISTS ( \
                       SELECT FROM jsonb_array_elements($8::jsonb) AS one(tags) \
                       WHERE NOT coalesce( \
                           m.hashtags ?| ARRAY(SELECT jsonb_array_elements_text(one.tags)), false)) \
                   AND ($9::text[] IS NULL OR m.profile_handle = ANY($9::text[])) \
                   AND ($10::text[] IS NULL OR m.post_short_code = ANY($10::text[])) \
                   AND ($11::bigint[] IS NULL OR m.post_collection_item_id = ANY($11::bigint[])) \
                   AND coalesce(m.profile_social_id, '') <> ALL($12::text[]))"
        )
    };
}

/// What is added up over rows of `m`.
macro_rules! sums {
    () => {
        "count(DISTINCT m.post_short_code) AS total_posts, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'image') AS images, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'story') AS stories, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'video') AS videos, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'short') AS shorts, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'reels') AS reels, \
         count(DISTINCT m.post_short_code) FILTER (WHERE lower(m.post_type) = 'carousel') AS carousels, \
         coalesce(sum(m.views), 0)::bigint AS views, \
         coalesce(sum(m.likes), 0)::bigint AS likes, \
         coalesce(sum(m.comments), 0)::bigint AS comments, \
         coalesce(sum(m.impressions), 0)::bigint AS impressions, \
         coalesce(sum(m.saves), 0)::bigint AS saves, \
         coalesce(sum(m.plays), 0)::bigint AS plays, \
         coalesce(sum(m.reach), 0)::bigint AS reach, \
         coalesce(sum(m.swipe_ups), 0)::bigint AS swipe_ups, \
         coalesce(sum(m.mentions), 0)::bigint AS mentions, \
         coalesce(sum(m.sticker_taps), 0)::bigint AS sticker_taps, \
         coalesce(sum(m.shares), 0)::bigint AS shares, \
         coalesce(sum(m.story_exits), 0)::bigint AS story_exits, \
         coalesce(sum(m.story_back_taps), 0)::bigint AS story_back_taps, \
         coalesce(sum(m.story_forward_taps), 0)::bigint AS story_forward_taps, \
         coalesce(sum(m.link_clicks), 0)::bigint AS link_clicks, \
         coalesce(sum(m.orders), 0)::bigint AS orders, \
         coalesce(sum(m.delivered_orders), 0)::bigint AS delivered_orders, \
         coalesce(sum(m.completed_orders), 0)::bigint AS completed_orders, \
         coalesce(sum(m.leaderboard_overall_orders), 0)::bigint AS leaderboard_overall_orders, \
         coalesce(sum(m.leaderboard_delivered_orders), 0)::bigint AS leaderboard_delivered_orders, \
         coalesce(sum(m.leaderboard_completed_orders), 0)::bigint AS leaderboard_completed_orders"
    };
}

pub(super) use {chosen, measured, sums};

/// Values for [`chosen!`] behind the scope's. Ids of profile collections are numbers.
pub fn ids(measured: Measured<'_>) -> Vec<Value> {
    vec![measured.kind.name().into(), measured.ids.to_vec().into()]
}

/// Values for [`measured!`] behind the scope's.
pub fn values(measured: Measured<'_>) -> Result<Vec<Value>, Error> {
    let filters = measured.filters;
    let tags = serde_json::to_value(&filters.hashtags);
    let tags = tags.map_err(|error| Error::internal("collection metrics", error))?;
    let mut values = ids(measured);
    values.extend([
        filters.post_types.clone().into(),
        filters.published_from.into(),
        filters.published_to.into(),
        tags.into(),
        filters.handles.clone().into(),
        filters.short_codes.clone().into(),
        filters.items.clone().into(),
        filters.except_accounts.clone().into(),
    ]);
    Ok(values)
}
