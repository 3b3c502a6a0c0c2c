-- One row of partner 20 in every tenant table that a request may name, all with one id. What only partner 20
-- may know is a text, or in numbers 987654321. The account is everybody's.
TRUNCATE instagram_account, campaign_profiles, profile_collection, profile_collection_item,
    profile_collection_item_cc_data, winkl_collection_migration_info, post_collection, post_collection_item,
    collection_group, keyword_collection, collection_post_metrics_summary, collection_hashtag,
    collection_keyword, partner_usage, partner_profile_page_track, activity_tracker, charged_search,
    event_outbox RESTART IDENTITY CASCADE;

INSERT INTO instagram_account (id, ig_id, handle, name, country, followers, label, profile_id, gcc_profile_id)
VALUES (4711, 'ig4711', 'somebody', 'Somebody', 'IN', 1000, 'Micro', 'IA_4711', 'IA_4711');
INSERT INTO campaign_profiles (id, platform, platform_account_id)
VALUES (4711, 'INSTAGRAM', 4711);

INSERT INTO profile_collection
    (id, share_id, partner_id, name, description, created_by, source, source_id, campaign_id, campaign_platform)
VALUES (4711, 'shareProfiles', 20, 'another tenant''s secret', 'another tenant''s secret', '201', 'SAAS',
        'foreign', 4711, 'INSTAGRAM');
INSERT INTO profile_collection_item
    (id, platform, platform_account_code, profile_collection_id, partner_id, rank, created_by,
     campaign_profile_id, shortlist_id, brand_selection_remarks)
VALUES (4711, 'INSTAGRAM', 4711, 4711, 20, 1, '201', 4711, '4711', 'another tenant''s secret');
INSERT INTO profile_collection_item_cc_data (id, profile_collection_item_id, key, value)
VALUES (4711, 4711, 'fee', 'another tenant''s secret');
INSERT INTO winkl_collection_migration_info
    (winkl_collection_id, winkl_collection_share_id, profile_collection_id, profile_collection_share_id)
VALUES (4711, 'shareWinkl', 4711, 'another tenant''s secret');

INSERT INTO post_collection (id, share_id, partner_id, name, comments, budget, source, source_id, created_by)
VALUES ('4711', 'sharePosts', 20, 'another tenant''s secret', 'another tenant''s secret', 100, 'SAAS', '4711',
        '201');
INSERT INTO post_collection_item (id, platform, short_code, post_type, post_collection_id, post_title, created_by)
VALUES (4711, 'INSTAGRAM', 'shortcode', 'reels', '4711', 'another tenant''s secret', '201');

INSERT INTO collection_group (id, share_id, partner_id, name, source, source_id, collection_ids, created_by)
VALUES (4711, 'shareGroup', 20, 'another tenant''s secret', 'SAAS', 'foreign', '{4711}', '201');
INSERT INTO keyword_collection
    (id, share_id, name, partner_id, platform, keywords, start_time, end_time, created_by)
VALUES ('4711', 'shareKeywords', 'another tenant''s secret', 20, 'INSTAGRAM', '{secret}', '2024-06-01',
        '2024-06-30', '201');

INSERT INTO collection_post_metrics_summary
    (platform, post_type, post_short_code, post_title, post_link, published_at, profile_handle, profile_name,
     followers, collection_id, collection_type, collection_share_id, post_collection_item_id, views, reach)
VALUES ('INSTAGRAM', 'reels', 'shortcode', 'another tenant''s secret', 'https://example.com/p', '2024-06-01',
        'somebody', 'another tenant''s secret', 1000, '4711', 'POST', 'sharePosts', 4711, 987654321, 987654321);
INSERT INTO collection_hashtag (collection_id, collection_type, collection_share_id, hashtag_name, tagged_count)
VALUES ('4711', 'POST', 'sharePosts', 'another tenant''s secret', 1);
INSERT INTO collection_keyword (collection_id, collection_type, collection_share_id, keyword_name, tagged_count)
VALUES ('4711', 'POST', 'sharePosts', 'another tenant''s secret', 1);

INSERT INTO activity_tracker (id, type, meta, account_id, partner_id)
VALUES (4711, 'DISCOVERY', '{"name": "another tenant''s secret"}', 201, 20);
INSERT INTO partner_usage
    (partner_id, namespace, key, "limit", consumed, start_date, end_date, next_reset_on, frequency)
SELECT partner_id, namespace, 'USAGE', 987654321 - 1000 * (20 - partner_id), 1, '2024-01-01', '2999-01-01',
       '2999-01-01', 'MONTHLY'
FROM unnest(ARRAY[10, 20]) AS partner_id,
     unnest(ARRAY['DISCOVERY', 'ACCOUNT_TRACKING', 'CAMPAIGN_REPORT', 'PROFILE_PAGE']) AS namespace;
