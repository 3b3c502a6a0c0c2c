-- PostgreSQL: a page of the Instagram accounts in use. $1 last id of the previous page, $2 size.
SELECT jsonb_build_object(
    'platform', 'INSTAGRAM',
    'platform_id', a.ig_id,
    'account_id', a.id,
    'handle', a.handle,
    'name', a.name,
    'search_phrase', a.search_phrase,
    'search_text', a.search_text,
    'category', a.categories[1],
    'language', a.languages[1],
    'country', a.country,
    'profile_type', a.profile_type,
    'followers', a.followers,
    'linked_platform_id', coalesce(a.linked_channel_id, ''),
    'audience_gender', a.audience_gender,
    'audience_age', a.audience_age,
    'audience_age_gender', i.audience_age_gender_split)
FROM instagram_account a
LEFT JOIN social_profile_audience_info i
    ON i.platform = 'INSTAGRAM' AND i.platform_profile_id = a.id AND i.enabled
WHERE a.id > $1 AND a.enabled AND a.deleted IS NOT TRUE
ORDER BY a.id
LIMIT $2
