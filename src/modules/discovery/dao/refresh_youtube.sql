-- $1 row, $2 channel id, then what was delivered.
UPDATE youtube_account SET
    title = coalesce($3, title), thumbnail = coalesce($4, thumbnail), followers = coalesce($5, followers),
    label = coalesce($6, label), uploads_count = coalesce($7, uploads_count),
    views_count = coalesce($8, views_count), updated_at = now()
WHERE id = $1 AND ($2 IS NULL OR channel_id = $2)
