-- $1 channel ids: what the import has to merge with.
SELECT jsonb_build_object(
    'id', a.id,
    'channelId', a.channel_id,
    'title', a.title,
    'username', a.username,
    'city', a.city,
    'state', a.state,
    'country', a.country,
    'followers', a.followers,
    'categories', a.categories,
    'lastSyncedAt', a.last_synced_at,
    'adminDetails', c.admin_details,
    'userDetails', c.user_details)
FROM youtube_account a
LEFT JOIN campaign_profiles c ON c.platform = 'YOUTUBE' AND c.platform_account_id = a.id
WHERE a.channel_id = ANY ($1)
ORDER BY a.id
FOR UPDATE OF a
