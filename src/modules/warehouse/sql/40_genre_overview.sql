-- Sums over the accounts of a genre for each month. Every row counts for all 32 combinations of its own
-- dimensions and ALL, so an ALL row holds each account once. Accounts without a category or language
-- count for ALL only. Instagram has plays in the place of views. The share of an audience bucket is the
-- mean of the accounts whose audience is known, weighted with their followers.
WITH
    -- Sums and counts end at the largest integer that JSON holds exactly.
    x -> toInt64(if(x > 9007199254740991, 9007199254740991, x)) AS saturated,
    members AS
    (
        SELECT
            toString(date) AS own_month,
            platform AS own_platform,
            platform_id,
            ifNull(nullIf(a.category, ''), 'MISSING') AS own_category,
            multiIf(
                a.language IN ('en', 'bn', 'ta', 'te', 'mr', 'kn', 'hi'), a.language,
                a.language = 'ka', 'kn',
                'MISSING') AS own_language,
            ifNull(nullIf(a.profile_type, ''), 'CREATOR') AS own_profile_type,
            if(platform = 'INSTAGRAM', plays, views) AS own_views,
            plays AS own_plays,
            p.followers AS own_followers,
            uploads AS own_uploads,
            likes AS own_likes,
            comments AS own_comments,
            own_followers > 0
                AND a.audience_gender['male_per'] + a.audience_gender['female_per'] > 0 AS has_audience,
            mapApply((k, v) -> (k, v * ifNull(own_followers, 0)), a.audience_gender) AS gender,
            mapApply((k, v) -> (k, v * ifNull(own_followers, 0)), a.audience_age) AS age,
            mapApply((k, v) -> (k, v * ifNull(own_followers, 0)), a.audience_age_gender['male']) AS male,
            mapApply((k, v) -> (k, v * ifNull(own_followers, 0)), a.audience_age_gender['female']) AS female
        FROM account_periods AS p FINAL
        INNER JOIN (SELECT * FROM accounts FINAL WHERE generation = {generation:UInt64}) AS a
            USING (platform, platform_id)
        WHERE p.generation = {generation:UInt64} AND monthly_stats
    ),
    genres AS
    (
        SELECT
            arrayJoin([own_month, 'ALL']) AS month,
            arrayJoin([own_platform, 'ALL']) AS platform,
            arrayJoin([own_category, 'ALL']) AS category,
            arrayJoin([own_language, 'ALL']) AS language,
            arrayJoin([own_profile_type, 'ALL']) AS profile_type,
            members.*
        FROM members
    ),
    totals AS
    (
        SELECT
            month, platform, category, language, profile_type,
            uniqExact(own_platform, platform_id) AS creators,
            saturated(sum(toInt128(own_uploads))) AS uploads,
            saturated(sum(toInt128(own_views))) AS views,
            saturated(sum(toInt128(own_plays))) AS plays,
            saturated(sum(toInt128(own_followers))) AS followers,
            saturated(sum(toInt128(own_likes))) AS likes,
            saturated(sum(toInt128(own_comments))) AS comments,
            saturated(sumIf(toInt128(own_followers), has_audience)) AS audience,
            sumMapIf(gender, has_audience) AS gender,
            sumMapIf(age, has_audience) AS age,
            sumMapIf(male, has_audience) AS male,
            sumMapIf(female, has_audience) AS female
        FROM genres
        WHERE category != 'MISSING' AND language != 'MISSING'
        GROUP BY month, platform, category, language, profile_type
    )
SELECT
    month,
    platform,
    category,
    language,
    profile_type,
    NULL AS country,
    creators,
    uploads,
    views,
    plays,
    followers,
    likes,
    comments,
    saturated(likes + comments) AS engagement,
    if(views = 0, 0, engagement / views) AS engagement_rate,
    mapFilter((k, v) -> notEmpty(v), map(
        'male', mapApply((k, v) -> (k, round(v / audience, 2)), male),
        'female', mapApply((k, v) -> (k, round(v / audience, 2)), female))) AS audience_age_gender,
    mapApply((k, v) -> (k, round(v / audience, 2)), age) AS audience_age,
    mapApply((k, v) -> (k, round(v / audience, 2)), gender) AS audience_gender,
    true AS enabled
FROM totals
