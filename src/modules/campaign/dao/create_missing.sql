-- $1 platform, $2 account id, $3 who; the rest as the account has it. The details are their defaults.
WITH created AS (
    INSERT INTO campaign_profiles (
        platform, platform_account_id, on_gcc, on_gcc_app, updated_by, admin_details, user_details,
        has_email, has_phone, gender, location, languages
    )
    VALUES (
        $1, $2, false, false, $3, default_details,
        $4, $5, $6, $7, $8
    )
    ON CONFLICT (platform, platform_account_id) DO NOTHING
    RETURNING admin_details, user_details
)
SELECT admin_details, user_details FROM created
UNION ALL
SELECT admin_details, user_details FROM campaign_profiles WHERE platform = $1 AND platform_account_id = $2
