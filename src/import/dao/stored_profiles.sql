-- $1 handles in lower case: what the import has to merge with. Handles may repeat; the account with the handle, then
-- the one whose ig_id is known, then the one in use and the newest stands for it.
SELECT jsonb_build_object(
    'wanted', wanted.handle,
    'id', a.id,
    'igId', a.ig_id,
    'handle', a.handle,
    'name', a.name,
    'city', a.city,
    'state', a.state,
    'country', a.country,
    'followers', a.followers,
    'authenticEngagement', a.authentic_engagement,
    'engagementRate', a.engagement_rate,
    'avgReach', a.avg_reach,
    'avgLikes', a.avg_likes,
    'avgComments', a.avg_comments,
    'categories', a.categories,
    'lastSyncedAt', a.last_synced_at,
    'adminDetails', c.admin_details,
    'userDetails', c.user_details)
FROM unnest($1::text[]) AS wanted (handle)
CROSS JOIN LATERAL (
    SELECT * FROM instagram_account known
    WHERE lower(known.handle) = wanted.handle OR known.ig_id = 'MISSING-' || wanted.handle
    ORDER BY lower(known.handle) = wanted.handle DESC,
             known.ig_id LIKE 'MISSING-%',
             (known.enabled AND known.deleted IS NOT TRUE) DESC,
             known.updated_at DESC,
             known.id
    LIMIT 1
    FOR UPDATE
) AS a
LEFT JOIN campaign_profiles c ON c.platform = 'INSTAGRAM' AND c.platform_account_id = a.id
