-- $1 handle in lower case, $2 channel id. Handles may repeat: the newest row counts.
SELECT
    (SELECT a.id FROM instagram_account a
     WHERE a.enabled AND NOT a.deleted AND lower(a.handle) = $1 ORDER BY a.updated_at DESC LIMIT 1) AS instagram,
    (SELECT a.id FROM youtube_account a
     WHERE a.enabled AND NOT a.deleted AND a.channel_id = $2 ORDER BY a.updated_at DESC LIMIT 1) AS youtube
