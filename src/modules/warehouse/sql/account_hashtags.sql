-- The ten hashtags that an account used in most of its posts, with the number of these posts; equal
-- numbers in alphabetical order.
WITH
    uses AS
    (
        SELECT platform, platform_id, lowerUTF8(arrayJoin(hashtags)) AS hashtag, uniqExact(post_id) AS posts
        FROM post_observations FINAL
        GROUP BY platform, platform_id, hashtag
        HAVING hashtag != ''
    )
SELECT
    platform,
    platform_id,
    arraySlice(arraySort(groupArray((-toInt64(posts), hashtag))), 1, 10) AS top,
    top.2 AS hashtags,
    arrayMap(n -> -n, top.1) AS hashtags_counts
FROM uses
GROUP BY platform, platform_id
ORDER BY platform, platform_id
