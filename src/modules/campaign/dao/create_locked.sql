-- $1 platforms and $2 accounts, side by side; $3 who. Locks the rows in one order, those that exist too.
INSERT INTO campaign_profiles AS c (platform, platform_account_id, updated_by, admin_details, user_details)
SELECT n.platform, n.account_id, $3, default_details
FROM unnest($1::text[], $2::bigint[]) AS n (platform, account_id)
ORDER BY n.platform, n.account_id
ON CONFLICT (platform, platform_account_id) DO UPDATE SET enabled = c.enabled
RETURNING c.*, xmax = 0 AS is_new
