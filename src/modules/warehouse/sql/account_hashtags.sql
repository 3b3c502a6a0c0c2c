-- The ten hashtags that an account used in most of its posts, with the number of these posts; equal
-- numbers in alphabetical order.
WITH
    uses AS
    (
        SELECT
            platform,
            platform_id,
            lowerUTF8(arrayJoin(hashtags)) AS hashtag,
            toInt64(uniqExact(post_id)) AS posts
        FROM post_observations FINAL
        GROUP BY platform, platform_id, hashtag
        HAVING hashtag != ''
    ),
    tops AS
    (
        SELECT
            platform,
            platform_id,
            arraySlice(arraySort(use -> (-use.2, use.1), groupArray((hashtag, posts))), 1, 10) AS top
        FROM uses
        GROUP BY platform, platform_id
    )
SELECT platform, platform_id, top.1 AS hashtags, top.2 AS hashtags_counts
FROM tops
ORDER BY platform, platform_id
