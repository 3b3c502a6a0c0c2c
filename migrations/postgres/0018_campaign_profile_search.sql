-- Keep what searches of campaign profiles compare in narrow rows beside them.

-- What searches of campaign profiles compare, in rows that are narrow: a row for each profile, written by its
-- triggers. Texts and lists of the details as they are shown; a flag of the details is null where what is
-- stored is neither true nor false.
CREATE TABLE IF NOT EXISTS campaign_profile_search (
    id                            bigint       PRIMARY KEY,
    platform_account_id           bigint       NOT NULL,
    created_at                    timestamptz  NOT NULL,
    updated_at                    timestamptz  NOT NULL,
    enabled                       boolean      NOT NULL,
    on_gcc                        boolean      NOT NULL,
    on_gcc_app                    boolean      NOT NULL,
    has_email                     boolean      NOT NULL,
    has_phone                     boolean      NOT NULL,
    is_blacklisted                boolean,
    admin_whatsapp_opt_in         boolean,
    user_whatsapp_opt_in          boolean,
    ekyc_pending                  boolean,
    instant_gratification_invited boolean,
    amazon_store_link_verified    boolean,
    gcc_user_account_id           bigint,
    dob                           date,
    platform                      varchar(255) NOT NULL,
    gender                        varchar(255),
    updated_by                    varchar(255),
    admin_name_text               text,
    user_name_text                text,
    admin_city                    text,
    admin_state                   text,
    admin_country                 text,
    admin_gender                  text,
    user_gender                   text,
    country_code                  text,
    languages                     text[],
    location                      text[],
    admin_languages               text[],
    user_languages                text[],
    user_location                 text[],
    category_ids                  text[],
    creator_cohorts               text[],
    creator_programs              text[],
    admin_name                    text,
    user_name                     text,
    admin_email                   text,
    user_email                    text,
    admin_phone                   text,
    user_phone                    text,
    admin_secondary_phone         text,
    user_secondary_phone          text,
    member_id                     text,
    reference_code                text,
    phone                         text[]
);
-- Whatever is counted is counted in an index or in rows that are all visible.
ALTER TABLE campaign_profile_search SET (autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

-- A member of a document as it is shown. Nobody can enter a longer one than this, which an index can hold.
CREATE OR REPLACE FUNCTION searched_text(document jsonb, key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN left(document ->> key, 500);

-- A member that is a truth value or a text of it; a missing one is false.
CREATE OR REPLACE FUNCTION searched_flag(document jsonb, key text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(document ->> key, 'false') WHEN 'true' THEN true WHEN 'false' THEN false END;

-- The texts of a member that is a list.
CREATE OR REPLACE FUNCTION searched_list(document jsonb, key text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(document -> key) WHEN 'array' THEN ARRAY(
    SELECT left(element #>> '{}', 500) FROM jsonb_array_elements(document -> key) AS element
    WHERE jsonb_typeof(element) = 'string') END;

-- Writes what is searched of these profiles. Whoever calls it holds them, so that nobody else writes the same.
CREATE OR REPLACE FUNCTION narrow_campaign_profiles(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM campaign_profile_search WHERE id = ANY(ids);
    INSERT INTO campaign_profile_search (
        id, platform_account_id, created_at, updated_at, enabled, on_gcc, on_gcc_app, has_email, has_phone,
        is_blacklisted, admin_whatsapp_opt_in, user_whatsapp_opt_in, ekyc_pending,
        instant_gratification_invited, amazon_store_link_verified, gcc_user_account_id, dob, platform, gender,
        updated_by, admin_name_text, user_name_text, admin_city, admin_state, admin_country, admin_gender,
        user_gender, country_code, languages, location, admin_languages, user_languages, user_location,
        category_ids, creator_cohorts, creator_programs, admin_name, user_name, admin_email, user_email,
        admin_phone, user_phone, admin_secondary_phone, user_secondary_phone, member_id, reference_code, phone)
    SELECT
        id, platform_account_id, created_at, updated_at, enabled, on_gcc, on_gcc_app, has_email, has_phone,
        searched_flag(admin_details, 'isBlacklisted'), searched_flag(admin_details, 'whatsappOptIn'),
        searched_flag(user_details, 'whatsappOptIn'), searched_flag(user_details, 'ekycPending'),
        searched_flag(user_details, 'instantGratificationInvited'),
        searched_flag(user_details, 'amazonStoreLinkVerified'), gcc_user_account_id, dob, platform, gender,
        updated_by, fold_text(searched_text(admin_details, 'name')),
        fold_text(searched_text(user_details, 'name')), searched_text(admin_details, 'city'),
        searched_text(admin_details, 'state'), searched_text(admin_details, 'country'),
        searched_text(admin_details, 'gender'), searched_text(user_details, 'gender'),
        searched_text(admin_details, 'countryCode'), languages, location,
        searched_list(admin_details, 'languages'), searched_list(user_details, 'languages'),
        searched_list(user_details, 'location'), searched_list(admin_details, 'campaignCategoryIds'),
        searched_list(admin_details, 'creatorCohorts'), searched_list(admin_details, 'creatorPrograms'),
        searched_text(admin_details, 'name'), searched_text(user_details, 'name'),
        searched_text(admin_details, 'email'), searched_text(user_details, 'email'),
        searched_text(admin_details, 'phone'), searched_text(user_details, 'phone'),
        searched_text(admin_details, 'secondaryPhone'), searched_text(user_details, 'secondaryPhone'),
        searched_text(user_details, 'memberId'), searched_text(user_details, 'referenceCode'), phone
    FROM campaign_profiles WHERE id = ANY(ids);
END $$;

-- Has what is searched follow the profiles, whoever changes them.
CREATE OR REPLACE FUNCTION follow_campaign_profiles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN
            PERFORM narrow_campaign_profiles(ARRAY(SELECT id FROM changed));
        WHEN 'UPDATE' THEN
            -- Many are locked by an update that changes nothing.
            PERFORM narrow_campaign_profiles(ARRAY(
                SELECT coalesce(c.id, p.id) FROM changed c FULL JOIN previous p ON p.id = c.id
                WHERE c IS DISTINCT FROM p));
        WHEN 'DELETE' THEN
            DELETE FROM campaign_profile_search WHERE id IN (SELECT id FROM previous);
        ELSE
            TRUNCATE campaign_profile_search;
    END CASE;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER campaign_profiles_search_insert
    AFTER INSERT ON campaign_profiles REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION follow_campaign_profiles();
CREATE OR REPLACE TRIGGER campaign_profiles_search_update
    AFTER UPDATE ON campaign_profiles REFERENCING OLD TABLE AS previous NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION follow_campaign_profiles();
CREATE OR REPLACE TRIGGER campaign_profiles_search_delete
    AFTER DELETE ON campaign_profiles REFERENCING OLD TABLE AS previous
    FOR EACH STATEMENT EXECUTE FUNCTION follow_campaign_profiles();
CREATE OR REPLACE TRIGGER campaign_profiles_search_truncate
    AFTER TRUNCATE ON campaign_profiles
    FOR EACH STATEMENT EXECUTE FUNCTION follow_campaign_profiles();
