-- The growth of every known account, week by week and month by month.
SELECT
    platform,
    account_id AS platform_profile_id,
    platform_id,
    monthly_stats,
    date,
    prev_date,
    p.followers AS followers,
    following,
    views,
    plays,
    uploads,
    if(platform = 'YOUTUBE' AND followers_change < 0, 0, followers_change) AS followers_change,
    views_total,
    plays_total,
    engagement_rate,
    true AS enabled
FROM account_periods AS p FINAL
INNER JOIN (SELECT * FROM accounts FINAL WHERE generation = {generation:UInt64}) AS a
    USING (platform, platform_id)
WHERE p.generation = {generation:UInt64}
