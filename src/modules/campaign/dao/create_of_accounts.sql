-- $1 account ids, $2 platform, $3 who. The details are their defaults.
INSERT INTO campaign_profiles (
    platform, platform_account_id, on_gcc, on_gcc_app, updated_by, admin_details, user_details,
    has_email, has_phone, gender, location, languages
)
SELECT
    $2, a.id, false, false, $3, default_details,
    coalesce(a.email, '') <> '', coalesce(a.phone, '') <> '', a.gender, a.location_list, a.languages
FROM account_table a
WHERE a.id = ANY($1)
ORDER BY a.id
ON CONFLICT (platform, platform_account_id) DO UPDATE SET enabled = campaign_profiles.enabled
RETURNING id, platform_account_id
