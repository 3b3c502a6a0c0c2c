-- $1 rows as JSON: platform, platform_id, hashtags, hashtags_counts.
WITH found AS (
    SELECT r.platform, a.id AS account_id, r.platform_id, r.hashtags, r.hashtags_counts
    FROM jsonb_populate_recordset(NULL::social_profile_hashtags, $1) AS r
    JOIN youtube_account a ON a.channel_id = r.platform_id
    WHERE r.platform = 'YOUTUBE'
    UNION ALL
    SELECT r.platform, a.id, r.platform_id, r.hashtags, r.hashtags_counts
    FROM jsonb_populate_recordset(NULL::social_profile_hashtags, $1) AS r
    JOIN instagram_account a ON a.ig_id = r.platform_id
    WHERE r.platform = 'INSTAGRAM'
), changed AS (
    UPDATE social_profile_hashtags AS h SET
        platform_id = f.platform_id,
        hashtags = f.hashtags,
        hashtags_counts = f.hashtags_counts,
        updated_at = CURRENT_TIMESTAMP
    FROM found f
    WHERE h.platform = f.platform AND h.platform_profile_id = f.account_id
      AND (h.platform_id, h.hashtags, h.hashtags_counts)
          IS DISTINCT FROM (f.platform_id, f.hashtags, f.hashtags_counts)
)
INSERT INTO social_profile_hashtags
    (platform, platform_profile_id, platform_id, hashtags, hashtags_counts)
SELECT f.platform, f.account_id, f.platform_id, f.hashtags, f.hashtags_counts
FROM found f
WHERE NOT EXISTS (
    SELECT FROM social_profile_hashtags h
    WHERE h.platform = f.platform AND h.platform_profile_id = f.account_id)
ON CONFLICT DO NOTHING
