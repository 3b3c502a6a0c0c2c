-- Weekly and monthly values of every observed account.
--
-- A week is dated by the Sunday that begins it, a month by its first day. Whatever the metric, a period
-- has the last observation in it. A channel whose own totals are not observed gets them from its videos:
-- its lifetime views on a day are the sum over its videos of the highest views seen up to that day, its
-- uploads the number of videos seen. Plays, likes, comments and uploads of an Instagram account belong to
-- the period in which a post was published.
WITH
    ? AS business_zone,
    -- Sums and counts end at the largest integer that JSON holds exactly.
    x -> toInt64(if(x > 9007199254740991, 9007199254740991, x)) AS saturated,
    video_gains AS
    (
        SELECT
            platform_id,
            observed_on,
            toInt64(count() OVER earlier = 0) AS first_seen,
            views - least(views, ifNull(max(views) OVER earlier, 0)) AS views_gain,
            likes - least(likes, ifNull(max(likes) OVER earlier, 0)) AS likes_gain,
            comments - least(comments, ifNull(max(comments) OVER earlier, 0)) AS comments_gain
        FROM post_observations FINAL
        WHERE platform = 'YOUTUBE' AND platform_id NOT IN
        (
            SELECT platform_id FROM profile_observations FINAL
            WHERE platform = 'YOUTUBE' AND (views IS NOT NULL OR uploads IS NOT NULL)
        )
        WINDOW earlier AS
        (
            PARTITION BY platform_id, post_id ORDER BY observed_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ),
    channel_days AS
    (
        SELECT
            platform_id,
            observed_on,
            sum(sum(first_seen)) OVER so_far AS uploads_total,
            saturated(sum(sum(toInt128(views_gain))) OVER so_far) AS views_total,
            saturated(sum(sum(toInt128(likes_gain))) OVER so_far) AS likes_total,
            saturated(sum(sum(toInt128(comments_gain))) OVER so_far) AS comments_total
        FROM video_gains
        GROUP BY platform_id, observed_on
        WINDOW so_far AS
        (
            PARTITION BY platform_id ORDER BY observed_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ),
    instagram_posts AS
    (
        SELECT
            platform_id,
            toDate(toTimeZone(max(published_at), business_zone)) AS published_on,
            max(views) AS plays,
            max(likes) AS likes,
            max(comments) AS comments
        FROM post_observations FINAL
        WHERE platform = 'INSTAGRAM'
        GROUP BY platform_id, post_id
    ),
    days AS
    (
        SELECT
            'YOUTUBE' AS platform, platform_id, observed_on AS day,
            NULL AS followers, NULL AS following, NULL AS avg_engagement,
            views_total, uploads_total, likes_total, comments_total,
            NULL AS posts, NULL AS plays, NULL AS likes, NULL AS comments
        FROM channel_days
        UNION ALL
        SELECT
            platform, platform_id, observed_on,
            followers, following, avg_engagement,
            if(platform = 'YOUTUBE', views, NULL), if(platform = 'YOUTUBE', uploads, NULL), NULL, NULL,
            NULL, NULL, NULL, NULL
        FROM profile_observations FINAL
        UNION ALL
        SELECT
            'INSTAGRAM', platform_id, published_on,
            NULL, NULL, NULL,
            NULL, NULL, NULL, NULL,
            toInt64(1), plays, likes, comments
        FROM instagram_posts
    ),
    periods AS
    (
        SELECT
            platform,
            platform_id,
            arrayJoin([false, true]) AS monthly_stats,
            if(monthly_stats, toStartOfMonth(day), toStartOfWeek(day)) AS date,
            argMaxIf(followers, day, followers IS NOT NULL) AS followers,
            argMaxIf(following, day, following IS NOT NULL) AS following,
            argMaxIf(avg_engagement, day, avg_engagement IS NOT NULL) AS avg_engagement,
            argMaxIf(views_total, day, views_total IS NOT NULL) AS views_total,
            argMaxIf(uploads_total, day, uploads_total IS NOT NULL) AS uploads_total,
            argMaxIf(likes_total, day, likes_total IS NOT NULL) AS likes_total,
            argMaxIf(comments_total, day, comments_total IS NOT NULL) AS comments_total,
            sum(posts) AS posts,
            saturated(sum(toInt128(plays))) AS plays,
            saturated(sum(toInt128(likes))) AS likes,
            saturated(sum(toInt128(comments))) AS comments
        FROM days
        GROUP BY platform, platform_id, monthly_stats, date
    ),
    chained AS
    (
        SELECT
            *,
            saturated(sum(toInt128(plays)) OVER so_far) AS plays_total,
            any(toNullable(date)) OVER previous AS prev_date,
            date - prev_date <= if(monthly_stats, 31, 7) AS adjacent,
            if(adjacent, any(followers) OVER previous, NULL) AS prev_followers,
            if(adjacent, any(plays) OVER previous, NULL) AS prev_plays,
            if(adjacent, any(views_total) OVER previous, NULL) AS prev_views,
            if(adjacent, any(uploads_total) OVER previous, NULL) AS prev_uploads,
            if(adjacent, any(likes_total) OVER previous, NULL) AS prev_likes,
            if(adjacent, any(comments_total) OVER previous, NULL) AS prev_comments
        FROM periods
        WINDOW
            so_far AS
            (
                PARTITION BY platform, platform_id, monthly_stats ORDER BY date
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ),
            previous AS
            (
                PARTITION BY platform, platform_id, monthly_stats ORDER BY date
                ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING
            )
    )
SELECT
    platform,
    platform_id,
    monthly_stats,
    date,
    prev_date,
    followers,
    prev_followers,
    followers - prev_followers AS followers_change,
    following,
    views_total,
    prev_views,
    if(views_total < prev_views, 0, views_total - prev_views) AS views,
    plays_total,
    prev_plays,
    plays,
    if(platform = 'INSTAGRAM', posts,
        if(uploads_total < prev_uploads, 0, uploads_total - prev_uploads)) AS uploads,
    if(platform = 'INSTAGRAM', likes, likes_total - prev_likes) AS likes,
    if(platform = 'INSTAGRAM', comments, comments_total - prev_comments) AS comments,
    if(platform != 'INSTAGRAM', NULL,
        if(followers = 0, 0, ifNull((likes + comments) / posts, avg_engagement) / followers)) AS engagement_rate
FROM chained
