-- Accounts of profile collection $1 behind item $2: their posts are measured.
SELECT i.id, i.platform, coalesce(instagram.ig_id, youtube.channel_id) AS key, '' AS post_type
FROM profile_collection_item i
LEFT JOIN instagram_account instagram
    ON i.platform = 'INSTAGRAM' AND instagram.id = i.platform_account_code
LEFT JOIN youtube_account youtube
    ON i.platform = 'YOUTUBE' AND youtube.id = i.platform_account_code
WHERE i.profile_collection_id = $1::bigint AND i.id > $2 AND i.enabled
  AND coalesce(instagram.ig_id, youtube.channel_id) IS NOT NULL
ORDER BY i.id
LIMIT $3
