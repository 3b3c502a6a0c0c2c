-- The accounts, out of what drawn.sql says of them.
INSERT INTO instagram_account (
    ig_id, handle, name, name_text, search_phrase, search_text, search_phrase_admin, search_text_admin,
    label, city, state, country, gender, dob, profile_type, account_type, bio,
    keywords, keywords_admin, location, location_list, categories, languages, is_blacklisted, is_verified,
    flag_contact_info_available, enabled_for_saas, followers, following, post_count, reels_reach, story_reach, image_reach,
    plays_30d, avg_reels_play_30d, ffratio, avg_views, avg_likes, avg_comments, engagement_rate,
    engagement_rate_grade, avg_likes_grade, audience_gender, audience_age, audience_location,
    est_post_price, est_reach, est_impressions)
SELECT
    'generated-' || number, lower(replace(person, ' ', '_')) || number, person, lower(person),
    person || ' ' || lower(replace(person, ' ', '_')) || number, lower(person) || ' ' || lower(replace(person, ' ', '_')) || number,
    person || ' ' || topics[1], lower(person || ' ' || topics[1]),
    CASE WHEN size < 10000 THEN 'Nano' WHEN size < 100000 THEN 'Micro' WHEN size < 1000000 THEN 'Macro' ELSE 'Mega' END,
    CASE WHEN u16 < 0.8 THEN town END, CASE WHEN u16 < 0.8 THEN region END, land,
    CASE WHEN u26 < 0.4 THEN 'MALE' WHEN u26 < 0.8 THEN 'FEMALE' END,
    CASE WHEN u27 < 0.3 THEN date '1970-01-01' + (13000 * u28)::int END,
    'Personal', 'CREATOR', 'Generated ' || topics[1] || ' account of ' || town,
    ARRAY[lower(topics[1]), lower(town)], ARRAY[lower(topics[1])], ARRAY['city_' || town, 'state_' || region, 'country_' || land],
    ARRAY[town, region], topics, tongues, u28 < 0.01, u29 < 0.05, u30 < 0.4, true,
    size, (7500 * u18)::bigint, (4000 * u19 * u19)::bigint, (size * (0.1 + u20))::bigint, (size * 0.3 * u21)::bigint, (size * 0.5 * u22)::bigint,
    (size * 4 * u23)::bigint, (size * u23)::bigint, size / (1 + 7500 * u18), size * u24, size * 0.1 * u25 * u25, size * 0.005 * u26, 0.15 * u25 * u25,
    g[1 + floor(5 * u25)::int], g[1 + floor(5 * u24)::int],
    audience_gender, audience_age, audience_location,
    jsonb_build_object('image_posts', (size * 0.01)::bigint, 'reel_posts', (size * 0.03)::bigint, 'story_posts', (size * 0.005)::bigint),
    jsonb_build_object('image_posts', (size * 0.5 * u22)::bigint, 'reel_posts', (size * (0.1 + u20))::bigint, 'story_posts', (size * 0.3 * u21)::bigint),
    jsonb_build_object('image_posts', (size * 0.6 * u22)::bigint, 'reel_posts', (size * (0.2 + u20))::bigint, 'story_posts', (size * 0.4 * u21)::bigint)
FROM documented;
