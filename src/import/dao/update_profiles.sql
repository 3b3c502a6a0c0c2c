-- $1 rows as JSON, one object per account with the columns below.
UPDATE instagram_account AS a SET
    name = r.name,
    country = r.country,
    followers = r.followers,
    authentic_engagement = r.authentic_engagement,
    engagement_rate = coalesce(r.engagement_rate, a.engagement_rate),
    categories = r.categories,
    est_post_price = coalesce(r.est_post_price, a.est_post_price),
    last_synced_at = r.last_synced_at,
    label = r.label,
    keywords = r.keywords,
    keywords_admin = r.keywords_admin,
    search_phrase = r.search_phrase,
    search_phrase_admin = r.search_phrase_admin,
    location = r.location,
    location_list = r.location_list,
    enabled_for_saas = r.enabled_for_saas,
    updated_at = CURRENT_TIMESTAMP
FROM jsonb_populate_recordset(NULL::instagram_account, $1) AS r
WHERE a.id = r.id
  AND (a.name, a.country, a.followers, a.authentic_engagement, a.engagement_rate, a.categories,
       a.est_post_price, a.last_synced_at, a.label, a.keywords, a.keywords_admin, a.search_phrase,
       a.search_phrase_admin, a.location, a.location_list, a.enabled_for_saas)
      IS DISTINCT FROM
      (r.name, r.country, r.followers, r.authentic_engagement,
       coalesce(r.engagement_rate, a.engagement_rate), r.categories,
       coalesce(r.est_post_price, a.est_post_price), r.last_synced_at, r.label, r.keywords,
       r.keywords_admin, r.search_phrase, r.search_phrase_admin, r.location, r.location_list,
       r.enabled_for_saas)
