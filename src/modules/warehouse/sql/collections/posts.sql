-- Items of post collection $1 behind item $2 that show in reports.
SELECT id, platform, short_code AS key, post_type
FROM post_collection_item
WHERE post_collection_id = $1 AND id > $2 AND enabled AND coalesce(show_in_report, true)
ORDER BY id
LIMIT $3
