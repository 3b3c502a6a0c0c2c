-- The 500 most viewed videos and the 500 most played Instagram posts of each month and category. A post
-- belongs to the month in which it was published and to its own category, else to that of its account.
-- Views and engagement are those of the observation with the most views. The views of an Instagram
-- post are its estimated reach: plays x (0.94 - 0.001 x log2 followers).
WITH
    -- Sums and counts end at the largest integer that JSON holds exactly.
    x -> toInt64(if(x > 9007199254740991, 9007199254740991, x)) AS saturated,
    ? AS business_zone,
    posts AS
    (
        SELECT
            platform,
            post_id,
            argMax(platform_id, observed_on) AS platform_id,
            argMax(published_at, observed_on) AS published_at,
            argMaxIf(category, observed_on, category != '') AS own_category,
            nullIf(argMaxIf(title, observed_on, title != ''), '') AS title,
            argMax((views, likes, comments), (ifNull(views, -1), observed_on)) AS best
        FROM post_observations FINAL
        WHERE NOT startsWith(post_id, 'damaged-')
        GROUP BY platform, post_id
    ),
    contents AS
    (
        SELECT
            platform,
            platform = 'INSTAGRAM' AS is_instagram,
            platform_id,
            post_id,
            published_at,
            title,
            a.account_id AS platform_account_id,
            ifNull(nullIf(a.profile_type, ''), 'CREATOR') AS profile_type,
            coalesce(nullIf(own_category, ''), nullIf(a.category, '')) AS category,
            a.language AS language,
            a.audience_gender AS audience_gender,
            a.audience_age AS audience_age,
            toString(toDate(toStartOfMonth(toTimeZone(published_at, business_zone)))) AS month,
            if(is_instagram, best.1, NULL) AS plays,
            multiIf(
                NOT is_instagram, best.1,
                a.followers IS NULL, NULL,
                toInt64(round(plays * (0.94 - 0.001 * log2(greatest(a.followers, 1)))))) AS views,
            best.2 AS likes,
            best.3 AS comments
        FROM posts
        INNER JOIN (SELECT * FROM accounts FINAL WHERE generation = {generation:UInt64}) AS a
            USING (platform, platform_id)
        WHERE best.1 > 0
            AND (platform = 'YOUTUBE' OR ifNull(best.2 > 0, true) AND ifNull(a.followers > 0, true))
    ),
    ranked AS
    (
        SELECT
            *,
            row_number() OVER
            (
                PARTITION BY platform, month, ifNull(category, 'MISSING')
                ORDER BY if(is_instagram, plays, views) DESC, post_id DESC
            ) AS rank
        FROM contents
    )
SELECT
    month,
    platform,
    post_id,
    platform_id AS profile_social_id,
    platform_account_id,
    profile_type,
    category,
    language,
    if(is_instagram, 'reels', 'video') AS post_type,
    -- the escape stands for a question mark, which the client would take for a bound argument
    concat(
        if(is_instagram, 'https://www.instagram.com/reel/', 'https://www.youtube.com/watch\x3Fv='),
        post_id) AS post_link,
    if(is_instagram, NULL, concat('https://i.ytimg.com/vi/', post_id, '/hqdefault.jpg')) AS thumbnail,
    title,
    if(is_instagram, title, NULL) AS description,
    published_at,
    NULL AS duration,
    views,
    plays,
    likes,
    comments,
    saturated(likes + comments) AS engagement,
    if(views = 0, 0, engagement / views) AS engagement_rate,
    if(is_instagram, NULL, rank) AS views_rank,
    if(is_instagram, rank, NULL) AS plays_rank,
    audience_gender,
    audience_age,
    true AS enabled
FROM ranked
WHERE rank <= 500
