-- Add the posts of collections and the clicks on their links, day by day.

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
