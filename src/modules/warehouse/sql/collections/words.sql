-- The 100 most frequent hashtags and words of a collection's posts; every occurrence counts.
SELECT is_tag, word, tagged
FROM
(
    SELECT is_tag, word, count() AS tagged
    FROM
    (
        SELECT arrayJoin(arrayConcat(
            arrayMap(tag -> (true, tag), argMax(hashtags, stats_date)),
            arrayMap(word -> (false, word), argMax(keywords, stats_date)))) AS both,
            both.1 AS is_tag, both.2 AS word
        FROM mart_collection_post_ts FINAL
        WHERE collection_type = ? AND collection_id = ? AND updated_at >= fromUnixTimestamp64Milli(toInt64(?))
        GROUP BY platform, post_short_code
    )
    WHERE lengthUTF8(word) <= 255 AND (is_tag OR lowerUTF8(word) NOT IN ?)
    GROUP BY is_tag, word
)
ORDER BY is_tag, tagged DESC, word
LIMIT 100 BY is_tag
