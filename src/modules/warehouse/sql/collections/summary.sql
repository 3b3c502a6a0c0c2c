-- Stores how the posts of a collection stand: $1 the posts, $2 and $3 the collection, $4 its share id, $5 the
-- time of the measurement. What the posts do not say comes from the item and the account.
INSERT INTO collection_post_metrics_summary AS s
    (platform, post_type, post_short_code, post_title, post_link, post_thumbnail, profile_pic, hashtags,
     published_at, profile_social_id, profile_handle, profile_name, followers, cost, collection_type,
     collection_id, collection_share_id, post_collection_item_id, views, likes, comments, impressions, plays,
     reach, er, updated_at)
SELECT
    r.platform, r.kind, r.code, coalesce(nullif(r.title, ''), i.post_title, ''), r.link, i.post_thumbnail,
    coalesce(instagram.thumbnail, youtube.thumbnail), r.hashtags, r.published_on, r.social_id,
    left(r.handle, 255), left(coalesce(instagram.name, youtube.title, r.name), 255),
    coalesce(instagram.followers, youtube.followers, 0), i.cost, $2, $3, $4, nullif(r.item_id, 0), r.views,
    r.likes, r.comments, r.impressions, r.plays, r.reach, r.er, $5
FROM jsonb_to_recordset($1) AS r (
    platform text, kind text, code text, title text, link text, hashtags jsonb, published_on date, social_id text,
    handle text, name text, item_id bigint, views bigint, likes bigint, comments bigint, impressions bigint,
    plays bigint, reach bigint, er double precision)
LEFT JOIN post_collection_item i ON i.id = r.item_id AND i.post_collection_id = $3
LEFT JOIN instagram_account instagram ON r.platform = 'INSTAGRAM' AND instagram.ig_id = r.social_id
LEFT JOIN youtube_account youtube ON r.platform = 'YOUTUBE' AND youtube.channel_id = r.social_id
ON CONFLICT (collection_id, collection_type, platform, post_short_code) DO UPDATE SET
    post_type = excluded.post_type, post_title = excluded.post_title, post_link = excluded.post_link,
    post_thumbnail = excluded.post_thumbnail, profile_pic = excluded.profile_pic, hashtags = excluded.hashtags,
    published_at = excluded.published_at, profile_social_id = excluded.profile_social_id,
    profile_handle = excluded.profile_handle, profile_name = excluded.profile_name,
    followers = excluded.followers, cost = excluded.cost, collection_share_id = excluded.collection_share_id,
    post_collection_item_id = excluded.post_collection_item_id, views = excluded.views, likes = excluded.likes,
    comments = excluded.comments, impressions = excluded.impressions, plays = excluded.plays,
    reach = excluded.reach, er = excluded.er, updated_at = excluded.updated_at
