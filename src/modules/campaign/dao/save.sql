-- $1 the rows.
UPDATE campaign_profiles c SET
    admin_details = n.admin_details, user_details = n.user_details, on_gcc = n.on_gcc,
    on_gcc_app = n.on_gcc_app, gcc_user_account_id = n.gcc_user_account_id, updated_by = n.updated_by,
    has_email = n.has_email, has_phone = n.has_phone, gender = n.gender, dob = n.dob, phone = n.phone,
    location = n.location, languages = n.languages, updated_at = now()
FROM jsonb_to_recordset($1) AS n (
    id bigint, admin_details jsonb, user_details jsonb, on_gcc boolean, on_gcc_app boolean,
    gcc_user_account_id bigint, updated_by text, has_email boolean, has_phone boolean, gender text, dob date,
    phone text[], location text[], languages text[]
)
WHERE c.id = n.id
