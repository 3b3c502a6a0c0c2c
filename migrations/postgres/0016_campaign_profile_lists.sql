-- Index what lists of campaign profiles are filtered and sorted by.
-- no transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_user_details_idx ON campaign_profiles USING gin (user_details jsonb_path_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_account_idx ON campaign_profiles (platform_account_id, id) INCLUDE (platform, enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_created_at_idx ON campaign_profiles (created_at, id) INCLUDE (enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_updated_at_idx ON campaign_profiles (updated_at, id) INCLUDE (enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_columns_idx ON campaign_profiles (id, enabled, platform, on_gcc, on_gcc_app, has_email, has_phone, gender, dob, updated_by);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_admin_email_trgm ON campaign_profiles USING gin ((admin_details ->> 'email') gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profiles_user_email_trgm ON campaign_profiles USING gin ((user_details ->> 'email') gin_trgm_ops);
