-- Keep the rows of each rebuild of the derived tables apart, so that an answer never mixes two rebuilds.
--
-- What is stored becomes generation 0 and is read until the first rebuild. Accounts and periods are written by
-- every rebuild before it reads them, so their rows need not be kept.

CREATE TABLE IF NOT EXISTS derived_generations
(
    generation UInt64,
    state      Enum8('begun' = 1, 'published' = 2),
    at         DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (state, generation);

DROP TABLE IF EXISTS accounts;

CREATE TABLE accounts
(
    generation          UInt64 DEFAULT 0,
    platform            LowCardinality(String),
    platform_id         String,
    account_id          Int64,
    handle              Nullable(String),
    name                Nullable(String),
    search_phrase       Nullable(String),
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

DROP TABLE IF EXISTS account_periods;

CREATE TABLE account_periods
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

DROP TABLE IF EXISTS social_profile_time_series_next;

CREATE TABLE social_profile_time_series_next
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

INSERT INTO social_profile_time_series_next
(
    platform, platform_profile_id, platform_id, monthly_stats, date, prev_date, followers,
    following, views, plays, uploads, followers_change, views_total, plays_total,
    engagement_rate, enabled
)
SELECT
    platform, platform_profile_id, platform_id, monthly_stats, date, prev_date, followers,
    following, views, plays, uploads, followers_change, views_total, plays_total,
    engagement_rate, enabled
FROM social_profile_time_series FINAL;

EXCHANGE TABLES social_profile_time_series_next AND social_profile_time_series;

DROP TABLE social_profile_time_series_next;

DROP TABLE IF EXISTS leaderboard_next;

CREATE TABLE leaderboard_next
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

INSERT INTO leaderboard_next
(
    month, platform, profile_platform, platform_id, platform_profile_id, handle, search_phrase,
    language, category, country, profile_type, followers, prev_followers, followers_change,
    views, prev_views, yt_views, ia_views, plays, prev_plays, likes, comments, engagement,
    uploads, engagement_rate, avg_likes, avg_comments, avg_views, avg_plays, followers_rank,
    followers_change_rank, views_rank, plays_rank, current_month_ranks, last_month_ranks,
    audience_gender, audience_age, enabled
)
SELECT
    month, platform, profile_platform, platform_id, platform_profile_id, handle, search_phrase,
    language, category, country, profile_type, followers, prev_followers, followers_change,
    views, prev_views, yt_views, ia_views, plays, prev_plays, likes, comments, engagement,
    uploads, engagement_rate, avg_likes, avg_comments, avg_views, avg_plays, followers_rank,
    followers_change_rank, views_rank, plays_rank, current_month_ranks, last_month_ranks,
    audience_gender, audience_age, enabled
FROM leaderboard FINAL;

EXCHANGE TABLES leaderboard_next AND leaderboard;

DROP TABLE leaderboard_next;

DROP TABLE IF EXISTS genre_overview_next;

CREATE TABLE genre_overview_next
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

INSERT INTO genre_overview_next
(
    month, platform, category, language, profile_type, country, creators, uploads, views, plays,
    followers, likes, comments, engagement, engagement_rate, audience_age_gender, audience_age,
    audience_gender, enabled
)
SELECT
    month, platform, category, language, profile_type, country, creators, uploads, views, plays,
    followers, likes, comments, engagement, engagement_rate, audience_age_gender, audience_age,
    audience_gender, enabled
FROM genre_overview FINAL;

EXCHANGE TABLES genre_overview_next AND genre_overview;

DROP TABLE genre_overview_next;

DROP TABLE IF EXISTS trending_content_next;

CREATE TABLE trending_content_next
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

INSERT INTO trending_content_next
(
    month, platform, post_id, profile_social_id, platform_account_id, profile_type, category,
    language, post_type, post_link, thumbnail, title, description, published_at, duration,
    views, plays, likes, comments, engagement, engagement_rate, views_rank, plays_rank,
    audience_gender, audience_age, enabled
)
SELECT
    month, platform, post_id, profile_social_id, platform_account_id, profile_type, category,
    language, post_type, post_link, thumbnail, title, description, published_at, duration,
    views, plays, likes, comments, engagement, engagement_rate, views_rank, plays_rank,
    audience_gender, audience_age, enabled
FROM trending_content FINAL;

EXCHANGE TABLES trending_content_next AND trending_content;

DROP TABLE trending_content_next;

INSERT INTO derived_generations (generation, state) VALUES (0, 'begun'), (0, 'published');
