-- The posts of a collection as they were observed last.
SELECT
    toString(platform) AS platform, post_short_code AS code,
    ifNull(argMax(post_collection_item_id, stats_date), 0) AS item_id,
    toString(argMax(post_type, stats_date)) AS kind,
    argMax(post_title, stats_date) AS title,
    argMax(post_link, stats_date) AS link,
    arrayDistinct(arrayMap(tag -> lowerUTF8(tag), argMax(hashtags, stats_date))) AS hashtags,
    formatDateTime(argMax(published_at, stats_date), '%Y-%m-%d', ?) AS published_on,
    ifNull(argMax(profile_social_id, stats_date), '') AS social_id,
    argMax(profile_handle, stats_date) AS handle,
    ifNull(argMax(profile_name, stats_date), '') AS name,
    toInt64(round(ifNull(argMax(views, stats_date), 0))) AS views,
    toInt64(ifNull(argMax(likes, stats_date), 0)) AS likes,
    toInt64(ifNull(argMax(comments, stats_date), 0)) AS comments,
    toInt64(round(ifNull(argMax(impressions, stats_date), 0))) AS impressions,
    toInt64(ifNull(argMax(plays, stats_date), 0)) AS plays,
    toInt64(round(ifNull(argMax(reach, stats_date), 0))) AS reach,
    toFloat64(ifNull(argMax(engagement_rate, stats_date), 0)) AS er
FROM mart_collection_post_ts FINAL
WHERE collection_type = ? AND collection_id = ? AND updated_at >= fromUnixTimestamp64Milli(toInt64(?))
GROUP BY platform, post_short_code
