-- The accounts, out of what drawn.sql says of them.
INSERT INTO youtube_account (
    channel_id, title, username, name_text, search_phrase, search_text, search_phrase_admin, search_text_admin,
    label, city, state, country, gender, dob, profile_type, description,
    keywords, keywords_admin, location, location_list, categories, languages, is_blacklisted,
    flag_contact_info_available, enabled_for_saas, followers, uploads_count, views_count, views_30d, avg_posts_per_week,
    avg_views, views_30d_grade, audience_gender, audience_age, audience_location,
    est_post_price, est_reach, est_impressions)
SELECT
    'generated-' || number, person, lower(replace(person, ' ', '_')) || number, lower(person),
    person || ' ' || lower(replace(person, ' ', '_')) || number, lower(person) || ' ' || lower(replace(person, ' ', '_')) || number,
    person || ' ' || topics[1], lower(person || ' ' || topics[1]),
    CASE WHEN size < 10000 THEN 'Nano' WHEN size < 100000 THEN 'Micro' WHEN size < 1000000 THEN 'Macro' ELSE 'Mega' END,
    CASE WHEN u16 < 0.8 THEN town END, CASE WHEN u16 < 0.8 THEN region END, land,
    CASE WHEN u26 < 0.4 THEN 'MALE' WHEN u26 < 0.8 THEN 'FEMALE' END,
    CASE WHEN u27 < 0.3 THEN date '1970-01-01' + (13000 * u28)::int END,
    'Personal', 'Generated ' || topics[1] || ' channel of ' || town,
    ARRAY[lower(topics[1]), lower(town)], ARRAY[lower(topics[1])], ARRAY['city_' || town, 'state_' || region, 'country_' || land],
    ARRAY[town, region], topics, tongues, u28 < 0.01, u30 < 0.4, true,
    size, (3000 * u19 * u19)::bigint, (size * 900 * u20)::bigint, (size * 6 * u21)::bigint, (7 * u22)::bigint,
    size * u24, g[1 + floor(5 * u21)::int],
    audience_gender, audience_age, audience_location,
    jsonb_build_object('video_posts', (size * 0.04)::bigint, 'short_posts', (size * 0.01)::bigint),
    jsonb_build_object('video_posts', (size * u24)::bigint, 'short_posts', (size * 2 * u23)::bigint),
    jsonb_build_object('video_posts', (size * 1.4 * u24)::bigint, 'short_posts', (size * 3 * u23)::bigint)
FROM documented;
