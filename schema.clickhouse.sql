-- The ClickHouse schema of a new installation; one that exists is changed by the steps in
-- migrations/clickhouse. Every statement ends with a semicolon at the end of
-- a line, names no database (the connection's current one is used) and may run any number of times.
--
-- Three kinds of tables:
--   observed   profile_observations, post_observations: written by importers and collectors
--   copied     accounts: the accounts of PostgreSQL, as far as the derivations need them
--   derived    account_periods and the four tables that the API reads, rebuilt from the two kinds
--              above by src/modules/warehouse/sql/NN_<table>.sql
--
-- Copied and derived tables hold generations: each rebuild writes one, into a partition of its own of every
-- table, and a record in derived_generations publishes it. An answer reads the newest published generation
-- of its beginning, also in its later statements. Generation 0 is what is there before the first rebuild.
--
-- Observed tables are AggregatingMergeTree: several observations of one thing on one day, from different
-- sources or repeated, become one row when parts merge, with the highest number and the last text in the
-- alphabet of each column, so that their order does not matter. The others are ReplacingMergeTree: a
-- later row with the same order key replaces the earlier one. Readers of both use FINAL. Columns of order
-- keys are never null. A value that no source knows is NULL, never 0. Rates are fractions (0.035 =
-- 3.5 %), audience shares are percentages 0 to 100.
-- MATERIALIZED columns are computed on insert and never supplied. An `id` is a fixed hash of the
-- business key, at least 1 and below 2^53, so it survives every rebuild and is exact in JSON numbers.

-- Versions that this database went through; the largest one is where it is, 0 = being created.
CREATE TABLE IF NOT EXISTS schema_version
(
    version    UInt32,
    applied_at DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY version;

-- One profile on one day, as a source showed it. `views` and `uploads` are lifetime totals of a
-- YouTube channel, `avg_engagement` is likes plus comments per post.
CREATE TABLE IF NOT EXISTS profile_observations
(
    platform       LowCardinality(String),
    platform_id    String,
    observed_on    Date,
    source         SimpleAggregateFunction(max, String),
    followers      SimpleAggregateFunction(max, Nullable(Int64)),
    following      SimpleAggregateFunction(max, Nullable(Int64)),
    views          SimpleAggregateFunction(max, Nullable(Int64)),
    uploads        SimpleAggregateFunction(max, Nullable(Int64)),
    avg_engagement SimpleAggregateFunction(max, Nullable(Float64)),
    inserted_at    SimpleAggregateFunction(max, DateTime64(3, 'UTC')) DEFAULT now64(3, 'UTC')
)
ENGINE = AggregatingMergeTree
ORDER BY (platform, platform_id, observed_on);

-- One post on one day, as a source showed it: lifetime counts of the post up to that day. `views` of
-- an Instagram post are its plays. `category` is the post's own category title, '' when unknown, as is
-- `title`. `account_name` is the name that the account had on that day. A post whose id the source
-- has lost gets a `post_id` that begins with `damaged-`: it counts for its account only. `countries` are
-- those of the trending lists that show the post.
CREATE TABLE IF NOT EXISTS post_observations
(
    platform     LowCardinality(String),
    platform_id  String,
    post_id      String,
    observed_on  Date,
    source       SimpleAggregateFunction(max, String),
    account_name SimpleAggregateFunction(max, String),
    published_at SimpleAggregateFunction(max, DateTime('UTC')),
    title        SimpleAggregateFunction(max, String),
    category     SimpleAggregateFunction(max, String),
    views        SimpleAggregateFunction(max, Nullable(Int64)),
    likes        SimpleAggregateFunction(max, Nullable(Int64)),
    dislikes     SimpleAggregateFunction(max, Nullable(Int64)),
    comments     SimpleAggregateFunction(max, Nullable(Int64)),
    tags         SimpleAggregateFunction(max, Array(String)),
    hashtags     SimpleAggregateFunction(max, Array(String)),
    inserted_at  SimpleAggregateFunction(max, DateTime64(3, 'UTC')) DEFAULT now64(3, 'UTC'),
    countries    SimpleAggregateFunction(groupUniqArrayArray, Array(String))
)
ENGINE = AggregatingMergeTree
ORDER BY (platform, platform_id, post_id, observed_on);

-- What became of the rebuilds: one row when a generation is begun, one when it is published.
CREATE TABLE IF NOT EXISTS derived_generations
(
    generation UInt64,
    state      Enum8('begun' = 1, 'published' = 2),
    at         DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (state, generation);

-- The accounts of PostgreSQL: `platform_id` is ig_id or channel_id, `account_id` the row's id.
-- `category` and `language` are the first elements of its arrays. `linked_platform_id` is the
-- platform_id of the linked account on the other platform, '' when there is none; only that of a
-- YouTube account is used. `audience_age_gender` has the keys `male` and `female`, each a map of age
-- bucket to percentage. Accounts of every country are carried through to the derived tables together
-- with `country`; narrowing to one country is left to the queries of the API.
CREATE TABLE IF NOT EXISTS accounts
(
    generation          UInt64 DEFAULT 0,
    platform            LowCardinality(String),
    platform_id         String,
    account_id          Int64,
    handle              Nullable(String),
    name                Nullable(String),
    search_phrase       Nullable(String),
    search_text         Nullable(String) DEFAULT search_phrase,
    category            LowCardinality(Nullable(String)),
    language            LowCardinality(Nullable(String)),
    country             LowCardinality(Nullable(String)),
    profile_type        LowCardinality(Nullable(String)),
    followers           Nullable(Int64),
    linked_platform_id  String,
    audience_gender     Map(String, Float64),
    audience_age        Map(String, Float64),
    audience_age_gender Map(String, Map(String, Float64)),
    updated_at          DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, platform, platform_id);

-- One account in one week (dated by the Sunday that begins it) or month (by its first day): the source of the
-- series, the leaderboards and the genre overview. `prev_date` is the account's previous period of the
-- same kind; the other `prev_` values and the changes exist only when that one is at most 7 days
-- (weeks) or 31 days (months) earlier. `views_total` and `plays_total` are lifetime totals, while
-- `views`, `plays`, `uploads`, `likes` and `comments` belong to the period.
CREATE TABLE IF NOT EXISTS account_periods
(
    generation       UInt64 DEFAULT 0,
    platform         LowCardinality(String),
    platform_id      String,
    monthly_stats    Bool,
    date             Date,
    prev_date        Nullable(Date),
    followers        Nullable(Int64),
    prev_followers   Nullable(Int64),
    followers_change Nullable(Int64),
    following        Nullable(Int64),
    views_total      Nullable(Int64),
    prev_views       Nullable(Int64),
    views            Nullable(Int64),
    plays_total      Nullable(Int64),
    prev_plays       Nullable(Int64),
    plays            Nullable(Int64),
    uploads          Nullable(Int64),
    likes            Nullable(Int64),
    comments         Nullable(Int64),
    engagement_rate  Nullable(Float64),
    updated_at       DateTime('UTC') MATERIALIZED now()
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, platform, platform_id, monthly_stats, date);

-- The growth of one profile. It is read profile by profile, hence the small granules.
CREATE TABLE IF NOT EXISTS social_profile_time_series
(
    generation          UInt64 DEFAULT 0,
    id                  UInt64 MATERIALIZED
        1 + cityHash64(platform, toString(platform_profile_id), toString(monthly_stats), toString(date)) % 9007199254740991,
    platform            LowCardinality(String),
    platform_profile_id Int64,
    platform_id         String,
    monthly_stats       Bool,
    date                Date,
    prev_date           Nullable(Date),
    followers           Nullable(Int64),
    following           Nullable(Int64),
    views               Nullable(Int64),
    plays               Nullable(Int64),
    uploads             Nullable(Int64),
    followers_change    Nullable(Int64),
    views_total         Nullable(Int64),
    plays_total         Nullable(Int64),
    engagement_rate     Nullable(Float64),
    enabled             Bool DEFAULT true,
    updated_at          DateTime('UTC') MATERIALIZED now()
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, platform, platform_profile_id, monthly_stats, date)
SETTINGS index_granularity = 512;

-- The ranked accounts of one month. `platform` is INSTAGRAM, YOUTUBE or ALL (both, linked pairs added
-- up); `profile_platform` (IA, YA) says which account table `platform_profile_id` belongs to. The rank
-- maps have 32 keys: (plays_rank, views_rank, followers_change_rank, followers_rank) x ('', _by_cat,
-- _by_lang, _by_profile, _by_cat_lang, _by_cat_profile, _by_lang_profile, _by_cat_lang_profile), 0 for
-- unranked. The four rank columns repeat the keys without scope for sorting, NULL for unranked.
CREATE TABLE IF NOT EXISTS leaderboard
(
    generation            UInt64 DEFAULT 0,
    id                    UInt64 MATERIALIZED
        1 + cityHash64(toString(month), platform, profile_platform, platform_id) % 9007199254740991,
    month                 Date,
    platform              LowCardinality(String),
    profile_platform      LowCardinality(String),
    platform_id           String,
    platform_profile_id   Int64,
    handle                Nullable(String),
    search_phrase         Nullable(String),
    search_text           Nullable(String) DEFAULT search_phrase,
    language              LowCardinality(Nullable(String)),
    category              LowCardinality(Nullable(String)),
    country               LowCardinality(Nullable(String)),
    profile_type          LowCardinality(String),
    followers             Nullable(Int64),
    prev_followers        Nullable(Int64),
    followers_change      Nullable(Int64),
    views                 Nullable(Int64),
    prev_views            Nullable(Int64),
    yt_views              Nullable(Int64),
    ia_views              Nullable(Int64),
    plays                 Nullable(Int64),
    prev_plays            Nullable(Int64),
    likes                 Nullable(Int64),
    comments              Nullable(Int64),
    engagement            Nullable(Int64),
    uploads               Nullable(Int64),
    engagement_rate       Nullable(Float64),
    avg_likes             Nullable(Float64),
    avg_comments          Nullable(Float64),
    avg_views             Nullable(Float64),
    avg_plays             Nullable(Float64),
    followers_rank        Nullable(UInt64),
    followers_change_rank Nullable(UInt64),
    views_rank            Nullable(UInt64),
    plays_rank            Nullable(UInt64),
    current_month_ranks   Map(String, UInt64),
    last_month_ranks      Map(String, UInt64),
    audience_gender       Map(String, Float64),
    audience_age          Map(String, Float64),
    enabled               Bool DEFAULT true,
    updated_at            DateTime('UTC') MATERIALIZED now()
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, month, platform, profile_platform, platform_id);

-- Sums over all accounts of a genre. `month` is text: the first day of a month or ALL; `platform`,
-- `language`, `category` and `profile_type` may be ALL too. A path such as
-- `audience_age_gender.male.18-24` is `audience_age_gender['male']['18-24']`; a key that is absent
-- reads as 0, so a filter must also ask `mapContains`.
CREATE TABLE IF NOT EXISTS genre_overview
(
    generation          UInt64 DEFAULT 0,
    id                  UInt64 MATERIALIZED
        1 + cityHash64(category, month, platform, language, profile_type) % 9007199254740991,
    month               LowCardinality(String),
    platform            LowCardinality(String),
    category            LowCardinality(String),
    language            LowCardinality(String),
    profile_type        LowCardinality(String),
    country             LowCardinality(Nullable(String)),
    creators            UInt64,
    uploads             Nullable(Int64),
    views               Nullable(Int64),
    plays               Nullable(Int64),
    followers           Nullable(Int64),
    likes               Nullable(Int64),
    comments            Nullable(Int64),
    engagement          Nullable(Int64),
    engagement_rate     Nullable(Float64),
    audience_age_gender Map(String, Map(String, Float64)),
    audience_age        Map(String, Float64),
    audience_gender     Map(String, Float64),
    enabled             Bool DEFAULT true,
    updated_at          DateTime('UTC') MATERIALIZED now()
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, month, platform, category, language, profile_type);

-- The most viewed (YouTube) and most played (Instagram) posts by month of publication and category.
-- `month` is the text of a month's first day in the business time zone.
CREATE TABLE IF NOT EXISTS trending_content
(
    generation          UInt64 DEFAULT 0,
    id                  UInt64 MATERIALIZED
        1 + cityHash64(platform, post_id, month) % 9007199254740991,
    month               LowCardinality(String),
    platform            LowCardinality(String),
    post_id             String,
    profile_social_id   String,
    platform_account_id Nullable(Int64),
    profile_type        LowCardinality(String),
    category            LowCardinality(Nullable(String)),
    language            LowCardinality(Nullable(String)),
    post_type           LowCardinality(Nullable(String)),
    post_link           Nullable(String),
    thumbnail           Nullable(String),
    title               Nullable(String),
    description         Nullable(String),
    published_at        DateTime('UTC'),
    duration            Nullable(Int64),
    views               Nullable(Int64),
    plays               Nullable(Int64),
    likes               Nullable(Int64),
    comments            Nullable(Int64),
    engagement          Nullable(Int64),
    engagement_rate     Nullable(Float64),
    views_rank          Nullable(UInt64),
    plays_rank          Nullable(UInt64),
    audience_gender     Map(String, Float64),
    audience_age        Map(String, Float64),
    enabled             Bool DEFAULT true,
    updated_at          DateTime('UTC') MATERIALIZED now()
)
ENGINE = ReplacingMergeTree(updated_at)
PARTITION BY generation
ORDER BY (generation, month, platform, post_id);

-- The posts of collections day by day: their counts as they stood on the day, rebuilt from observations by
-- src/modules/warehouse/sql/collections. `collection_type` POST or PROFILE says whose id `collection_id` is.
-- `stats_date` is a day of the business time zone. What no source knows is NULL. `reach` is what analytics
-- show: the real reach where it is known, else the estimate.
CREATE TABLE IF NOT EXISTS mart_collection_post_ts
(
    platform                     LowCardinality(String),
    post_short_code              String,
    post_collection_item_id      Nullable(Int64),
    post_type                    LowCardinality(String),
    post_title                   String,
    post_link                    String,
    post_thumbnail               Nullable(String),
    hashtags                     Array(String),
    keywords                     Array(String),
    published_at                 DateTime('UTC'),
    profile_social_id            Nullable(String),
    profile_handle               String,
    post_handle                  Nullable(String),
    profile_name                 Nullable(String),
    collection_type              LowCardinality(String),
    collection_id                String,
    followers                    Nullable(Int64),
    link_clicks                  Int64,
    orders                       Int64,
    delivered_orders             Int64,
    completed_orders             Int64,
    leaderboard_overall_orders   Int64,
    leaderboard_delivered_orders Int64,
    leaderboard_completed_orders Int64,
    stats_date                   Date,
    views                        Nullable(Float64),
    likes                        Nullable(Int64),
    comments                     Nullable(Int64),
    impressions                  Nullable(Float64),
    saves                        Nullable(Int64),
    plays                        Nullable(Int64),
    reach                        Nullable(Float64),
    swipe_ups                    Nullable(Int64),
    mentions                     Nullable(Int64),
    sticker_taps                 Nullable(Int64),
    shares                       Nullable(Int64),
    story_exits                  Nullable(Int64),
    story_back_taps              Nullable(Int64),
    story_forward_taps           Nullable(Int64),
    total_engagement             Nullable(Int64),
    engagement_rate              Nullable(Float64),
    real_reach                   Nullable(Float64),
    real_impressions             Nullable(Float64),
    updated_at                   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (collection_id, collection_type, post_short_code, platform, stats_date);

-- Clicks on the links of a collection's posts by day; `clicks_cumul` are those up to the day's end.
CREATE TABLE IF NOT EXISTS mart_collection_clicks_ts
(
    platform        LowCardinality(String),
    collection_id   String,
    collection_type LowCardinality(String),
    profile_handle  String,
    post_short_code String,
    stats_date      Date,
    clicks          Int64,
    clicks_cumul    Int64,
    updated_at      DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (collection_id, collection_type, post_short_code, platform, stats_date);

-- The accounts of PostgreSQL as searches filter and sort them, one row per account and platform. Readers take the
-- rows of profile_search whose ids are not in profile_search_delta, and the latest ones there. Names end with
-- `_text` where they are folded as fold_text does; grades are 1 (Poor) to 5 (Excellent); numbers of documents
-- have columns of their own, but for the places of audiences, whose keys are `city.<name>`, `state.<name>` and
-- `country.<code>`. `tuple_version` is the xmin of the row in PostgreSQL, by which a lost change is found.
-- EPHEMERAL columns are what is inserted: JSON texts, from which others follow. `missing` has a bit for each list
-- that is null, in the order of the columns: a list that is null has no elements and is not without them either.
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

-- Accounts that changed since profile_search was written: the row with the highest `change` of an account counts.
-- One that is not visible stands for an account that searches do not find any more.
CREATE TABLE IF NOT EXISTS profile_search_delta AS profile_search
ENGINE = ReplacingMergeTree(change)
ORDER BY (platform, id);

-- Rows of profile_search on their way in, a partition of which takes the place of that of the same name.
CREATE TABLE IF NOT EXISTS profile_search_staging AS profile_search
ENGINE = MergeTree
PARTITION BY (platform, intDiv(id, 1048576))
ORDER BY (country, followers_or_least, id)
SETTINGS allow_nullable_key = 1;

-- Partitions of profile_search that were written out of PostgreSQL, and the rebuild that wrote them; the
-- partition -1 stands for all of them. Searches use profile_search once there is one such.
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
