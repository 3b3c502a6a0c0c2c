-- Totals and latest facts of every channel whose videos were observed, for the account rows of
-- PostgreSQL. `category` is the title observed most often, the first in the alphabet among equals,
-- `name` that of the most recent snapshot, `keywords` its words. `country` is that of the lists which
-- show the channel most, the first in the alphabet among equals.
WITH
    -- Sums and counts end at the largest integer that JSON holds exactly.
    x -> toInt64(if(x > 9007199254740991, 9007199254740991, x)) AS saturated,
    videos AS
    (
        SELECT
            platform_id,
            post_id,
            max(views) AS top_views,
            max(published_at) AS published_at,
            max((observed_on, account_name)) AS latest,
            sumMap(map(toString(category), toUInt64(1))) AS categories,
            sumMap(CAST((countries, arrayMap(country -> toUInt64(1), countries)), 'Map(String, UInt64)'))
                AS countries_seen
        FROM post_observations FINAL
        WHERE platform = 'YOUTUBE'
        GROUP BY platform_id, post_id
    ),
    channels AS
    (
        SELECT
            platform_id,
            max(latest) AS latest,
            saturated(sum(toInt128(top_views))) AS views_count,
            count() AS uploads_count,
            mapFilter((title, n) -> title != '', sumMap(categories)) AS categories,
            sumMap(countries_seen) AS countries,
            max(published_at) AS latest_video_publish_time
        FROM videos
        GROUP BY platform_id
    )
SELECT
    platform_id,
    latest.2 AS name,
    arrayDistinct(splitByWhitespace(lowerUTF8(name))) AS keywords,
    nullIf(arraySort(title -> (-categories[title], title), mapKeys(categories))[1], '') AS category,
    nullIf(arraySort(code -> (-countries[code], code), mapKeys(countries))[1], '') AS country,
    views_count,
    uploads_count,
    views_count / uploads_count AS avg_views,
    latest_video_publish_time,
    latest.1 AS last_observed_on
FROM channels
ORDER BY platform_id
