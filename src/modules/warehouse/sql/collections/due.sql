-- Collections whose posts have to be measured: they or their items changed since $1, after they were measured
-- last; or observations came in after the newest one that they know ($2). Those measured since $3, in this
-- run, are not. `share_id` is null where there is nothing to measure any more. A transaction may commit a
-- minute after the time that it wrote: changes of the minute before a measurement count as later.
WITH changed AS (
    SELECT collection_type, collection_id, max(at) AS at
    FROM (
        SELECT 'POST' AS collection_type, id::text AS collection_id, updated_at AS at
        FROM post_collection WHERE updated_at > $1
        UNION ALL
        SELECT 'POST', post_collection_id, updated_at FROM post_collection_item WHERE updated_at > $1
        UNION ALL
        SELECT 'PROFILE', id::text, updated_at FROM profile_collection WHERE updated_at > $1
        UNION ALL
        SELECT 'PROFILE', profile_collection_id::text, updated_at
        FROM profile_collection_item WHERE updated_at > $1
    ) AS changes
    GROUP BY collection_type, collection_id
), due AS (
    SELECT c.collection_type, c.collection_id, m.measured_at IS NOT NULL AS is_known
    FROM changed c LEFT JOIN measured_collection m USING (collection_type, collection_id)
    WHERE m.measured_at IS NULL
       OR m.measured_at - interval '1 minute' <= c.at AND m.measured_at < $3
    UNION
    SELECT collection_type, collection_id, true FROM measured_collection WHERE observed_at < $2
)
SELECT d.collection_type, d.collection_id, coalesce(post.share_id, profile.share_id) AS share_id
FROM due d
LEFT JOIN post_collection post
    ON d.collection_type = 'POST' AND post.id = d.collection_id AND post.enabled
LEFT JOIN profile_collection profile
    ON profile.id = CASE WHEN d.collection_type = 'PROFILE' THEN d.collection_id::bigint END
   AND profile.enabled AND profile.source = 'SAAS-AT'
WHERE d.is_known OR post.id IS NOT NULL OR profile.id IS NOT NULL
ORDER BY d.collection_type, d.collection_id
LIMIT $4
