-- 200,000 campaign profiles, their accounts and collections. Whoever runs this puts a number in place of {profiles}.
-- A profile is n + 1,000,000; pick(n, below, seed) is a number below `below` that follows from n.

CREATE FUNCTION pick(n bigint, below bigint, seed bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, seed) & 9007199254740991) % below;

CREATE TEMP TABLE word AS SELECT
    string_to_array('Aarav Aditi Ananya Arjun Asha Bhavna Chitra Deepak Devika Diya Esha Farhan Gauri Harsh '
        'Ishaan Jaya Kabir Kavya Kiran Lakshmi Manish Meera Mohan Nandini Neha Nikhil Nisha Omkar Pooja '
        'Pranav Priya Rahul Rohan Sana Sanjay Shreya Tanvi Uday Varun Zoya', ' ') AS first,
    string_to_array('Agarwal Bansal Bhat Bose Chauhan Chopra Das Desai Dutta Gandhi Ghosh Gupta Iyer Jain '
        'Joshi Kapoor Kaur Khan Kulkarni Kumar Malhotra Mehta Menon Mishra Nair Naidu Pandey Patel Patil '
        'Pillai Rao Reddy Saxena Sen Shah Sharma Shetty Singh Thomas Verma', ' ') AS last,
    string_to_array('Mumbai Pune Nagpur Delhi Bengaluru Mysuru Chennai Madurai Kolkata Jaipur Hyderabad '
        'Lucknow Kanpur Indore Bhopal Surat Ahmedabad Kochi Patna Guwahati', ' ') AS city,
    string_to_array('Maharashtra Maharashtra Maharashtra Delhi Karnataka Karnataka Tamil_Nadu Tamil_Nadu '
        'West_Bengal Rajasthan Telangana Uttar_Pradesh Uttar_Pradesh Madhya_Pradesh Madhya_Pradesh Gujarat '
        'Gujarat Kerala Bihar Assam', ' ') AS state,
    string_to_array('hi en ta te bn mr kn gu ml pa', ' ') AS language,
    string_to_array('FEMALE FEMALE MALE MALE OTHER', ' ') AS gender;

CREATE TEMP TABLE creator AS
SELECT n, 1000000 + n AS id,
    CASE WHEN n % 10 < 6 THEN 'INSTAGRAM' WHEN n % 10 < 9 THEN 'YOUTUBE' ELSE 'GCC' END AS platform,
    -- Smaller numbers are chosen more often, as large cities are.
    1 + pick(n, 20, 1) * pick(n, 20, 2) / 20 AS place,
    first[1 + pick(n, 40, 3)] || ' ' || last[1 + pick(n, 40, 4)] AS name,
    CASE WHEN pick(n, 4, 5) = 0 THEN first[1 + pick(n, 40, 3)] || ' ' || chr(65 + pick(n, 26, 6)::int)
         ELSE first[1 + pick(n, 40, 3)] || ' ' || last[1 + pick(n, 40, 4)] END AS nickname,
    gender[1 + pick(n, 5, 7)] AS gender,
    ARRAY[language[1 + pick(n, 10, 8) * pick(n, 10, 9) / 10], 'x' || pick(n, 30, 10)] AS languages,
    '9' || lpad((n * 7919 % 1000000000)::text, 9, '0') AS phone,
    date '1970-01-01' + pick(n, 14000, 11)::int AS dob,
    replace(city[1 + pick(n, 20, 1) * pick(n, 20, 2) / 20], '_', ' ') AS city,
    replace(state[1 + pick(n, 20, 1) * pick(n, 20, 2) / 20], '_', ' ') AS state,
    pick(n, 10, 12) > 0 AS has_admin, pick(n, 10, 13) < 6 AS has_user
FROM generate_series(1, {profiles}) n, word;

INSERT INTO instagram_account (id, ig_id, handle, name, label, city, state, country, bio, profile_id,
    gcc_profile_id, gcc_linked_channel_id, gender, email, search_phrase_admin, keywords_admin, followers,
    following, post_count, engagement_rate, avg_likes, avg_comments, avg_reach, reels_reach, image_reach,
    thumbnail, location_list, languages, categories)
SELECT id, 'ig' || n, 'creator.' || n, name, 'Micro', city, state, 'IN', repeat('About me. ', 6), 'IA_' || id,
    'IA_' || id, CASE WHEN n % 10 = 0 THEN 'UCbench' || (n - 4) END, gender, 'creator' || n || '@example.com',
    lower(name) || ' creator.' || n, string_to_array(lower(name), ' '), 1000 + pick(n, 900000, 20),
    pick(n, 2000, 21), pick(n, 900, 22), 0.0312, pick(n, 9000, 23), pick(n, 300, 24), pick(n, 90000, 25),
    pick(n, 90000, 26), pick(n, 90000, 27), 'https://images.example.com/' || n || '.jpg',
    ARRAY[city, state, 'India'], languages, ARRAY['Fashion', 'Travel']
FROM creator WHERE platform = 'INSTAGRAM';

INSERT INTO youtube_account (id, channel_id, title, username, label, city, state, country, description,
    profile_id, gcc_profile_id, gcc_linked_instagram_handle, gender, email, search_phrase_admin,
    keywords_admin, followers, uploads_count, views_count, avg_views, thumbnail, location_list, languages,
    categories)
SELECT id, 'UCbench' || n, name, 'creator' || n, 'Micro', city, state, 'IN', repeat('About me. ', 6),
    'YA_' || id, CASE WHEN n % 10 = 6 THEN 'IA_' || (id + 4) ELSE 'YA_' || id END,
    CASE WHEN n % 10 = 6 THEN 'creator.' || (n + 4) END, gender, 'creator' || n || '@example.com',
    lower(name), string_to_array(lower(name), ' '), 1000 + pick(n, 900000, 20), pick(n, 900, 22),
    pick(n, 90000000, 23), pick(n, 90000, 24), 'https://images.example.com/' || n || '.jpg',
    ARRAY[city, state, 'India'], languages, ARRAY['Fashion', 'Travel']
FROM creator WHERE platform = 'YOUTUBE';

INSERT INTO campaign_profiles (id, platform, platform_account_id, admin_details, user_details, on_gcc,
    on_gcc_app, gcc_user_account_id, updated_by, has_email, has_phone, gender, dob, phone, location,
    languages, enabled, created_at, updated_at)
SELECT id, platform, id,
    CASE WHEN has_admin THEN jsonb_strip_nulls(jsonb_build_object(
        'name', name, 'email', CASE WHEN n % 2 = 0 THEN 'creator' || n || '@example.com' END, 'phone', phone,
        'secondaryPhone', CASE WHEN n % 20 = 0 THEN '8' || phone END, 'gender', gender,
        'languages', languages, 'city', city, 'state', state, 'country', 'India',
        'location', ARRAY[city, state, 'India'], 'countryCode', CASE WHEN n % 50 = 0 THEN '971' ELSE '91' END,
        'bio', repeat('What staff know of this creator. ', 3),
        'campaignCategoryIds', ARRAY[pick(n, 30, 30)::text, (30 + pick(n, 10, 31))::text],
        'creatorPrograms', CASE WHEN n % 4 = 0 THEN
            ARRAY[1 + pick(n, 3, 32) || '_' || (ARRAY['PRO', 'LITE', 'STAR'])[1 + pick(n, 3, 33)]] END,
        'creatorCohorts', CASE WHEN n % 5 = 0 THEN ARRAY[1 + pick(n, 3, 34) || '_L' || pick(n, 5, 35)] END,
        'isBlacklisted', n % 50 = 1, 'blacklistedBy', CASE WHEN n % 50 = 1 THEN '101' END,
        'blacklistedReason', CASE WHEN n % 50 = 1 THEN 'Bought followers' END,
        'whatsappOptIn', pick(n, 2, 36) = 0)) END,
    CASE WHEN has_user THEN jsonb_strip_nulls(jsonb_build_object(
        'name', nickname, 'email', 'me' || n || '@example.com', 'phone', phone, 'gender', gender,
        'languages', languages, 'location', ARRAY[city, state, 'India'], 'dob', dob,
        'notificationToken', repeat(md5(n::text), 5), 'bio', repeat('What I say of myself. ', 3),
        'memberId', 'M' || n, 'referenceCode', 'REF' || pick(n, 5000, 37), 'webengageUserId', md5(n::text),
        'whatsappOptIn', pick(n, 2, 38) = 0, 'ekycPending', pick(n, 10, 39) = 0,
        'instantGratificationInvited', pick(n, 100, 40) = 0,
        'amazonStoreLinkVerified', pick(n, 20, 41) = 0)) END,
    has_user, has_user AND n % 3 = 0, CASE WHEN platform = 'GCC' OR has_user AND n % 3 = 0 THEN id END,
    CASE WHEN n % 3 = 0 THEN 'SYSTEM' ELSE (100 + pick(n, 40, 42))::text END,
    has_user OR n % 2 = 0, has_user OR has_admin, gender, CASE WHEN has_user THEN dob END,
    CASE WHEN has_user OR has_admin THEN ARRAY[phone] END, ARRAY[city, state, 'India'], languages, n % 50 <> 7,
    -- Imports write many at one time.
    timestamptz '2022-01-01' + pick(n / 100, 1000, 43) * interval '1 day',
    timestamptz '2025-01-01' + pick(n, 31536000, 44) * interval '1 second'
FROM creator;

-- Of three partners, 200 collections each of 50 accounts; those of partner 10 belong to campaigns.
INSERT INTO profile_collection (id, share_id, partner_id, name, source, source_id, created_by, campaign_id)
SELECT 1000000 + c, 'bench' || c, 10 * (1 + c % 3), 'bench', 'SAAS', 'bench' || c, '101',
    CASE WHEN c % 3 = 0 THEN 5000 + c END
FROM generate_series(1, 600) c;
INSERT INTO profile_collection_item (platform, platform_account_code, profile_collection_id, partner_id, rank,
    created_by, campaign_profile_id, shortlist_id, shortlisting_status, hidden, enabled)
SELECT platform, id, collection, 10 * (1 + (collection - 1000000) % 3), n, '101', id, 'list' || collection % 100,
    (ARRAY['PENDING', 'PENDING', 'PENDING', 'SHORTLISTED', 'REJECTED'])[1 + pick(n, 5, 51)],
    pick(n, 10, 52) = 0, pick(n, 20, 53) > 0
FROM (SELECT c.*, 1000000 + 1 + pick(n, 600, 50) AS collection FROM creator c WHERE n % 7 < 2) item;
-- And one of 10,000.
INSERT INTO profile_collection (id, share_id, partner_id, name, source, source_id, created_by, campaign_id)
VALUES (1000000, 'bench0', 10, 'bench', 'SAAS', 'bench0', '101', 5000);
INSERT INTO profile_collection_item (platform, platform_account_code, profile_collection_id, partner_id, rank,
    created_by, campaign_profile_id, shortlist_id, shortlisting_status)
SELECT platform, id, 1000000, 10, n, '101', id, 'all', 'PENDING' FROM creator ORDER BY pick(n, 1000000, 54)
LIMIT {profiles} / 20;

DROP TABLE creator, word;
