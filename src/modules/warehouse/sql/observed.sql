-- The time of ClickHouse, and when the newest observation came in: 1970 without any.
SELECT
    now64(3, 'UTC') AS now,
    toDateTime64(
        assumeNotNull(greatest(
            (SELECT max(inserted_at) FROM post_observations),
            (SELECT max(inserted_at) FROM profile_observations))),
        3, 'UTC') AS observed_at
