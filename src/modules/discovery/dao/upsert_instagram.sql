-- The id is drawn first because the profile codes contain it. Locks the row until the commit.
INSERT INTO instagram_account AS account (
    id, profile_id, gcc_profile_id, ig_id, handle, business_id, thumbnail, bio, name, followers,
    following, post_count, is_private, account_type, city, state, country, engagement_rate,
    avg_likes, avg_comments, avg_reach, avg_views, avg_reels_play_count, ffratio, image_reach,
    story_reach
)
SELECT next.id, 'IA_' || next.id, 'IA_' || next.id, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
    $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
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
    account_type = coalesce(excluded.account_type, account.account_type),
    city = coalesce(excluded.city, account.city),
    state = coalesce(excluded.state, account.state),
    country = coalesce(excluded.country, account.country),
    engagement_rate = coalesce(excluded.engagement_rate, account.engagement_rate),
    avg_likes = coalesce(excluded.avg_likes, account.avg_likes),
    avg_comments = coalesce(excluded.avg_comments, account.avg_comments),
    avg_reach = coalesce(excluded.avg_reach, account.avg_reach),
    avg_views = coalesce(excluded.avg_views, account.avg_views),
    avg_reels_play_count = coalesce(excluded.avg_reels_play_count, account.avg_reels_play_count),
    ffratio = coalesce(excluded.ffratio, account.ffratio),
    image_reach = coalesce(excluded.image_reach, account.image_reach),
    story_reach = coalesce(excluded.story_reach, account.story_reach),
    profile_id = coalesce(nullif(account.profile_id, ''), 'IA_' || account.id),
    gcc_profile_id = coalesce(nullif(account.gcc_profile_id, ''), 'IA_' || account.id),
    updated_at = now()
RETURNING id, xmax = 0 AS is_new, name, handle, email, phone, gender, languages, city, state, country,
    followers, avg_reach, avg_likes, avg_comments, engagement_rate
