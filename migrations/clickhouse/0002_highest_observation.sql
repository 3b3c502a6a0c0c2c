-- Keep the highest of several observations of one thing on one day; remember the lists that show a post.
--
-- Before, the last observation replaced the others, so that totals depended on the order of files.

DROP TABLE IF EXISTS profile_observations_next;

CREATE TABLE profile_observations_next
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

INSERT INTO profile_observations_next
(
    platform, platform_id, observed_on, source, followers, following, views, uploads,
    avg_engagement, inserted_at
)
SELECT
    platform, platform_id, observed_on, source, followers, following, views, uploads,
    avg_engagement, inserted_at
FROM profile_observations;

EXCHANGE TABLES profile_observations_next AND profile_observations;

DROP TABLE profile_observations_next;

DROP TABLE IF EXISTS post_observations_next;

CREATE TABLE post_observations_next
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

INSERT INTO post_observations_next
(
    platform, platform_id, post_id, observed_on, source, account_name, published_at, title,
    category, views, likes, dislikes, comments, tags, hashtags, inserted_at
)
SELECT
    platform, platform_id, post_id, observed_on, source, account_name, published_at, title,
    category, views, likes, dislikes, comments, tags, hashtags, inserted_at
FROM post_observations;

EXCHANGE TABLES post_observations_next AND post_observations;

DROP TABLE post_observations_next;
