-- Fill and index what searches of campaign profiles compare.
-- no transaction
--
-- The profiles' own indexes of names stay for servers of the previous release.

-- In batches, so that no row is held for long. What broke off begins again and skips what is done. Rows are
-- held while they are read, so that none is written of a profile that somebody changes or deletes meanwhile;
-- those that somebody else holds come last and one by one, so that no two wait for each other.
CREATE OR REPLACE PROCEDURE fill_campaign_profile_search() LANGUAGE plpgsql AS $$
DECLARE
    batch bigint[];
    first constant bigint := (SELECT min(id) - 1 FROM campaign_profiles);
    last bigint := first;
BEGIN
    LOOP
        batch := ARRAY(
            SELECT id FROM campaign_profiles c
            WHERE id > last AND NOT EXISTS (SELECT FROM campaign_profile_search s WHERE s.id = c.id)
            ORDER BY id LIMIT 2000 FOR SHARE SKIP LOCKED);
        EXIT WHEN batch = '{}';
        PERFORM narrow_campaign_profiles(batch);
        COMMIT;
        last := batch[cardinality(batch)];
    END LOOP;
    last := first;
    LOOP
        batch := ARRAY(
            SELECT id FROM campaign_profiles c
            WHERE id > last AND NOT EXISTS (SELECT FROM campaign_profile_search s WHERE s.id = c.id)
            ORDER BY id LIMIT 1 FOR SHARE);
        EXIT WHEN batch = '{}';
        PERFORM narrow_campaign_profiles(batch);
        COMMIT;
        last := batch[1];
    END LOOP;
END $$;
CALL fill_campaign_profile_search();
DROP PROCEDURE fill_campaign_profile_search();

CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_account_idx
    ON campaign_profile_search (platform_account_id, id) INCLUDE (platform, enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_created_at_idx
    ON campaign_profile_search (created_at, id) INCLUDE (enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_updated_at_idx
    ON campaign_profile_search (updated_at, id) INCLUDE (enabled);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_columns_idx ON campaign_profile_search
    (id, enabled, platform, on_gcc, on_gcc_app, has_email, has_phone, is_blacklisted, admin_whatsapp_opt_in,
     user_whatsapp_opt_in, ekyc_pending, instant_gratification_invited, amazon_store_link_verified, gender, dob,
     updated_by);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_lists_idx ON campaign_profile_search USING gin
    (phone, location, languages, admin_languages, user_languages, user_location, category_ids, creator_cohorts,
     creator_programs);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_gcc_user_idx
    ON campaign_profile_search (gcc_user_account_id) WHERE gcc_user_account_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_city_idx
    ON campaign_profile_search (admin_city) WHERE admin_city IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_state_idx
    ON campaign_profile_search (admin_state) WHERE admin_state IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_country_idx
    ON campaign_profile_search (admin_country) WHERE admin_country IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_country_code_idx
    ON campaign_profile_search (country_code) WHERE country_code IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_name_idx
    ON campaign_profile_search (admin_name) WHERE admin_name IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_name_idx
    ON campaign_profile_search (user_name) WHERE user_name IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_email_idx
    ON campaign_profile_search (admin_email) WHERE admin_email IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_email_idx
    ON campaign_profile_search (user_email) WHERE user_email IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_phone_idx
    ON campaign_profile_search (admin_phone) WHERE admin_phone IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_phone_idx
    ON campaign_profile_search (user_phone) WHERE user_phone IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_secondary_phone_idx
    ON campaign_profile_search (admin_secondary_phone) WHERE admin_secondary_phone IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_secondary_phone_idx
    ON campaign_profile_search (user_secondary_phone) WHERE user_secondary_phone IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_member_id_idx
    ON campaign_profile_search (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_reference_code_idx
    ON campaign_profile_search (reference_code) WHERE reference_code IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_name_text_trgm ON campaign_profile_search USING gin (admin_name_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_name_text_trgm ON campaign_profile_search USING gin (user_name_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_admin_email_trgm ON campaign_profile_search USING gin (admin_email gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaign_profile_search_user_email_trgm ON campaign_profile_search USING gin (user_email gin_trgm_ops);
VACUUM (ANALYZE) campaign_profile_search;

DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_user_details_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_account_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_created_at_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_updated_at_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_columns_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_admin_email_trgm;
DROP INDEX CONCURRENTLY IF EXISTS campaign_profiles_user_email_trgm;
