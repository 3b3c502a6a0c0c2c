-- $1 platform, $2 account ids: gives each account the row of its campaign profile. The details are their
-- defaults.
INSERT INTO campaign_profiles (
    platform, platform_account_id, on_gcc, on_gcc_app, updated_by, admin_details, user_details
)
SELECT $1, id, false, false, 'SYSTEM', default_details
FROM unnest($2::bigint[]) AS account (id)
WHERE NOT EXISTS (
    SELECT FROM campaign_profiles WHERE platform = $1 AND platform_account_id = account.id)
ON CONFLICT DO NOTHING
