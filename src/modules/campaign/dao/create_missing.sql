-- $1 platform; $2 accounts: who creates the profile, and what the account has of it. The details are their
-- defaults.
WITH account AS (
    SELECT * FROM json_to_recordset($2::json) AS account (
        account_id bigint, updated_by text, has_email boolean, has_phone boolean, gender text, location text[],
        languages text[])
), stored AS (
    SELECT platform_account_id AS account_id, admin_details, user_details
    FROM campaign_profiles
    WHERE platform = $1 AND platform_account_id = ANY (ARRAY(SELECT account_id FROM account))
), created AS (
    INSERT INTO campaign_profiles (
        platform, platform_account_id, on_gcc, on_gcc_app, updated_by, admin_details, user_details,
        has_email, has_phone, gender, location, languages
    )
    SELECT
        $1, account_id, false, false, updated_by, default_details,
        has_email, has_phone, gender, location, languages
    FROM account
    WHERE account_id NOT IN (SELECT account_id FROM stored)
    ORDER BY account_id
    ON CONFLICT (platform, platform_account_id) DO NOTHING
    RETURNING platform_account_id AS account_id, admin_details, user_details
)
SELECT * FROM stored UNION ALL SELECT * FROM created
