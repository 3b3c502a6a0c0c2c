-- Totals and latest facts of every channel whose videos were observed, for the account rows of
-- PostgreSQL. `category` is the title observed most often, the first in the alphabet among equals,
-- `name` that of the most recent snapshot, `keywords` its words.
WITH
    videos AS
    (
        SELECT
            platform_id,
            post_id,
            max(views) AS top_views,
            max(published_at) AS published_at,
            max((observed_on, account_name)) AS latest,
            sumMap(map(toString(category), toUInt64(1))) AS categories
        FROM post_observations FINAL
        WHERE platform = 'YOUTUBE'
        GROUP BY platform_id, post_id
    ),
    channels AS
    (
        SELECT
            platform_id,
            max(latest) AS latest,
            sum(top_views) AS views_count,
            count() AS uploads_count,
            mapFilter((title, n) -> title != '', sumMap(categories)) AS categories,
            max(published_at) AS latest_video_publish_time
        FROM videos
        GROUP BY platform_id
    )
SELECT
    platform_id,
    latest.2 AS name,
    arrayDistinct(splitByWhitespace(lowerUTF8(name))) AS keywords,
    nullIf(arraySort(title -> (-categories[title], title), mapKeys(categories))[1], '') AS category,
    views_count,
    uploads_count,
    views_count / uploads_count AS avg_views,
    latest_video_publish_time,
    latest.1 AS last_observed_on
FROM channels
ORDER BY platform_id
