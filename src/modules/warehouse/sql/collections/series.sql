-- Daily values of posts in a collection, of the days on which they were observed. A post without a date has
-- none. On Instagram a count of 0 is one that was not seen: the one before stands. Reach and impressions of
-- YouTube are its views; those of Instagram are estimated from likes (images) or from plays and followers
-- (reels), and 0 where the kind of the post is not known. `views` has the public meaning of reach.
INSERT INTO mart_collection_post_ts
    (platform, post_short_code, post_collection_item_id, post_type, post_title, post_link, hashtags, keywords,
     published_at, profile_social_id, profile_handle, post_handle, profile_name, collection_type, collection_id,
     followers, stats_date, views, likes, comments, impressions, plays, reach, total_engagement,
     engagement_rate, updated_at)
WITH
    ? AS asked_platform, ? AS by_account, ? AS asked, ? AS codes, ? AS kinds, ? AS items, ? AS of_type, ? AS of_id,
    ? AS measured_at,
    multiIf(is_youtube, ifNull(seen_views, 0), 0) AS youtube_views,
    if(is_youtube, 0, toFloat64(ifNull(seen_views, 0))) AS instagram_plays,
    ifNull(seen_likes, 0) AS likes_now,
    ifNull(seen_comments, 0) AS comments_now,
    ifNull(account.followers, 0) AS account_followers,
    if(account_followers > 1, log2(account_followers), 0) AS log_followers,
    multiIf(
        is_youtube, toFloat64(youtube_views),
        kind = 'reels' AND account_followers > 0, greatest(0, instagram_plays * (0.94 - 0.001 * log_followers)),
        kind IN ('image', 'carousel') AND likes_now > 0,
            greatest(0, 0.85 * likes_now * (7.6 - 0.7 * log10(likes_now))),
        0) AS reach_now,
    multiIf(
        is_youtube, toFloat64(youtube_views),
        kind = 'reels', instagram_plays,
        kind IN ('image', 'carousel') AND likes_now > 0,
            greatest(0, 0.95 * likes_now * (7.6 - 0.75 * log10(likes_now))),
        0) AS impressions_now
SELECT
    asked_platform, post_id, item_id, kind, title,
    if(is_youtube, concat('https://youtube.com/v/', post_id), concat('https://instagram.com/p/', post_id)),
    tags, words, published_at, platform_id,
    if(is_youtube, platform_id, ifNull(account.handle, account_name)),
    if(is_youtube, platform_id, ifNull(account.handle, account_name)),
    account_name, of_type, of_id, account_followers, observed_on,
    reach_now, likes_now, comments_now, impressions_now, instagram_plays, reach_now,
    likes_now + comments_now,
    if(reach_now > 0, (likes_now + comments_now) / reach_now, 0),
    fromUnixTimestamp64Milli(toInt64(measured_at))
FROM
(
    SELECT
        asked_platform = 'YOUTUBE' AS is_youtube,
        post_id, platform_id, account_name, title, published_at, observed_on,
        if(is_youtube, 'video', transform(post_id, codes, kinds, '')) AS kind,
        transform(post_id, codes, items, toInt64(0)) AS item_id,
        if(notEmpty(hashtags), arrayMap(tag -> if(startsWith(tag, '#'), tag, concat('#', tag)), hashtags),
           extractAll(title, '#[\\p{L}\\p{N}\\p{M}_]+')) AS tags,
        extractAll(title, '[\\p{L}\\p{N}\\p{M}]{4,}') AS words,
        if(is_youtube, views, last_value(nullIf(views, 0)) OVER earlier) AS seen_views,
        if(is_youtube, likes, last_value(nullIf(likes, 0)) OVER earlier) AS seen_likes,
        comments AS seen_comments
    FROM post_observations FINAL
    WHERE platform = asked_platform
      AND if(by_account, platform_id, post_id) IN asked
      AND published_at > toDateTime(0, 'UTC') AND NOT startsWith(post_id, 'damaged-')
    WINDOW earlier AS (PARTITION BY post_id ORDER BY observed_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS seen
LEFT JOIN
(
    SELECT platform_id, any(handle) AS handle, any(followers) AS followers
    FROM accounts FINAL
    WHERE platform = asked_platform
      AND generation = (SELECT max(generation) FROM derived_generations WHERE state = 'published')
      AND platform_id IN (
          SELECT platform_id FROM post_observations
          WHERE platform = asked_platform
            AND if(by_account, platform_id, post_id) IN asked)
    GROUP BY platform_id
) AS account USING (platform_id)
