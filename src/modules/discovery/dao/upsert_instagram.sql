-- The id is drawn first because the profile codes contain it.
INSERT INTO instagram_account AS account (
    id, profile_id, gcc_profile_id, ig_id, handle, business_id, thumbnail, bio, name, followers,
    following, post_count, is_private, label, keywords, keywords_admin, search_phrase,
    search_phrase_admin, enabled_for_saas
)
SELECT next.id, 'IA_' || next.id, 'IA_' || next.id, $1, $2, $3, $4, $5, $6, $7,
    $8, $9, $10, $11, $12, $12, $13, $13, $14
FROM (SELECT nextval('instagram_account_id_seq') AS id) next
ON CONFLICT (ig_id) DO UPDATE SET
    handle = excluded.handle,
    business_id = coalesce(excluded.business_id, account.business_id),
    thumbnail = coalesce(excluded.thumbnail, account.thumbnail),
    bio = coalesce(excluded.bio, account.bio),
    name = coalesce(excluded.name, account.name),
    followers = coalesce(excluded.followers, account.followers),
    following = coalesce(excluded.following, account.following),
    post_count = coalesce(excluded.post_count, account.post_count),
    is_private = coalesce(excluded.is_private, account.is_private),
    profile_id = coalesce(nullif(account.profile_id, ''), 'IA_' || account.id),
    gcc_profile_id = coalesce(nullif(account.gcc_profile_id, ''), 'IA_' || account.id),
    updated_at = now()
RETURNING account.id
