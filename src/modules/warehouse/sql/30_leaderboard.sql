-- Monthly leaderboards of Instagram, YouTube and both together.
--
-- A rank is a row number over the rows of one month in one scope, so ranks are unique and stable; a row
-- without the metric has none. Rows that reach no rank below 1000 are left out. Conditions on a value
-- (prev_followers, plays, views) drop a row only if the value is known.
WITH
    -- Sums and counts end at the largest integer that JSON holds exactly.
    x -> toInt64(if(x > 9007199254740991, 9007199254740991, x)) AS saturated,
    ['plays', 'views', 'followers_change', 'followers'] AS metrics,
    -- (suffix, ranked by category, by language, by profile type)
    [
        ('', false, false, false),
        ('_by_cat', true, false, false),
        ('_by_lang', false, true, false),
        ('_by_profile', false, false, true),
        ('_by_cat_lang', true, true, false),
        ('_by_cat_profile', true, false, true),
        ('_by_lang_profile', false, true, true),
        ('_by_cat_lang_profile', true, true, true)
    ] AS scopes,
    arrayFlatten(arrayMap(m -> arrayMap(s -> concat(m, '_rank', s.1), scopes), metrics)) AS rank_keys,
    mapFromArrays(rank_keys, arrayMap(k -> toUInt64(0), rank_keys)) AS unranked,
    known AS (SELECT * FROM accounts FINAL WHERE generation = {generation:UInt64}),
    members AS
    (
        SELECT
            p.*,
            a.category AS category,
            a.language AS language,
            a.country AS country,
            ifNull(nullIf(a.profile_type, ''), 'CREATOR') AS profile_type,
            if(platform = 'INSTAGRAM', 'IA', 'YA') AS profile_platform,
            platform = 'YOUTUBE' AND a.linked_platform_id IN
                (SELECT platform_id FROM known WHERE platform = 'INSTAGRAM') AS is_linked,
            if(is_linked, 'IA', profile_platform) AS pair_platform,
            if(is_linked, a.linked_platform_id, platform_id) AS pair_id
        FROM account_periods AS p FINAL
        INNER JOIN known AS a USING (platform, platform_id)
        WHERE p.generation = {generation:UInt64} AND monthly_stats
            AND ifNull(prev_followers != 0, true)
            AND if(platform = 'INSTAGRAM', ifNull(plays > 0, true), ifNull(views > 0, true))
            AND (platform = 'YOUTUBE' OR a.handle != '')
    ),
    entries AS
    (
        SELECT
            date AS month, platform, profile_platform, platform_id,
            language, category, country, profile_type,
            followers, prev_followers, followers_change,
            views, prev_views, if(platform = 'YOUTUBE', views, NULL) AS yt_views, NULL AS ia_views,
            plays, prev_plays, likes, comments, uploads, engagement_rate
        FROM members
        UNION ALL
        SELECT
            date, 'ALL', pair_platform, pair_id,
            ifNull(anyIf(language, platform = 'YOUTUBE'), any(language)),
            ifNull(anyIf(category, platform = 'YOUTUBE'), any(category)),
            ifNull(anyIf(country, platform = 'YOUTUBE'), any(country)),
            max(profile_type),
            saturated(sum(toInt128(followers))),
            saturated(sum(toInt128(prev_followers))),
            saturated(sum(toInt128(followers_change))),
            saturated(sum(toInt128(if(platform = 'YOUTUBE', views, plays)))),
            saturated(sum(toInt128(prev_views))),
            saturated(sum(toInt128(if(platform = 'YOUTUBE', views, NULL)))),
            saturated(sum(toInt128(if(platform = 'INSTAGRAM', plays, NULL)))),
            NULL,
            NULL,
            saturated(sum(toInt128(likes))),
            saturated(sum(toInt128(comments))),
            saturated(sum(toInt128(uploads))),
            NULL
        FROM members
        GROUP BY date, pair_platform, pair_id
    ),
    contenders AS
    (
        SELECT
            month, platform, profile_platform, platform_id, language, category, profile_type,
            if(platform = 'YOUTUBE', (followers, followers_change, views), (NULL, NULL, NULL)) AS ties,
            arrayJoin(scopes) AS scope,
            -- (metric, its value, values that decide between equals)
            arrayJoin([
                ('plays', plays, NULL, NULL),
                ('views', views, ties.1, ties.2),
                ('followers_change', followers_change, ties.1, ties.3),
                ('followers', followers, ties.2, ties.3)
            ]) AS metric
        FROM entries
    ),
    ranks AS
    (
        SELECT
            month, platform, profile_platform, platform_id,
            concat(metric.1, '_rank', scope.1) AS rank_key,
            row_number() OVER
            (
                PARTITION BY
                    month, platform, metric.1, scope.1,
                    if(scope.2, ifNull(nullIf(category, ''), 'MISSING'), ''),
                    if(scope.3, ifNull(nullIf(language, ''), 'MISSING'), ''),
                    if(scope.4, profile_type, '')
                ORDER BY
                    metric.2 DESC,
                    metric.3 DESC NULLS LAST,
                    metric.4 DESC NULLS LAST,
                    platform_id DESC,
                    profile_platform DESC
            ) AS rank
        FROM contenders
        WHERE metric.2 IS NOT NULL
    ),
    kept AS
    (
        SELECT
            month, platform, profile_platform, platform_id,
            mapFromArrays(groupArray(rank_key), groupArray(rank)) AS found,
            mapApply((k, v) -> (k, found[k]), unranked) AS current_month_ranks
        FROM ranks
        GROUP BY month, platform, profile_platform, platform_id
        HAVING min(rank) < 1000
    ),
    compared AS
    (
        SELECT
            month, platform, profile_platform, platform_id, current_month_ranks,
            any((month, current_month_ranks)) OVER
            (
                PARTITION BY platform, profile_platform, platform_id ORDER BY month
                ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING
            ) AS previous,
            if(month - previous.1 <= 31, previous.2, unranked) AS last_month_ranks
        FROM kept
    ),
    identities AS
    (
        SELECT
            if(platform = 'INSTAGRAM', 'IA', 'YA') AS profile_platform,
            platform_id, account_id, handle, search_phrase, search_text, audience_gender, audience_age
        FROM known
    )
SELECT
    month,
    platform,
    profile_platform,
    platform_id,
    account_id AS platform_profile_id,
    handle,
    search_phrase,
    search_text,
    language,
    category,
    country,
    profile_type,
    followers,
    prev_followers,
    followers_change,
    views,
    prev_views,
    yt_views,
    ia_views,
    plays,
    prev_plays,
    likes,
    comments,
    saturated(likes + comments) AS engagement,
    uploads,
    engagement_rate,
    if(platform = 'INSTAGRAM', likes / uploads, NULL) AS avg_likes,
    if(platform = 'INSTAGRAM', comments / uploads, NULL) AS avg_comments,
    NULL AS avg_views,
    if(platform = 'INSTAGRAM', plays / uploads, NULL) AS avg_plays,
    nullIf(current_month_ranks['followers_rank'], 0) AS followers_rank,
    nullIf(current_month_ranks['followers_change_rank'], 0) AS followers_change_rank,
    nullIf(current_month_ranks['views_rank'], 0) AS views_rank,
    nullIf(current_month_ranks['plays_rank'], 0) AS plays_rank,
    current_month_ranks,
    last_month_ranks,
    audience_gender,
    audience_age,
    true AS enabled
FROM entries
INNER JOIN compared USING (month, platform, profile_platform, platform_id)
INNER JOIN identities USING (profile_platform, platform_id)
