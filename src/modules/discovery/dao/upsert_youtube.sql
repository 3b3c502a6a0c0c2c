-- The id is drawn first because the profile codes contain it. Locks the row until the commit.
INSERT INTO youtube_account AS account (
    id, profile_id, gcc_profile_id, channel_id, title, thumbnail, followers, uploads_count,
    views_count, city, state, country
)
SELECT next.id, 'YA_' || next.id, 'YA_' || next.id, $1, $2, $3, $4, $5, $6, $7, $8, $9
FROM (SELECT nextval('youtube_account_id_seq') AS id) next
ON CONFLICT (channel_id) DO UPDATE SET
    title = coalesce(excluded.title, account.title),
    thumbnail = coalesce(excluded.thumbnail, account.thumbnail),
    followers = coalesce(excluded.followers, account.followers),
    uploads_count = coalesce(excluded.uploads_count, account.uploads_count),
    views_count = coalesce(excluded.views_count, account.views_count),
    city = coalesce(excluded.city, account.city),
    state = coalesce(excluded.state, account.state),
    country = coalesce(excluded.country, account.country),
    profile_id = coalesce(nullif(account.profile_id, ''), 'YA_' || account.id),
    gcc_profile_id = coalesce(nullif(account.gcc_profile_id, ''), 'YA_' || account.id),
    updated_at = now()
RETURNING id, xmax = 0 AS is_new, title AS name, username AS handle, channel_id, email, phone, gender,
    languages, city, state, country, followers, views_count, avg_views
