-- $1 rows as JSON, one object per account with the columns below.
UPDATE youtube_account AS a SET
    title = r.title,
    country = r.country,
    categories = r.categories,
    views_count = r.views_count,
    uploads_count = r.uploads_count,
    avg_views = r.avg_views,
    latest_video_publish_time = r.latest_video_publish_time,
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
FROM jsonb_populate_recordset(NULL::youtube_account, $1) AS r
WHERE a.id = r.id
  AND (a.title, a.country, a.categories, a.views_count, a.uploads_count, a.avg_views,
       a.latest_video_publish_time, a.last_synced_at, a.label, a.keywords, a.keywords_admin,
       a.search_phrase, a.search_phrase_admin, a.location, a.location_list, a.enabled_for_saas)
      IS DISTINCT FROM
      (r.title, r.country, r.categories, r.views_count, r.uploads_count, r.avg_views,
       r.latest_video_publish_time, r.last_synced_at, r.label, r.keywords, r.keywords_admin,
       r.search_phrase, r.search_phrase_admin, r.location, r.location_list, r.enabled_for_saas)
