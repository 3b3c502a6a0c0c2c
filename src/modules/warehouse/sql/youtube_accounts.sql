-- PostgreSQL: a page of the channels in use. $1 last id of the previous page, $2 size. Of several
-- Instagram accounts with the linked handle the newest one in use is meant.
SELECT jsonb_build_object(
    'platform', 'YOUTUBE',
    'platform_id', a.channel_id,
    'account_id', a.id,
    'handle', a.username,
    'name', a.title,
    'search_phrase', a.search_phrase,
    'search_text', a.search_text,
    'category', a.categories[1],
    'language', a.languages[1],
    'country', a.country,
    'profile_type', a.profile_type,
    'followers', a.followers,
    'linked_platform_id', coalesce(linked.ig_id, ''),
    'audience_gender', a.audience_gender,
    'audience_age', a.audience_age,
    'audience_age_gender', i.audience_age_gender_split)
FROM youtube_account a
LEFT JOIN social_profile_audience_info i
    ON i.platform = 'YOUTUBE' AND i.platform_profile_id = a.id AND i.enabled
LEFT JOIN LATERAL (
    SELECT ig_id FROM instagram_account
    WHERE handle = a.linked_instagram_handle AND enabled AND deleted IS NOT TRUE
    ORDER BY updated_at DESC, id LIMIT 1
) AS linked ON true
WHERE a.id > $1 AND a.enabled AND a.deleted IS NOT TRUE
ORDER BY a.id
LIMIT $2
