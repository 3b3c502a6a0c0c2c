-- The id is drawn first because the profile codes contain it.
INSERT INTO youtube_account AS account (
    id, profile_id, gcc_profile_id, channel_id, title, thumbnail, followers, uploads_count,
    views_count, label, keywords, keywords_admin, search_phrase, search_phrase_admin,
    enabled_for_saas
)
SELECT next.id, 'YA_' || next.id, 'YA_' || next.id, $1, $2, $3, $4, $5,
    $6, $7, $8, $8, $9, $9, $10
FROM (SELECT nextval('youtube_account_id_seq') AS id) next
ON CONFLICT (channel_id) DO UPDATE SET
    title = coalesce(excluded.title, account.title),
    thumbnail = coalesce(excluded.thumbnail, account.thumbnail),
    followers = coalesce(excluded.followers, account.followers),
    uploads_count = coalesce(excluded.uploads_count, account.uploads_count),
    views_count = coalesce(excluded.views_count, account.views_count),
    profile_id = coalesce(nullif(account.profile_id, ''), 'YA_' || account.id),
    gcc_profile_id = coalesce(nullif(account.gcc_profile_id, ''), 'YA_' || account.id),
    updated_at = now()
RETURNING account.id
