-- Add the accounts as searches find them.

CREATE TABLE IF NOT EXISTS profile_search
(
    platform                    Enum8('INSTAGRAM' = 1, 'YOUTUBE' = 2),
    id                          Int64 CODEC(Delta, LZ4),
    change                      UInt64 DEFAULT 0,
    is_visible                  Bool DEFAULT true,
    written_at                  DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, LZ4),
    tuple_version               UInt32 CODEC(Delta, LZ4),
    name                        Nullable(String),
    name_text                   Nullable(String),
    search_phrase               Nullable(String),
    search_text                 Nullable(String),
    search_phrase_admin         Nullable(String),
    search_text_admin           Nullable(String),
    gender                      LowCardinality(Nullable(String)),
    label                       LowCardinality(Nullable(String)),
    profile_type                LowCardinality(Nullable(String)),
    city                        LowCardinality(Nullable(String)),
    state                       LowCardinality(Nullable(String)),
    country                     LowCardinality(Nullable(String)),
    is_blacklisted              Nullable(Bool),
    flag_contact_info_available Nullable(Bool),
    dob                         Nullable(Date32),
    followers                   Nullable(Int64) CODEC(Delta, LZ4),
    following                   Nullable(Int64),
    post_count                  Nullable(Int64),
    plays_30d                   Nullable(Int64),
    reels_reach                 Nullable(Int64),
    image_reach                 Nullable(Int64),
    story_reach                 Nullable(Int64),
    uploads_count               Nullable(Int64),
    views_count                 Nullable(Int64),
    views_30d                   Nullable(Int64),
    avg_posts_per_week          Nullable(Int64),
    followers_or_least          Int64 MATERIALIZED ifNull(followers, -9223372036854775808) CODEC(Delta, LZ4),
    avg_views                   Nullable(Float64),
    avg_likes                   Nullable(Float64),
    avg_comments                Nullable(Float64),
    ffratio                     Nullable(Float64),
    engagement_rate             Nullable(Float64),
    engagement_rate_grade       Nullable(UInt8),
    avg_likes_grade             Nullable(UInt8),
    views_30d_grade             Nullable(UInt8),
    keywords_json               String EPHEMERAL,
    keywords_admin_json         String EPHEMERAL,
    location_json               String EPHEMERAL,
    location_list_json          String EPHEMERAL,
    languages_json              String EPHEMERAL,
    categories_json             String EPHEMERAL,
    keywords                    Array(String) DEFAULT JSONExtract(keywords_json, 'Array(String)'),
    keywords_admin              Array(String) DEFAULT JSONExtract(keywords_admin_json, 'Array(String)'),
    location                    Array(LowCardinality(String)) DEFAULT JSONExtract(location_json, 'Array(String)'),
    location_list               Array(LowCardinality(String)) DEFAULT JSONExtract(location_list_json, 'Array(String)'),
    languages                   Array(LowCardinality(String)) DEFAULT JSONExtract(languages_json, 'Array(String)'),
    categories                  Array(LowCardinality(String)) DEFAULT JSONExtract(categories_json, 'Array(String)'),
    missing                     UInt8 DEFAULT empty(keywords_json) + 2 * empty(keywords_admin_json) + 4 * empty(location_json)
        + 8 * empty(location_list_json) + 16 * empty(languages_json) + 32 * empty(categories_json),
    audience_age_json           String EPHEMERAL,
    audience_gender_json        String EPHEMERAL,
    est_post_price_json         String EPHEMERAL,
    est_reach_json              String EPHEMERAL,
    est_impressions_json        String EPHEMERAL,
    audience_location_json      String EPHEMERAL,
    audience_age                Map(String, String) EPHEMERAL JSONExtractKeysAndValuesRaw(audience_age_json),
    audience_gender             Map(String, String) EPHEMERAL JSONExtractKeysAndValuesRaw(audience_gender_json),
    est_post_price              Map(String, String) EPHEMERAL JSONExtractKeysAndValuesRaw(est_post_price_json),
    est_reach                   Map(String, String) EPHEMERAL JSONExtractKeysAndValuesRaw(est_reach_json),
    est_impressions             Map(String, String) EPHEMERAL JSONExtractKeysAndValuesRaw(est_impressions_json),
    audience_age_13_17          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['13-17']),
    audience_age_18_24          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['18-24']),
    audience_age_25_34          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['25-34']),
    audience_age_35_44          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['35-44']),
    audience_age_45_54          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['45-54']),
    audience_age_55_64          Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['55-64']),
    audience_age_65             Nullable(Float64) DEFAULT toFloat64OrNull(audience_age['65+']),
    audience_gender_male_per    Nullable(Float64) DEFAULT toFloat64OrNull(audience_gender['male_per']),
    audience_gender_female_per  Nullable(Float64) DEFAULT toFloat64OrNull(audience_gender['female_per']),
    audience_gender_other_per   Nullable(Float64) DEFAULT toFloat64OrNull(audience_gender['other_per']),
    est_post_price_image_posts  Nullable(Float64) DEFAULT toFloat64OrNull(est_post_price['image_posts']),
    est_post_price_reel_posts   Nullable(Float64) DEFAULT toFloat64OrNull(est_post_price['reel_posts']),
    est_post_price_story_posts  Nullable(Float64) DEFAULT toFloat64OrNull(est_post_price['story_posts']),
    est_post_price_video_posts  Nullable(Float64) DEFAULT toFloat64OrNull(est_post_price['video_posts']),
    est_post_price_short_posts  Nullable(Float64) DEFAULT toFloat64OrNull(est_post_price['short_posts']),
    est_reach_image_posts       Nullable(Float64) DEFAULT toFloat64OrNull(est_reach['image_posts']),
    est_reach_reel_posts        Nullable(Float64) DEFAULT toFloat64OrNull(est_reach['reel_posts']),
    est_reach_story_posts       Nullable(Float64) DEFAULT toFloat64OrNull(est_reach['story_posts']),
    est_reach_video_posts       Nullable(Float64) DEFAULT toFloat64OrNull(est_reach['video_posts']),
    est_reach_short_posts       Nullable(Float64) DEFAULT toFloat64OrNull(est_reach['short_posts']),
    est_impressions_image_posts Nullable(Float64) DEFAULT toFloat64OrNull(est_impressions['image_posts']),
    est_impressions_reel_posts  Nullable(Float64) DEFAULT toFloat64OrNull(est_impressions['reel_posts']),
    est_impressions_story_posts Nullable(Float64) DEFAULT toFloat64OrNull(est_impressions['story_posts']),
    est_impressions_video_posts Nullable(Float64) DEFAULT toFloat64OrNull(est_impressions['video_posts']),
    est_impressions_short_posts Nullable(Float64) DEFAULT toFloat64OrNull(est_impressions['short_posts']),
    audience_places             Array(Tuple(String, String)) EPHEMERAL arrayFlatten(arrayMap(
        level -> arrayMap(place -> (concat(level, '.', place.1), place.2),
            JSONExtractKeysAndValuesRaw(audience_location_json, level)), ['city', 'state', 'country'])),
    audience_location           Map(LowCardinality(String), Float64) DEFAULT mapFromArrays(
        arrayMap(place -> place.1, arrayFilter(place -> isNotNull(toFloat64OrNull(place.2)), audience_places)),
        arrayMap(place -> toFloat64OrZero(place.2), arrayFilter(place -> isNotNull(toFloat64OrNull(place.2)), audience_places)))
)
ENGINE = MergeTree
PARTITION BY (platform, intDiv(id, 1048576))
ORDER BY (country, followers_or_least, id)
SETTINGS allow_nullable_key = 1;

CREATE TABLE IF NOT EXISTS profile_search_delta AS profile_search
ENGINE = ReplacingMergeTree(change)
ORDER BY (platform, id);

CREATE TABLE IF NOT EXISTS profile_search_staging AS profile_search
ENGINE = MergeTree
PARTITION BY (platform, intDiv(id, 1048576))
ORDER BY (country, followers_or_least, id)
SETTINGS allow_nullable_key = 1;

CREATE TABLE IF NOT EXISTS profile_search_rebuilt
(
    rebuild                     UInt64,
    platform                    LowCardinality(String),
    partition                   Int64,
    begun_at                    DateTime64(3, 'UTC'),
    rebuilt_at                  DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (rebuild, platform, partition);
