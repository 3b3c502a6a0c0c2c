-- The whole PostgreSQL schema (PostgreSQL 15 or newer).
--
-- Run by the owner of the database, in one transaction, as often as wished: what exists stays as it is.
-- An installation that exists is changed by the steps in migrations/postgres; see migrations/README.md.
-- The owner migrates and imports, as the platform (app.partner_id = -1); the application logs in as a member of role coffee_app, which owns
-- nothing, holds the grants at the end of this file and is bound by row-level security.
-- Instants are timestamptz. Time series, leaderboards, genre and trending tables live in ClickHouse.

SET LOCAL search_path = public;

-- Another database of the same cluster may be creating the role at this moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffee_app') THEN
        CREATE ROLE coffee_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

-- ---------------------------------------------------------------------------------------------------
-- core: events, messages, jobs, idempotency
-- ---------------------------------------------------------------------------------------------------

-- Versions that this database went through; the largest one is where it is.
CREATE TABLE IF NOT EXISTS schema_version (
    version    integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- What row-level security does for each table: conditions of its policies, or the reason why it has none.
-- `installed` is what the catalogue said of the policies when they were made; see row_security_of.
CREATE TABLE IF NOT EXISTS row_security (
    relation   text PRIMARY KEY,
    reads      text,
    writes     text,
    stores     text,
    reason     text,
    installed  text,
    CONSTRAINT row_security_reason_check CHECK ((reads IS NULL) = (reason IS NOT NULL))
);

-- Events of committed transactions, waiting for the broker's confirm. Topic: exchange___routing key.
CREATE TABLE IF NOT EXISTS event_outbox (
    id          bigserial   PRIMARY KEY,
    message_id  uuid        NOT NULL,
    topic       text        NOT NULL,
    order_key   text        NOT NULL DEFAULT '',
    headers     jsonb       NOT NULL DEFAULT '{}',
    payload     jsonb       NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    failed_at   timestamptz,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS event_outbox_pending_idx ON event_outbox (id) WHERE failed_at IS NULL;
CREATE INDEX IF NOT EXISTS event_outbox_failed_idx ON event_outbox (id) WHERE failed_at IS NOT NULL;
-- Rows live for milliseconds: vacuum after a fixed number of them, not after a share of none.
ALTER TABLE event_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0);

-- Messages whose effect is committed; rows older than 30 days may go.
CREATE TABLE IF NOT EXISTS processed_message (
    handler     text        NOT NULL,
    message_id  text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (handler, message_id)
);
CREATE INDEX IF NOT EXISTS processed_message_created_at_idx ON processed_message (created_at);

-- Outcome of finished job batches; a second delivery repeats the report only. Rows older than 30 days may go.
CREATE TABLE IF NOT EXISTS processed_batch (
    handler     text        NOT NULL,
    batch_id    bigint      NOT NULL,
    result      jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (handler, batch_id)
);
CREATE INDEX IF NOT EXISTS processed_batch_created_at_idx ON processed_batch (created_at);

-- Messages given up, where no broker keeps them.
CREATE TABLE IF NOT EXISTS dead_letter (
    id          bigserial   PRIMARY KEY,
    queue       text        NOT NULL,
    message_id  text,
    headers     jsonb       NOT NULL DEFAULT '{}',
    body        bytea       NOT NULL,
    error       text        NOT NULL,
    attempts    integer     NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- One row per scheduled job, seen by every replica.
CREATE TABLE IF NOT EXISTS job_run (
    name              text PRIMARY KEY,
    last_started_at   timestamptz,
    last_finished_at  timestamptz,
    last_error        text,
    last_succeeded_at timestamptz,
    -- Failed runs since then.
    failures          integer NOT NULL DEFAULT 0,
    -- Where the next run goes on, if the last one did not come to its end.
    position          jsonb
);

-- Answers by Idempotency-Key: inserted first, completed before the commit, kept for 24 hours.
CREATE TABLE IF NOT EXISTS idempotency_key (
    partner_id    bigint       NOT NULL,
    account_id    bigint       NOT NULL,
    key           varchar(255) NOT NULL,
    request_hash  bytea        NOT NULL,
    status        integer,
    body          text,
    created_at    timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (partner_id, account_id, key)
);
CREATE INDEX IF NOT EXISTS idempotency_key_created_at_idx ON idempotency_key (created_at);

-- ---------------------------------------------------------------------------------------------------
-- partner, identity: read before a caller is known. Generated ids start high, clear of given ones.
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS partner (
    id          bigint       GENERATED BY DEFAULT AS IDENTITY (START WITH 1000000) PRIMARY KEY,
    name        varchar(255) NOT NULL,
    status      varchar(45)  NOT NULL DEFAULT 'ACTIVE',
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO partner (id, name) VALUES (-1, 'Platform') ON CONFLICT (id) DO NOTHING;

-- Plan: FREE, SAAS, PAID. Configurations: list of limit namespaces.
CREATE TABLE IF NOT EXISTS partner_contract (
    id                 bigserial    PRIMARY KEY,
    partner_id         bigint       NOT NULL REFERENCES partner,
    contract_type      varchar(45)  NOT NULL DEFAULT 'SAAS',
    plan               varchar(45)  NOT NULL,
    status             varchar(45)  NOT NULL DEFAULT 'ACTIVE',
    onboarding_status  varchar(45),
    start_time         timestamptz  NOT NULL,
    end_time           timestamptz  NOT NULL,
    configurations     jsonb        NOT NULL DEFAULT '[]',
    created_at         timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at         timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT partner_contract_time_check CHECK (start_time < end_time)
);
CREATE INDEX IF NOT EXISTS partner_contract_partner_id_idx ON partner_contract (partner_id);

-- People. password_hash is argon2id; null means no login. email_key is the address in Unicode NFC with its
-- case folded, computed by the program; it is null where another person's address has the same one.
-- failed_logins and locked_until are not read: servers before identity_attempt count in them.
CREATE TABLE IF NOT EXISTS identity_user (
    id             bigint       GENERATED BY DEFAULT AS IDENTITY (START WITH 1000000) PRIMARY KEY,
    email          varchar(255),
    name           varchar(255),
    password_hash  text,
    enabled        boolean      NOT NULL DEFAULT true,
    failed_logins  integer      NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    created_at     timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    email_key      text
);
CREATE UNIQUE INDEX IF NOT EXISTS identity_user_email_key ON identity_user (lower(email));
CREATE UNIQUE INDEX IF NOT EXISTS identity_user_address_key ON identity_user (email_key);

-- Failed attempts to sign in: of a network ('' = all) for a person ('' = all). A person is the SHA-256 of
-- the key of the address that was typed, whether there is such a person or not.
CREATE TABLE IF NOT EXISTS identity_attempt (
    person          bytea        NOT NULL,
    network         text         NOT NULL,
    failures        integer      NOT NULL DEFAULT 0,
    blocked_until   timestamptz,
    familiar_until  timestamptz,
    told_at         timestamptz,
    updated_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (person, network)
);
CREATE INDEX IF NOT EXISTS identity_attempt_updated_at_idx ON identity_attempt (updated_at);

-- A user's account at a partner: the account id of the claims.
CREATE TABLE IF NOT EXISTS identity_account (
    id          bigint       GENERATED BY DEFAULT AS IDENTITY (START WITH 1000000) PRIMARY KEY,
    user_id     bigint       NOT NULL REFERENCES identity_user,
    partner_id  bigint       REFERENCES partner,
    name        varchar(255),
    enabled     boolean      NOT NULL DEFAULT true,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS identity_account_user_id_idx ON identity_account (user_id);
CREATE INDEX IF NOT EXISTS identity_account_partner_id_idx ON identity_account (partner_id);

CREATE TABLE IF NOT EXISTS identity_session (
    sid         text        PRIMARY KEY,
    account_id  bigint      NOT NULL REFERENCES identity_account,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX IF NOT EXISTS identity_session_account_id_idx ON identity_session (account_id);
CREATE INDEX IF NOT EXISTS identity_session_expires_at_idx ON identity_session (expires_at);

-- A used token stays, so that its second use is recognised: for a while it gets the same answer, which
-- follows from the token and successor_salt; later it ends the session.
CREATE TABLE IF NOT EXISTS identity_refresh_token (
    token_hash      bytea        PRIMARY KEY,
    sid             text         NOT NULL REFERENCES identity_session ON DELETE CASCADE,
    expires_at      timestamptz  NOT NULL,
    used_at         timestamptz,
    created_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    successor_salt  bytea
);
CREATE INDEX IF NOT EXISTS identity_refresh_token_sid_idx ON identity_refresh_token (sid);
CREATE INDEX IF NOT EXISTS identity_refresh_token_expires_at_idx ON identity_refresh_token (expires_at);

-- ---------------------------------------------------------------------------------------------------
-- discovery: accounts and profile facts. Searches carry "enabled AND NOT deleted".
-- ---------------------------------------------------------------------------------------------------

-- ig_id is 'MISSING-<handle>' until it is known; handles may repeat after a rename.
CREATE TABLE IF NOT EXISTS instagram_account (
    id                     bigserial    PRIMARY KEY,
    ig_id                  varchar(255) NOT NULL CONSTRAINT ig_id_idx UNIQUE,
    handle                 varchar(255) NOT NULL,
    name                   varchar(255),
    label                  varchar(255),
    city                   varchar(255),
    state                  varchar(255),
    country                varchar(255),
    thumbnail              text,
    bio                    text,
    business_id            varchar(255),
    profile_id             varchar(255),
    gcc_profile_id         varchar(255),
    linked_channel_id      varchar(255),
    gcc_linked_channel_id  varchar(255),
    group_key              varchar(255),
    gender                 varchar(255),
    dob                    date,
    phone                  varchar(255),
    email                  varchar(255),
    profile_type           varchar(255),
    account_type           varchar(255),
    search_phrase          text,
    search_phrase_admin    text,
    -- the names as fold_text makes them
    name_text              text,
    search_text            text,
    search_text_admin      text,
    keywords               text[],
    keywords_admin         text[],
    location               text[],
    location_list          text[],
    categories             text[],
    languages              text[],
    is_blacklisted         boolean,
    is_verified            boolean      DEFAULT false,
    is_private             boolean,
    flag_contact_info_available boolean,
    enabled_for_saas       boolean      DEFAULT false,
    deleted                boolean      DEFAULT false,
    enabled                boolean      NOT NULL DEFAULT true,
    -- counters
    followers              bigint,
    following              bigint,
    post_count             bigint,
    reels_reach            bigint,
    story_reach            bigint,
    image_reach            bigint,
    country_rank           bigint,
    authentic_engagement   bigint,
    avg_reels_play_30d     bigint,
    plays_30d              bigint,
    uploads_30d            bigint,
    -- rates and averages; engagement_rate is a fraction
    ffratio                double precision,
    avg_views              double precision,
    avg_likes              double precision,
    avg_reach              double precision,
    avg_reels_play_count   double precision,
    avg_comments           double precision,
    engagement_rate        double precision,
    followers_growth7d     double precision,
    followers_growth30d    varchar(255),
    comment_rate_percentage double precision,
    likes_spread_percentage double precision,
    impressions_30d        double precision,
    reach_30d              double precision,
    post_frequency_week    double precision,
    -- grades: Poor, Average, Good, Very Good, Excellent
    er_grade               varchar(255),
    avg_comments_grade     varchar(255),
    avg_likes_grade        varchar(255),
    comments_rate_grade    varchar(255),
    followers_grade        varchar(255),
    engagement_rate_grade  varchar(255),
    reels_reach_grade      varchar(255),
    image_reach_grade      varchar(255),
    story_reach_grade      varchar(255),
    likes_to_comment_ratio_grade varchar(255),
    followers_growth7d_grade     varchar(255),
    followers_growth30d_grade    varchar(255),
    followers_growth90d_grade    varchar(255),
    audience_reachability_grade  varchar(255),
    audience_authencity_grade    varchar(255),
    audience_quality_grade       varchar(255),
    post_count_grade             varchar(255),
    likes_spread_grade           varchar(255),
    image_impressions_grade      varchar(255),
    reels_impressions_grade      varchar(255),
    -- documents
    audience_gender        jsonb,
    audience_age           jsonb,
    audience_location      jsonb,
    est_post_price         jsonb,
    est_reach              jsonb,
    est_impressions        jsonb,
    category_rank          jsonb,
    similar_profile_group_data jsonb,
    linked_socials         jsonb,
    last_synced_at         timestamptz,
    processed              boolean,
    created_at             timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at             timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS instagram_account_handle_idx ON instagram_account (handle);
CREATE INDEX IF NOT EXISTS instagram_account_lower_handle_idx ON instagram_account (lower(handle));
CREATE INDEX IF NOT EXISTS instagram_account_profile_id_idx ON instagram_account (profile_id);
CREATE INDEX IF NOT EXISTS instagram_account_gcc_profile_id_idx ON instagram_account (gcc_profile_id);
CREATE INDEX IF NOT EXISTS instagram_account_linked_channel_id_idx ON instagram_account (linked_channel_id);
CREATE INDEX IF NOT EXISTS instagram_account_gcc_linked_channel_id_idx ON instagram_account (gcc_linked_channel_id);
CREATE INDEX IF NOT EXISTS instagram_account_country_followers_idx
    ON instagram_account (country, followers DESC NULLS LAST, id) WHERE enabled AND NOT deleted;
CREATE INDEX IF NOT EXISTS instagram_account_followers_idx
    ON instagram_account (followers DESC NULLS LAST, id) WHERE enabled AND NOT deleted;
CREATE INDEX IF NOT EXISTS instagram_account_keywords_idx ON instagram_account USING gin (keywords);
CREATE INDEX IF NOT EXISTS instagram_account_keywords_admin_idx ON instagram_account USING gin (keywords_admin);
CREATE INDEX IF NOT EXISTS instagram_account_location_idx ON instagram_account USING gin (location);
CREATE INDEX IF NOT EXISTS instagram_account_location_list_idx ON instagram_account USING gin (location_list);
CREATE INDEX IF NOT EXISTS instagram_account_categories_idx ON instagram_account USING gin (categories);
CREATE INDEX IF NOT EXISTS instagram_account_languages_idx ON instagram_account USING gin (languages);

CREATE TABLE IF NOT EXISTS youtube_account (
    id                     bigserial    PRIMARY KEY,
    channel_id             varchar(255) NOT NULL CONSTRAINT youtube_account_channel_id_key UNIQUE,
    title                  varchar(255),
    username               varchar(255),
    label                  varchar(255),
    city                   varchar(255),
    state                  varchar(255),
    country                varchar(255),
    description            text,
    thumbnail              text,
    profile_id             varchar(255),
    gcc_profile_id         varchar(255),
    linked_instagram_handle     varchar(255),
    gcc_linked_instagram_handle varchar(255),
    group_key              varchar(255),
    gender                 varchar(255),
    dob                    date,
    phone                  varchar(255),
    email                  varchar(255),
    profile_type           varchar(255),
    search_phrase          text,
    search_phrase_admin    text,
    -- the names as fold_text makes them
    name_text              text,
    search_text            text,
    search_text_admin      text,
    keywords               text[],
    keywords_admin         text[],
    location               text[],
    location_list          text[],
    categories             text[],
    languages              text[],
    is_blacklisted         boolean,
    flag_contact_info_available boolean,
    enabled_for_saas       boolean      DEFAULT false,
    deleted                boolean      DEFAULT false,
    enabled                boolean      NOT NULL DEFAULT true,
    latest_video_publish_time timestamptz,
    -- counters and rates
    uploads_count          bigint,
    followers              bigint,
    views_count            bigint,
    video_reach            bigint,
    shorts_reach           bigint,
    country_rank           bigint,
    authentic_engagement   bigint,
    video_views_last30     bigint,
    reaction_rate          bigint,
    comments_rate          bigint,
    cpm                    bigint,
    avg_posts_per_week     bigint,
    followers_growth30d    bigint,
    followers_growth1y     bigint,
    avg_shorts_views_30d   bigint,
    avg_video_views_30d    bigint,
    views_30d              bigint,
    uploads_30d            bigint,
    avg_views              double precision,
    followers_growth7d     double precision,
    comment_rate_percentage double precision,
    -- grades: Poor, Average, Good, Very Good, Excellent
    comments_rate_grade    varchar(255),
    followers_grade        varchar(255),
    followers_growth7d_grade  varchar(255),
    followers_growth30d_grade varchar(255),
    followers_growth1y_grade  varchar(255),
    avg_posts_per_week_grade  varchar(255),
    views_30d_grade           varchar(255),
    -- documents
    audience_gender        jsonb,
    audience_age           jsonb,
    audience_location      jsonb,
    est_post_price         jsonb,
    est_reach              jsonb,
    est_impressions        jsonb,
    category_rank          jsonb,
    similar_profile_group_data jsonb,
    linked_socials         jsonb,
    last_synced_at         timestamptz,
    processed              boolean,
    created_at             timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at             timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS youtube_account_profile_id_idx ON youtube_account (profile_id);
CREATE INDEX IF NOT EXISTS youtube_account_gcc_profile_id_idx ON youtube_account (gcc_profile_id);
CREATE INDEX IF NOT EXISTS idx_youtube_acount_linked_handle ON youtube_account (linked_instagram_handle);
CREATE INDEX IF NOT EXISTS idx_youtube_acount_gcc_linked_handle ON youtube_account (gcc_linked_instagram_handle);
CREATE INDEX IF NOT EXISTS youtube_account_country_followers_idx
    ON youtube_account (country, followers DESC NULLS LAST, id) WHERE enabled AND NOT deleted;
CREATE INDEX IF NOT EXISTS youtube_account_followers_idx
    ON youtube_account (followers DESC NULLS LAST, id) WHERE enabled AND NOT deleted;
CREATE INDEX IF NOT EXISTS youtube_account_keywords_idx ON youtube_account USING gin (keywords);
CREATE INDEX IF NOT EXISTS youtube_account_keywords_admin_idx ON youtube_account USING gin (keywords_admin);
CREATE INDEX IF NOT EXISTS youtube_account_location_idx ON youtube_account USING gin (location);
CREATE INDEX IF NOT EXISTS youtube_account_location_list_idx ON youtube_account USING gin (location_list);
CREATE INDEX IF NOT EXISTS youtube_account_categories_idx ON youtube_account USING gin (categories);
CREATE INDEX IF NOT EXISTS youtube_account_languages_idx ON youtube_account USING gin (languages);

-- Loaded: the most used hashtags of an account and their counts, position by position.
CREATE TABLE IF NOT EXISTS social_profile_hashtags (
    id                   bigserial    PRIMARY KEY,
    platform             varchar(255) NOT NULL,
    platform_profile_id  bigint,
    platform_id          varchar(255) NOT NULL,
    hashtags             text[]       NOT NULL,
    hashtags_counts      bigint[]     NOT NULL,
    created_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT social_profile_hashtags_profile_key UNIQUE (platform, platform_profile_id),
    CONSTRAINT social_profile_hashtags_length_check CHECK (cardinality(hashtags) = cardinality(hashtags_counts))
);

-- Loaded: the audience of an account; percentages 0 to 100.
CREATE TABLE IF NOT EXISTS social_profile_audience_info (
    id                              bigserial    PRIMARY KEY,
    platform                        varchar(255) NOT NULL,
    platform_profile_id             bigint,
    platform_id                     varchar(255),
    audience_location_split         jsonb,
    audience_gender_split           jsonb,
    audience_age_gender_split       jsonb,
    audience_age_split              jsonb,
    audience_language               jsonb,
    quality_score_breakup           jsonb,
    notable_followers               text[],
    audience_reachability_percentage double precision,
    audience_authenticity_percentage double precision,
    quality_audience_percentage     double precision,
    quality_audience_score          double precision,
    comment_rate_percentage         double precision,
    quality_score_grade             varchar(255),
    enabled                         boolean      NOT NULL DEFAULT true,
    created_at                      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT social_profile_audience_info_profile_key UNIQUE (platform, platform_profile_id),
    CONSTRAINT social_profile_audience_info_platform_id_key UNIQUE (platform, platform_id)
);
CREATE INDEX IF NOT EXISTS idx_platform_id ON social_profile_audience_info (platform_id);

-- Loaded: averages and engagement histogram of a group of similar accounts.
CREATE TABLE IF NOT EXISTS group_metrics (
    id                                bigserial    CONSTRAINT group_metrics_v2_pk PRIMARY KEY,
    group_key                         varchar(50)  NOT NULL CONSTRAINT group_metrics_group_key_key UNIQUE,
    profiles                          integer,
    bin_start                         text[],
    bin_end                           text[],
    bin_height                        text[],
    group_avg_reels_reach             varchar(50),
    group_avg_likes                   double precision,
    group_avg_comments                double precision,
    group_avg_comments_rate           double precision,
    group_avg_followers               double precision,
    group_avg_engagement_rate         double precision,
    group_avg_likes_to_comment_ratio  double precision,
    group_avg_followers_growth7d      double precision,
    group_avg_followers_growth30d     double precision,
    group_avg_followers_growth90d     double precision,
    group_avg_followers_growth1y      double precision,
    group_avg_audience_reachability   double precision,
    group_avg_audience_authencity     double precision,
    group_avg_audience_quality        double precision,
    group_avg_post_count              double precision,
    group_avg_reaction_rate           double precision,
    group_avg_likes_spread            double precision,
    group_avg_posts_per_week          double precision,
    group_avg_image_reach             double precision,
    group_avg_story_reach             double precision,
    group_avg_video_reach             double precision,
    group_avg_shorts_reach            double precision,
    enabled                           boolean      NOT NULL DEFAULT true,
    created_at                        timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                        timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Cities, states and countries of the accounts, rebuilt by refresh_locations.
CREATE TABLE IF NOT EXISTS locations (
    id          bigserial    PRIMARY KEY,
    name        varchar(255) NOT NULL,
    full_name   varchar(255) NOT NULL,
    type        varchar(255) NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT locations_type_name_key UNIQUE (type, name)
);
CREATE INDEX IF NOT EXISTS locations_lower_name_idx ON locations (lower(name));

-- Prefixed places (city_, state_, country_) and plain place names of the accounts.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_location_master AS
    SELECT DISTINCT place AS location
    FROM (SELECT unnest(location) FROM instagram_account
          UNION ALL SELECT unnest(location) FROM youtube_account) AS places (place)
    WHERE place <> '';
CREATE UNIQUE INDEX IF NOT EXISTS mv_location_master_location_key ON mv_location_master (location);
CREATE INDEX IF NOT EXISTS mv_location_master_lower_idx ON mv_location_master (lower(location));

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_location_master_tokens AS
    SELECT DISTINCT place AS location
    FROM (SELECT unnest(location_list) FROM instagram_account
          UNION ALL SELECT unnest(location_list) FROM youtube_account) AS places (place)
    WHERE place <> '';
CREATE UNIQUE INDEX IF NOT EXISTS mv_location_master_tokens_location_key ON mv_location_master_tokens (location);
CREATE INDEX IF NOT EXISTS mv_location_master_tokens_lower_idx ON mv_location_master_tokens (lower(location));

-- ---------------------------------------------------------------------------------------------------
-- campaign profiles: what staff and creators entered about an account; global, not a tenant's
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS campaign_profiles (
    id                   bigserial    PRIMARY KEY,
    platform             varchar(255) NOT NULL,
    platform_account_id  bigint       NOT NULL,
    admin_details        jsonb,
    user_details         jsonb,
    on_gcc               boolean      NOT NULL DEFAULT false,
    on_gcc_app           boolean      NOT NULL DEFAULT false,
    gcc_user_account_id  bigint,
    updated_by           varchar(255),
    has_email            boolean      NOT NULL DEFAULT false,
    has_phone            boolean      NOT NULL DEFAULT false,
    gender               varchar(255),
    dob                  date,
    phone                text[],
    location             text[],
    languages            text[],
    enabled              boolean      NOT NULL DEFAULT true,
    created_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT cp_platfom_id UNIQUE (platform, platform_account_id),
    CONSTRAINT campaign_profiles_platform_check CHECK (platform IN ('INSTAGRAM', 'YOUTUBE', 'GCC'))
);
CREATE UNIQUE INDEX IF NOT EXISTS campaign_profiles_gcc_user_key
    ON campaign_profiles (gcc_user_account_id) WHERE platform = 'GCC';
CREATE INDEX IF NOT EXISTS campaign_profiles_gcc_user_idx ON campaign_profiles (gcc_user_account_id);
CREATE INDEX IF NOT EXISTS campaign_profiles_phone_idx ON campaign_profiles USING gin (phone);
CREATE INDEX IF NOT EXISTS campaign_profiles_location_idx ON campaign_profiles USING gin (location);
CREATE INDEX IF NOT EXISTS campaign_profiles_languages_idx ON campaign_profiles USING gin (languages);
CREATE INDEX IF NOT EXISTS campaign_profiles_admin_details_idx
    ON campaign_profiles USING gin (admin_details jsonb_path_ops);

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
CREATE INDEX IF NOT EXISTS campaign_profile_search_account_idx
    ON campaign_profile_search (platform_account_id, id) INCLUDE (platform, enabled);
CREATE INDEX IF NOT EXISTS campaign_profile_search_created_at_idx
    ON campaign_profile_search (created_at, id) INCLUDE (enabled);
CREATE INDEX IF NOT EXISTS campaign_profile_search_updated_at_idx
    ON campaign_profile_search (updated_at, id) INCLUDE (enabled);
-- Lists are counted in it, whichever of these they are filtered by, and a rare value is found in it in the
-- order of the ids.
CREATE INDEX IF NOT EXISTS campaign_profile_search_columns_idx ON campaign_profile_search
    (id, enabled, platform, on_gcc, on_gcc_app, has_email, has_phone, is_blacklisted, admin_whatsapp_opt_in,
     user_whatsapp_opt_in, ekyc_pending, instant_gratification_invited, amazon_store_link_verified, gender, dob,
     updated_by);
CREATE INDEX IF NOT EXISTS campaign_profile_search_lists_idx ON campaign_profile_search USING gin
    (phone, location, languages, admin_languages, user_languages, user_location, category_ids, creator_cohorts,
     creator_programs);
CREATE INDEX IF NOT EXISTS campaign_profile_search_gcc_user_idx
    ON campaign_profile_search (gcc_user_account_id) WHERE gcc_user_account_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_city_idx
    ON campaign_profile_search (admin_city) WHERE admin_city IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_state_idx
    ON campaign_profile_search (admin_state) WHERE admin_state IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_country_idx
    ON campaign_profile_search (admin_country) WHERE admin_country IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_country_code_idx
    ON campaign_profile_search (country_code) WHERE country_code IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_name_idx
    ON campaign_profile_search (admin_name) WHERE admin_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_user_name_idx
    ON campaign_profile_search (user_name) WHERE user_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_email_idx
    ON campaign_profile_search (admin_email) WHERE admin_email IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_user_email_idx
    ON campaign_profile_search (user_email) WHERE user_email IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_phone_idx
    ON campaign_profile_search (admin_phone) WHERE admin_phone IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_user_phone_idx
    ON campaign_profile_search (user_phone) WHERE user_phone IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_admin_secondary_phone_idx
    ON campaign_profile_search (admin_secondary_phone) WHERE admin_secondary_phone IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_user_secondary_phone_idx
    ON campaign_profile_search (user_secondary_phone) WHERE user_secondary_phone IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_member_id_idx
    ON campaign_profile_search (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS campaign_profile_search_reference_code_idx
    ON campaign_profile_search (reference_code) WHERE reference_code IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------
-- profile collection
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS profile_collection (
    id                 bigserial    PRIMARY KEY,
    share_id           varchar      NOT NULL CONSTRAINT profile_collection_share_id_key UNIQUE,
    partner_id         bigint       NOT NULL,
    name               varchar(255) NOT NULL,
    description        text,
    categories         text[],
    tags               text[],
    enabled            boolean      NOT NULL DEFAULT true,
    featured           boolean      NOT NULL DEFAULT false,
    created_by         varchar      NOT NULL,
    analytics_enabled  boolean      NOT NULL DEFAULT false,
    disabled_metrics   jsonb        NOT NULL DEFAULT '[]',
    source             varchar(45)  NOT NULL,
    source_id          varchar(255) NOT NULL,
    campaign_id        bigint,
    campaign_platform  varchar(45),
    job_id             bigint,
    category_ids       jsonb,
    custom_columns     jsonb        NOT NULL DEFAULT '[]',
    ordered_columns    jsonb        NOT NULL DEFAULT '[]',
    share_enabled      boolean      NOT NULL DEFAULT true,
    created_at         timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at         timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT profile_collection_source_key UNIQUE (partner_id, source, source_id),
    CONSTRAINT profile_collection_source_check CHECK (source IN ('SAAS', 'SAAS-AT', 'GCC_CAMPAIGN', 'CAMPAIGN'))
);
CREATE UNIQUE INDEX IF NOT EXISTS profile_collection_campaign_idx
    ON profile_collection (partner_id, campaign_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS profile_collection_name_key ON profile_collection (name);

CREATE TABLE IF NOT EXISTS profile_collection_item (
    id                       bigserial    PRIMARY KEY,
    platform                 varchar(40)  NOT NULL,
    platform_account_code    bigint       NOT NULL,
    profile_collection_id    bigint       NOT NULL REFERENCES profile_collection,
    partner_id               bigint       NOT NULL,
    profile_social_id        varchar(255),
    campaign_profile_id      bigint,
    shortlisting_status      varchar(45),
    shortlist_id             varchar(255),
    brand_selection_status   varchar(45),
    brand_selection_remarks  text,
    internal_commercials     varchar(127),
    hidden                   boolean      NOT NULL DEFAULT false,
    enabled                  boolean      NOT NULL DEFAULT true,
    rank                     bigint       NOT NULL,
    created_by               varchar      NOT NULL,
    created_at               timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at               timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT profile_collection_item_profile_collection_id_platform_acco_key
        UNIQUE (profile_collection_id, platform_account_code, platform),
    CONSTRAINT profile_collection_item_platform_check CHECK (platform IN ('INSTAGRAM', 'YOUTUBE', 'GCC'))
);
CREATE INDEX IF NOT EXISTS profile_collection_item_account_idx
    ON profile_collection_item (platform, platform_account_code);
CREATE INDEX IF NOT EXISTS profile_social_idx ON profile_collection_item (profile_social_id);
CREATE INDEX IF NOT EXISTS profile_collection_item_shortlist_idx ON profile_collection_item (shortlist_id);
CREATE INDEX IF NOT EXISTS profile_collection_item_partner_idx
    ON profile_collection_item (partner_id, updated_at DESC);

-- Values of a collection's custom columns.
CREATE TABLE IF NOT EXISTS profile_collection_item_cc_data (
    id                          bigserial    PRIMARY KEY,
    profile_collection_item_id  bigint       NOT NULL REFERENCES profile_collection_item ON DELETE CASCADE,
    key                         varchar(127) NOT NULL,
    value                       text         NOT NULL,
    CONSTRAINT pci_custom_column_uniq UNIQUE (profile_collection_item_id, key)
);

-- Legacy: where the collections of an earlier product went; read only.
CREATE TABLE IF NOT EXISTS winkl_collection_migration_info (
    winkl_collection_id          bigint       PRIMARY KEY,
    winkl_collection_share_id    varchar(255) NOT NULL CONSTRAINT winkl_collection_share_id_uniq UNIQUE,
    profile_collection_id        bigint       NOT NULL,
    winkl_campaign_id            bigint,
    winkl_shortlist_id           bigint,
    profile_collection_share_id  varchar(255) NOT NULL,
    CONSTRAINT saas_collection_shortlist_id_uniq
        UNIQUE NULLS NOT DISTINCT (profile_collection_id, winkl_shortlist_id)
);

-- ---------------------------------------------------------------------------------------------------
-- post collection
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS post_collection (
    id                       varchar(255) PRIMARY KEY,
    share_id                 varchar      NOT NULL CONSTRAINT post_collection_share_id_key UNIQUE,
    partner_id               bigint       NOT NULL,
    name                     varchar(255) NOT NULL,
    source                   varchar(45)  NOT NULL,
    source_id                varchar(255) NOT NULL,
    budget                   bigint,
    enabled                  boolean      NOT NULL DEFAULT true,
    start_time               timestamptz,
    end_time                 timestamptz,
    created_by               varchar      NOT NULL,
    disabled_metrics         jsonb,
    expected_metric_values   jsonb,
    metrics_ingestion_freq   varchar(45)  NOT NULL DEFAULT 'default',
    comments                 text,
    job_id                   bigint,
    sentiment_report_path    text,
    sentiment_report_bucket  text,
    created_at               timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at               timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT post_collection_source_key UNIQUE (partner_id, source, source_id)
);
CREATE INDEX IF NOT EXISTS post_collection_name_key ON post_collection (name);

CREATE TABLE IF NOT EXISTS post_collection_item (
    id                      bigserial    PRIMARY KEY,
    platform                varchar(40)  NOT NULL,
    short_code              text         NOT NULL,
    post_type               varchar(45)  NOT NULL,
    post_collection_id      varchar(255) NOT NULL REFERENCES post_collection,
    bookmarked              boolean      NOT NULL DEFAULT false,
    enabled                 boolean      NOT NULL DEFAULT true,
    cost                    bigint,
    posted_by_handle        varchar(255),
    sponsor_links           jsonb,
    post_title              text,
    post_thumbnail          text,
    post_link               text,
    metrics_ingestion_freq  varchar(45)  NOT NULL DEFAULT 'default',
    retrieve_data           boolean      DEFAULT true,
    show_in_report          boolean      DEFAULT true,
    posted_by_cp_id         bigint,
    created_by              varchar      NOT NULL,
    created_at              timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at              timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT post_collection_item_u_key UNIQUE (post_collection_id, platform, short_code),
    CONSTRAINT post_collection_item_platform_check CHECK (platform IN ('INSTAGRAM', 'YOUTUBE'))
);
CREATE INDEX IF NOT EXISTS post_collection_item_scode_key ON post_collection_item (short_code);

-- ---------------------------------------------------------------------------------------------------
-- collection group: ids of post and profile collections, as text
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS collection_group (
    id              bigserial    PRIMARY KEY,
    share_id        varchar      NOT NULL CONSTRAINT collection_group_share_id_key UNIQUE,
    partner_id      bigint       NOT NULL,
    name            varchar(255) NOT NULL,
    source          varchar(45)  NOT NULL,
    source_id       varchar(255) NOT NULL,
    collection_ids  text[],
    objective       varchar(40),
    metadata        jsonb,
    enabled         boolean      NOT NULL DEFAULT true,
    created_by      varchar      NOT NULL,
    created_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT collection_group_source_key UNIQUE (partner_id, source, source_id)
);

-- ---------------------------------------------------------------------------------------------------
-- keyword collection: a topic report over posts; report_total_* are null until first computed
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS keyword_collection (
    id                      varchar(255) PRIMARY KEY,
    share_id                varchar      NOT NULL CONSTRAINT keyword_collection_share_id_key UNIQUE,
    name                    varchar(255) NOT NULL,
    partner_id              bigint       NOT NULL,
    platform                varchar(40)  NOT NULL,
    keywords                text[]       NOT NULL,
    enabled                 boolean      NOT NULL DEFAULT true,
    start_time              timestamptz  NOT NULL,
    end_time                timestamptz  NOT NULL,
    created_by              varchar      NOT NULL,
    job_id                  bigint,
    report_bucket           text,
    report_path             text,
    demography_report_path  text,
    report_total_posts      bigint,
    report_total_reach      bigint,
    created_at              timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at              timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS keyword_collection_partner_id_idx ON keyword_collection (partner_id);

-- ---------------------------------------------------------------------------------------------------
-- collection analytics: loaded; collection_type POST or PROFILE says whose id collection_id is
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS collection_post_metrics_summary (
    id                            bigserial        PRIMARY KEY,
    platform                      varchar(45)      NOT NULL,
    post_type                     varchar(45)      NOT NULL,
    post_short_code               varchar(255)     NOT NULL,
    post_title                    text             NOT NULL,
    post_link                     text             NOT NULL,
    post_thumbnail                text,
    profile_pic                   text,
    hashtags                      jsonb,
    published_at                  date             NOT NULL,
    profile_social_id             varchar(255),
    profile_handle                varchar(255)     NOT NULL DEFAULT '',
    profile_name                  varchar(255)     NOT NULL,
    followers                     bigint           NOT NULL DEFAULT 0,
    cost                          bigint,
    collection_id                 varchar(255)     NOT NULL,
    collection_type               varchar(45)      NOT NULL,
    collection_share_id           varchar(255)     NOT NULL,
    post_collection_item_id       bigint,
    views                         bigint           NOT NULL DEFAULT 0,
    likes                         bigint           NOT NULL DEFAULT 0,
    comments                      bigint           NOT NULL DEFAULT 0,
    impressions                   bigint           NOT NULL DEFAULT 0,
    saves                         bigint           NOT NULL DEFAULT 0,
    plays                         bigint           NOT NULL DEFAULT 0,
    reach                         bigint           NOT NULL DEFAULT 0,
    swipe_ups                     bigint           NOT NULL DEFAULT 0,
    mentions                      bigint           NOT NULL DEFAULT 0,
    sticker_taps                  bigint           NOT NULL DEFAULT 0,
    shares                        bigint           NOT NULL DEFAULT 0,
    story_exits                   bigint           NOT NULL DEFAULT 0,
    story_back_taps               bigint           NOT NULL DEFAULT 0,
    story_forward_taps            bigint           NOT NULL DEFAULT 0,
    link_clicks                   bigint           NOT NULL DEFAULT 0,
    orders                        bigint           NOT NULL DEFAULT 0,
    delivered_orders              bigint           NOT NULL DEFAULT 0,
    completed_orders              bigint           NOT NULL DEFAULT 0,
    leaderboard_overall_orders    bigint           NOT NULL DEFAULT 0,
    leaderboard_delivered_orders  bigint           NOT NULL DEFAULT 0,
    leaderboard_completed_orders  bigint           NOT NULL DEFAULT 0,
    er                            double precision NOT NULL DEFAULT 0,
    updated_at                    timestamptz      NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT collection_post_metrics_summary_u_key
        UNIQUE (collection_id, collection_type, platform, post_short_code)
);
CREATE INDEX IF NOT EXISTS collection_post_metrics_summary_scode_key
    ON collection_post_metrics_summary (post_short_code);
CREATE INDEX IF NOT EXISTS collection_post_metrics_summary_csid_key
    ON collection_post_metrics_summary (collection_share_id);
CREATE INDEX IF NOT EXISTS collection_post_metrics_summary_hashtags_idx
    ON collection_post_metrics_summary USING gin (hashtags);

CREATE TABLE IF NOT EXISTS collection_hashtag (
    collection_id        varchar(255) NOT NULL,
    collection_type      varchar(45)  NOT NULL,
    collection_share_id  varchar(255) NOT NULL,
    hashtag_name         varchar(255) NOT NULL,
    tagged_count         bigint       NOT NULL DEFAULT 0,
    ugc_tagged_count     bigint       NOT NULL DEFAULT 0,
    updated_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (collection_type, collection_id, hashtag_name)
);

CREATE TABLE IF NOT EXISTS collection_keyword (
    collection_id        varchar(255) NOT NULL,
    collection_type      varchar(45)  NOT NULL,
    collection_share_id  varchar(255) NOT NULL,
    keyword_name         varchar(255) NOT NULL,
    tagged_count         bigint       NOT NULL DEFAULT 0,
    updated_at           timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (collection_type, collection_id, keyword_name)
);

-- Collections whose posts were measured: when, and by observations up to when.
CREATE TABLE IF NOT EXISTS measured_collection (
    collection_type  varchar(45)  NOT NULL,
    collection_id    varchar(255) NOT NULL,
    measured_at      timestamptz  NOT NULL,
    observed_at      timestamptz  NOT NULL,
    PRIMARY KEY (collection_type, collection_id)
);
CREATE INDEX IF NOT EXISTS measured_collection_measured_at_idx ON measured_collection (measured_at);
CREATE INDEX IF NOT EXISTS measured_collection_observed_at_idx ON measured_collection (observed_at);
CREATE INDEX IF NOT EXISTS post_collection_updated_at_idx ON post_collection (updated_at);
CREATE INDEX IF NOT EXISTS post_collection_item_updated_at_idx ON post_collection_item (updated_at);
CREATE INDEX IF NOT EXISTS profile_collection_updated_at_idx ON profile_collection (updated_at);
CREATE INDEX IF NOT EXISTS profile_collection_item_updated_at_idx ON profile_collection_item (updated_at);

-- ---------------------------------------------------------------------------------------------------
-- partner usage and activity
-- ---------------------------------------------------------------------------------------------------

-- Counters of a contract's limits.
CREATE TABLE IF NOT EXISTS partner_usage (
    id             bigserial    PRIMARY KEY,
    partner_id     bigint       NOT NULL,
    namespace      varchar(255) NOT NULL,
    key            varchar(255) NOT NULL,
    "limit"        bigint       NOT NULL,
    consumed       bigint       NOT NULL DEFAULT 0,
    start_date     timestamptz  NOT NULL,
    end_date       timestamptz  NOT NULL,
    next_reset_on  timestamptz  NOT NULL,
    frequency      varchar(255) NOT NULL,
    enabled        boolean      NOT NULL DEFAULT true,
    created_at     timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT idx_partner_usage_key_module UNIQUE (partner_id, key, namespace),
    CONSTRAINT partner_usage_consumed_check CHECK (consumed >= 0),
    CONSTRAINT partner_usage_limit_check CHECK ("limit" >= 0)
);
CREATE INDEX IF NOT EXISTS partner_usage_next_reset_on_idx ON partner_usage (next_reset_on);

-- Profile pages a partner unlocked: key profile-<PLATFORM>-<account id>.
CREATE TABLE IF NOT EXISTS partner_profile_page_track (
    id          bigserial    PRIMARY KEY,
    partner_id  bigint       NOT NULL,
    key         varchar(255) NOT NULL,
    enabled     boolean      NOT NULL DEFAULT true,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT idx_partner_profile_key UNIQUE (partner_id, key)
);

-- Searches that a partner was charged for: for 24 hours they cost nothing more.
CREATE TABLE IF NOT EXISTS charged_search (
    partner_id  bigint       NOT NULL,
    key         uuid         NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (partner_id, key)
);
CREATE INDEX IF NOT EXISTS charged_search_created_at_idx ON charged_search (created_at);

-- Accounts whose row in the search table of ClickHouse is not yet that of their last change. `change` numbers
-- the changes: of two rows of one account the one with the higher number is the later one.
CREATE TABLE IF NOT EXISTS profile_search_change (
    platform    varchar(20)  NOT NULL,
    account_id  bigint       NOT NULL,
    change      bigserial    NOT NULL,
    changed_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (platform, account_id)
);
CREATE INDEX IF NOT EXISTS profile_search_change_idx ON profile_search_change (change);

CREATE TABLE IF NOT EXISTS activity_tracker (
    id          bigserial    PRIMARY KEY,
    type        varchar(255) NOT NULL,
    meta        jsonb,
    enabled     boolean      NOT NULL DEFAULT true,
    account_id  bigint       NOT NULL,
    partner_id  bigint       NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS activity_tracker_partner_account_idx
    ON activity_tracker (partner_id, account_id, id DESC);

-- ---------------------------------------------------------------------------------------------------
-- Views replicated to the warehouse: ids only, never names, contacts or details
-- ---------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW view_instagram_account_lite AS SELECT id, ig_id, handle FROM instagram_account;
CREATE OR REPLACE VIEW view_youtube_account_lite AS SELECT id, channel_id FROM youtube_account;
CREATE OR REPLACE VIEW view_campaign_profile_lite AS
    SELECT id, platform, platform_account_id, gcc_user_account_id FROM campaign_profiles;

-- ---------------------------------------------------------------------------------------------------
-- Trigram indexes for ILIKE '%text%'; skipped where pg_trgm can not be had
-- ---------------------------------------------------------------------------------------------------

DO $$
DECLARE
    extension_schema name;
    target record;
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;
        END;
    END IF;
    SELECT n.nspname INTO extension_schema
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF extension_schema IS NULL THEN
        RAISE NOTICE 'pg_trgm is not available: text searches go without trigram indexes';
        RETURN;
    END IF;
    FOR target IN
        SELECT * FROM (VALUES
            ('instagram_account', 'name_text', 'name_text'),
            ('instagram_account', 'search_text', 'search_text'),
            ('instagram_account', 'search_text_admin', 'search_text_admin'),
            ('instagram_account', 'search_phrase', 'search_phrase'),
            ('instagram_account', 'search_phrase_admin', 'search_phrase_admin'),
            ('instagram_account', 'name', 'name'),
            ('instagram_account', 'handle', 'handle'),
            ('youtube_account', 'name_text', 'name_text'),
            ('youtube_account', 'search_text', 'search_text'),
            ('youtube_account', 'search_text_admin', 'search_text_admin'),
            ('youtube_account', 'search_phrase', 'search_phrase'),
            ('youtube_account', 'search_phrase_admin', 'search_phrase_admin'),
            ('youtube_account', 'title', 'title'),
            ('campaign_profiles', 'admin_name', '(admin_details ->> ''name'')'),
            ('campaign_profiles', 'user_name', '(user_details ->> ''name'')'),
            ('campaign_profile_search', 'admin_name_text', 'admin_name_text'),
            ('campaign_profile_search', 'user_name_text', 'user_name_text'),
            ('campaign_profile_search', 'admin_email', 'admin_email'),
            ('campaign_profile_search', 'user_email', 'user_email'),
            ('mv_location_master', 'location', 'location'),
            ('mv_location_master_tokens', 'location', 'location')
        ) AS t (relation, suffix, expression)
    LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I USING gin (%s %I.gin_trgm_ops)',
            target.relation || '_' || target.suffix || '_trgm', target.relation, target.expression, extension_schema);
    END LOOP;
END $$;

-- ===================================================================================================
-- Repeated by every migration: `coffee migrate` runs what follows after its last step, so each statement
-- may run again on what it made. A numbered step removes what is no longer in here.
-- ===================================================================================================

-- ---------------------------------------------------------------------------------------------------
-- Tenant settings of a transaction, read by the policies. Not set, or empty: null, which admits no row.
-- ---------------------------------------------------------------------------------------------------

-- Partner the transaction works for; -1 is the platform itself.
CREATE OR REPLACE FUNCTION app_partner_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.partner_id', true), '')::bigint;

-- Owner of what a share id or a featured collection opened for reading; -1 means rows of partner -1 only.
CREATE OR REPLACE FUNCTION app_owner_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.owner_id', true), '')::bigint;

-- First and last partner admitted: the partner itself, or all of them for -1. Policies compare a range,
-- not "= partner OR -1", because an index can serve a range and cannot serve that OR.
CREATE OR REPLACE FUNCTION app_partner_first() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE app_partner_id() WHEN -1 THEN '-9223372036854775808'::bigint ELSE app_partner_id() END;

CREATE OR REPLACE FUNCTION app_partner_last() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE app_partner_id() WHEN -1 THEN '9223372036854775807'::bigint ELSE app_partner_id() END;

-- First and last partner whose rows may be written. While a module writes for the owner of a share, those
-- of the owner and no others, so that no row can pass from one to the other.
CREATE OR REPLACE FUNCTION app_writer_first() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE current_setting('app.owner_writes', true) WHEN 'on' THEN app_owner_id() ELSE app_partner_first() END;

CREATE OR REPLACE FUNCTION app_writer_last() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE current_setting('app.owner_writes', true) WHEN 'on' THEN app_owner_id() ELSE app_partner_last() END;

-- ---------------------------------------------------------------------------------------------------
-- Names as searches compare them
-- ---------------------------------------------------------------------------------------------------

-- A text as it is compared in searches for names, whatever form it is written in: without case, accents of
-- Latin, Greek and Cyrillic letters, invisible characters and the width of letters; one kind of blank, quote
-- and dash. Signs of Indian scripts stay; a Malayalam or Bengali letter without vowel has one spelling.
-- `fold` in src/core/text.rs does the same, and a test compares both.
CREATE OR REPLACE FUNCTION fold_text(original text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            normalize(
                regexp_replace(
                    normalize(
                        translate(
                            lower(
                                normalize(
                                    translate(
                                        regexp_replace(original,
                                            '[\u00AD\u061C\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E0FFF]',
                                            '', 'g'),
                                        U&'\2018\2019\201A\201B\2032\00B4\02BC\201C\201D\201E\201F\2033\2010\2011\2012\2013\2014\2015\2212',
                                        '''''''''''''''"""""-------'),
                                    NFKC) COLLATE "und-x-icu"),
                            U&'\03C2', U&'\03C3'),
                        NFD),
                    '[\u0300-\u036F]', '', 'g'),
                NFC),
            U&'\0D7A', U&'\0D23\0D4D'), U&'\0D7B', U&'\0D28\0D4D'), U&'\0D7C', U&'\0D30\0D4D'),
            U&'\0D7D', U&'\0D32\0D4D'), U&'\0D7E', U&'\0D33\0D4D'), U&'\0D7F', U&'\0D15\0D4D'),
            U&'\0D54', U&'\0D2E\0D4D'), U&'\0D55', U&'\0D2F\0D4D'), U&'\0D56', U&'\0D34\0D4D'),
            U&'\09CE', U&'\09A4\09CD'),
        '\u0D4D+', U&'\0D4D', 'g'),
    '[\u0001-\u0020\u007F-\u00A0\u1680\u2028\u2029]+', ' ', 'g');

-- Keeps beside each name what searches compare.
CREATE OR REPLACE FUNCTION fold_instagram_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_text := fold_text(NEW.name);
    NEW.search_text := fold_text(NEW.search_phrase);
    NEW.search_text_admin := fold_text(NEW.search_phrase_admin);
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fold_youtube_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_text := fold_text(NEW.title);
    NEW.search_text := fold_text(NEW.search_phrase);
    NEW.search_text_admin := fold_text(NEW.search_phrase_admin);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER instagram_account_fold
    BEFORE INSERT OR UPDATE OF name, search_phrase, search_phrase_admin ON instagram_account
    FOR EACH ROW EXECUTE FUNCTION fold_instagram_account();

CREATE OR REPLACE TRIGGER youtube_account_fold
    BEFORE INSERT OR UPDATE OF title, search_phrase, search_phrase_admin ON youtube_account
    FOR EACH ROW EXECUTE FUNCTION fold_youtube_account();

-- Has the search table follow the accounts, whoever changes them. A bulk load that writes its rows there
-- itself says so for its transaction: SET LOCAL app.profile_search = 'loaded'.
CREATE OR REPLACE FUNCTION note_profile_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.profile_search', true) = 'loaded' THEN
        RETURN NULL;
    END IF;
    INSERT INTO profile_search_change (platform, account_id)
    SELECT TG_ARGV[0], id FROM changed ORDER BY id
    ON CONFLICT (platform, account_id) DO UPDATE SET change = EXCLUDED.change, changed_at = EXCLUDED.changed_at;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER instagram_account_search_insert
    AFTER INSERT ON instagram_account REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('INSTAGRAM');
CREATE OR REPLACE TRIGGER instagram_account_search_update
    AFTER UPDATE ON instagram_account REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('INSTAGRAM');
CREATE OR REPLACE TRIGGER instagram_account_search_delete
    AFTER DELETE ON instagram_account REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('INSTAGRAM');
CREATE OR REPLACE TRIGGER youtube_account_search_insert
    AFTER INSERT ON youtube_account REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('YOUTUBE');
CREATE OR REPLACE TRIGGER youtube_account_search_update
    AFTER UPDATE ON youtube_account REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('YOUTUBE');
CREATE OR REPLACE TRIGGER youtube_account_search_delete
    AFTER DELETE ON youtube_account REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_profile_search_change('YOUTUBE');

-- ---------------------------------------------------------------------------------------------------
-- What searches of campaign profiles compare
-- ---------------------------------------------------------------------------------------------------

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

-- ---------------------------------------------------------------------------------------------------
-- Row-level security: the transaction's partner, and for reads where sharing applies the shared owner. It
-- binds the tables' owner too, who sets app.partner_id = -1 to work for all.
-- A look-up of a parent row passes the parent's own policy, so it admits exactly the parent's readers.
-- ---------------------------------------------------------------------------------------------------

-- What the catalogue says of a table's row-level security, as one text.
CREATE OR REPLACE FUNCTION row_security_of(relation text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT concat_ws(E'\n', CASE WHEN c.relrowsecurity THEN 'enabled' END,
        CASE WHEN c.relforcerowsecurity THEN 'forced' END,
        (SELECT string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles,
                                     pg_get_expr(p.polqual, p.polrelid),
                                     pg_get_expr(p.polwithcheck, p.polrelid)), E'\n' ORDER BY p.polname)
         FROM pg_policy p WHERE p.polrelid = c.oid))
    FROM pg_class c WHERE c.oid = to_regclass('public.' || quote_ident($1))
$$;

-- Every table has a line. Tables whose policies are not what this says get them anew.
DO $$
DECLARE
    of_partner constant text := 'partner_id BETWEEN app_partner_first() AND app_partner_last()';
    or_shared constant text := of_partner || ' OR partner_id = app_owner_id()';
    of_writer constant text := 'partner_id BETWEEN app_writer_first() AND app_writer_last()';
    -- A sub-select is evaluated once per statement, the look-ups behind it once per row.
    is_platform constant text := '(SELECT app_partner_id() = -1)';
    of_platform constant text := is_platform || ' OR ';
    -- Whoever writes a child must be allowed to write its parent.
    by_writer constant text := ' AND p.partner_id BETWEEN app_writer_first() AND app_writer_last())';
    in_collection constant text :=
        'EXISTS (SELECT FROM profile_collection p WHERE p.id = profile_collection_id';
    of_item constant text :=
        'EXISTS (SELECT FROM profile_collection_item p WHERE p.id = profile_collection_item_id';
    in_posts constant text := 'EXISTS (SELECT FROM post_collection p WHERE p.id = post_collection_id';
    -- The inner CASE keeps the comparison on the key's type and a text that is no id from failing.
    of_collection constant text := of_platform || $sql$
        CASE collection_type
            WHEN 'POST' THEN EXISTS (SELECT FROM post_collection c WHERE c.id = collection_id)
            WHEN 'PROFILE' THEN EXISTS (SELECT FROM profile_collection c WHERE c.id =
                CASE WHEN collection_id ~ '^[0-9]{1,18}$' THEN collection_id::bigint END)
            ELSE false
        END$sql$;
    catalogue constant text := 'facts about accounts and places, the same for every tenant';
    mechanism constant text := 'bookkeeping of the system; no route reads it';
    sign_in constant text := 'read to find out who the caller is; the application cannot write it for a tenant';
    rule record;
    policy record;
BEGIN
    FOR rule IN
        SELECT relation, reads, writes, coalesce(stores, writes) AS stores, reason FROM (VALUES
            ('profile_collection', or_shared, of_writer, NULL, NULL),
            ('profile_collection_item', or_shared, of_writer, of_writer || ' AND ' || in_collection || by_writer, NULL),
            ('profile_collection_item_cc_data', of_platform || of_item || ')', of_item || by_writer, NULL, NULL),
            ('winkl_collection_migration_info', of_platform || in_collection || ')', is_platform, NULL, NULL),
            ('post_collection', or_shared, of_writer, NULL, NULL),
            ('post_collection_item', of_platform || in_posts || ')', in_posts || by_writer, NULL, NULL),
            ('collection_group', or_shared, of_writer, NULL, NULL),
            ('keyword_collection', or_shared, of_writer, NULL, NULL),
            ('collection_post_metrics_summary', of_collection, is_platform, NULL, NULL),
            ('collection_hashtag', of_collection, is_platform, NULL, NULL),
            ('collection_keyword', of_collection, is_platform, NULL, NULL),
            ('partner_usage', of_partner, of_partner, NULL, NULL),
            ('partner_profile_page_track', of_partner, of_partner, NULL, NULL),
            ('activity_tracker', of_partner, of_partner, NULL, NULL),
            ('charged_search', of_partner, of_partner, NULL, NULL),
            ('idempotency_key', of_partner, of_partner, NULL, NULL),
            ('measured_collection', is_platform, is_platform, NULL, NULL),
            ('schema_version', NULL, NULL, NULL, mechanism),
            ('row_security', NULL, NULL, NULL, mechanism),
            ('event_outbox', NULL, NULL, NULL, 'events of all tenants on their way; no route reads them'),
            ('dead_letter', NULL, NULL, NULL, 'messages of all tenants that were given up; operators read them'),
            ('processed_message', NULL, NULL, NULL, mechanism),
            ('profile_search_change', NULL, NULL, NULL, catalogue),
            ('processed_batch', NULL, NULL, NULL, mechanism),
            ('job_run', NULL, NULL, NULL, mechanism),
            ('partner', NULL, NULL, NULL, sign_in),
            ('partner_contract', NULL, NULL, NULL, sign_in),
            ('identity_user', NULL, NULL, NULL, sign_in),
            ('identity_attempt', NULL, NULL, NULL, 'failed attempts before it is known who asks'),
            ('identity_account', NULL, NULL, NULL, sign_in),
            ('identity_session', NULL, NULL, NULL, sign_in),
            ('identity_refresh_token', NULL, NULL, NULL, sign_in),
            ('instagram_account', NULL, NULL, NULL, catalogue),
            ('youtube_account', NULL, NULL, NULL, catalogue),
            ('social_profile_hashtags', NULL, NULL, NULL, catalogue),
            ('social_profile_audience_info', NULL, NULL, NULL, catalogue),
            ('group_metrics', NULL, NULL, NULL, catalogue),
            ('locations', NULL, NULL, NULL, catalogue),
            ('campaign_profiles', NULL, NULL, NULL, 'what staff and creators say of an account; not a tenant''s'),
            ('campaign_profile_search', NULL, NULL, NULL, 'what is searched of campaign_profiles; not a tenant''s')
        ) AS r (relation, reads, writes, stores, reason)
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM row_security r
            WHERE r.relation = rule.relation
              AND ROW(r.reads, r.writes, r.stores, r.reason)
                  IS NOT DISTINCT FROM ROW(rule.reads, rule.writes, rule.stores, rule.reason)
              AND r.installed IS NOT DISTINCT FROM row_security_of(rule.relation));
        FOR policy IN SELECT polname FROM pg_policy WHERE polrelid = to_regclass(rule.relation) LOOP
            EXECUTE format('DROP POLICY %I ON %I', policy.polname, rule.relation);
        END LOOP;
        IF rule.reads IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', rule.relation);
            EXECUTE format('CREATE POLICY tenant_reads ON %I FOR SELECT USING (%s)', rule.relation, rule.reads);
            EXECUTE format('CREATE POLICY tenant_inserts ON %I FOR INSERT WITH CHECK (%s)',
                rule.relation, rule.stores);
            EXECUTE format('CREATE POLICY tenant_updates ON %I FOR UPDATE USING (%s) WITH CHECK (%s)',
                rule.relation, rule.writes, rule.stores);
            EXECUTE format('CREATE POLICY tenant_deletes ON %I FOR DELETE USING (%s)', rule.relation, rule.writes);
        ELSE
            EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', rule.relation);
        END IF;
        INSERT INTO row_security (relation, reads, writes, stores, reason, installed)
        VALUES (rule.relation, rule.reads, rule.writes, rule.stores, rule.reason, row_security_of(rule.relation))
        ON CONFLICT (relation) DO UPDATE SET reads = EXCLUDED.reads, writes = EXCLUDED.writes,
            stores = EXCLUDED.stores, reason = EXCLUDED.reason, installed = EXCLUDED.installed;
    END LOOP;
    DELETE FROM row_security WHERE to_regclass('public.' || quote_ident(relation)) IS NULL;
END $$;

-- ---------------------------------------------------------------------------------------------------
-- Look-ups with the owner's rights: id and partner of the enabled row behind a share id or featured id.
-- Profile collections also tell share_enabled: sharing off is refused, with another answer than unknown.
-- Policies bind the owner, so a look-up works for all partners and then for the same one as before.
-- ---------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION shared_profile_collection(share_id text)
RETURNS TABLE (id bigint, partner_id bigint, share_enabled boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY
        SELECT c.id, c.partner_id, c.share_enabled FROM profile_collection c WHERE c.share_id = $1 AND c.enabled;
    PERFORM set_config('app.partner_id', before, true);
END $$;

CREATE OR REPLACE FUNCTION featured_profile_collection(featured_id bigint)
RETURNS TABLE (id bigint, partner_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY
        SELECT c.id, c.partner_id FROM profile_collection c WHERE c.id = $1 AND c.enabled AND c.featured;
    PERFORM set_config('app.partner_id', before, true);
END $$;

-- Who has a collection of this campaign. Whoever asks holds the campaign until the end of the transaction.
CREATE OR REPLACE FUNCTION profile_collection_campaign_owner(campaign bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
    owner bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('profile collection of a campaign', campaign));
    PERFORM set_config('app.partner_id', '-1', true);
    SELECT c.partner_id INTO owner FROM profile_collection c WHERE c.campaign_id = campaign LIMIT 1;
    PERFORM set_config('app.partner_id', before, true);
    RETURN owner;
END $$;

-- Where the collection with this share id in an earlier product went.
CREATE OR REPLACE FUNCTION shared_collection_migration(share_id text)
RETURNS SETOF winkl_collection_migration_info
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY SELECT w.* FROM winkl_collection_migration_info w WHERE w.winkl_collection_share_id = $1;
    PERFORM set_config('app.partner_id', before, true);
END $$;

CREATE OR REPLACE FUNCTION shared_post_collection(share_id text)
RETURNS TABLE (id varchar, partner_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY
        SELECT c.id, c.partner_id FROM post_collection c WHERE c.share_id = $1 AND c.enabled;
    PERFORM set_config('app.partner_id', before, true);
END $$;

CREATE OR REPLACE FUNCTION shared_collection_group(share_id text)
RETURNS TABLE (id bigint, partner_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY
        SELECT g.id, g.partner_id FROM collection_group g WHERE g.share_id = $1 AND g.enabled;
    PERFORM set_config('app.partner_id', before, true);
END $$;

CREATE OR REPLACE FUNCTION shared_keyword_collection(share_id text)
RETURNS TABLE (id varchar, partner_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    before constant text := coalesce(current_setting('app.partner_id', true), '');
BEGIN
    PERFORM set_config('app.partner_id', '-1', true);
    RETURN QUERY
        SELECT c.id, c.partner_id FROM keyword_collection c WHERE c.share_id = $1 AND c.enabled;
    PERFORM set_config('app.partner_id', before, true);
END $$;

-- Refreshes both views and rebuilds locations; rows that stay keep their ids. country_names maps country
-- codes to names; a code it lacks is its own name. Runs with the owner's rights: only an owner may refresh.
CREATE OR REPLACE FUNCTION refresh_locations(country_names jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_location_master;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_location_master_tokens;

    MERGE INTO locations AS old
    USING (
        SELECT type, name,
               (CASE type WHEN 'country' THEN coalesce(country_names ->> name, name)
                          ELSE name || ', India' END)::varchar(255) AS full_name
        FROM mv_location_master,
             split_part(location, '_', 1) AS type,
             substr(location, length(type) + 2) AS name
        WHERE type IN ('city', 'state', 'country') AND length(name) BETWEEN 1 AND 255
    ) AS new ON old.type = new.type AND old.name = new.name
    WHEN MATCHED AND old.full_name <> new.full_name THEN
        UPDATE SET full_name = new.full_name, updated_at = CURRENT_TIMESTAMP
    WHEN NOT MATCHED THEN
        INSERT (name, full_name, type) VALUES (new.name, new.full_name, new.type);

    DELETE FROM locations AS gone
    WHERE NOT EXISTS (SELECT FROM mv_location_master WHERE location = gone.type || '_' || gone.name);
END $$;

-- ---------------------------------------------------------------------------------------------------
-- Rights of the application: what API, listeners and jobs use. Imports and operators work as the owner.
-- ---------------------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA public TO coffee_app;

GRANT SELECT ON
    schema_version, row_security, partner, partner_contract, identity_user, identity_account,
    social_profile_hashtags, social_profile_audience_info, group_metrics, locations,
    mv_location_master, mv_location_master_tokens, winkl_collection_migration_info
TO coffee_app;

GRANT UPDATE (failed_logins, locked_until, updated_at, password_hash) ON identity_user TO coffee_app;

-- Deletes of these are soft.
GRANT SELECT, INSERT, UPDATE ON
    job_run, instagram_account, youtube_account, campaign_profiles,
    collection_group, keyword_collection, activity_tracker
TO coffee_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON
    event_outbox, processed_message, processed_batch, dead_letter, idempotency_key,
    identity_session, identity_refresh_token, identity_attempt,
    profile_collection, profile_collection_item, profile_collection_item_cc_data,
    post_collection, post_collection_item, partner_usage, partner_profile_page_track,
    charged_search, profile_search_change, campaign_profile_search,
    collection_post_metrics_summary, collection_hashtag, collection_keyword, measured_collection
TO coffee_app;

GRANT USAGE ON SEQUENCE
    event_outbox_id_seq, dead_letter_id_seq, profile_search_change_change_seq,
    instagram_account_id_seq, youtube_account_id_seq, campaign_profiles_id_seq,
    profile_collection_id_seq, profile_collection_item_id_seq, profile_collection_item_cc_data_id_seq,
    post_collection_item_id_seq, collection_group_id_seq, collection_post_metrics_summary_id_seq,
    partner_usage_id_seq, partner_profile_page_track_id_seq, activity_tracker_id_seq
TO coffee_app;

REVOKE EXECUTE ON FUNCTION
    refresh_locations(jsonb), shared_profile_collection(text), featured_profile_collection(bigint),
    profile_collection_campaign_owner(bigint), shared_collection_migration(text),
    shared_post_collection(text), shared_collection_group(text), shared_keyword_collection(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    refresh_locations(jsonb), shared_profile_collection(text), featured_profile_collection(bigint),
    profile_collection_campaign_owner(bigint), shared_collection_migration(text),
    shared_post_collection(text), shared_collection_group(text), shared_keyword_collection(text)
TO coffee_app;
