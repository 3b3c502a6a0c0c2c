-- $1 channel ids. The id is drawn first because the profile codes contain it.
INSERT INTO youtube_account (id, channel_id, profile_id, gcc_profile_id)
SELECT id, channel_id, 'YA_' || id, 'YA_' || id
FROM (
    SELECT nextval('youtube_account_id_seq') AS id, wanted.channel_id
    FROM unnest($1::text[]) AS wanted (channel_id)
    WHERE NOT EXISTS (SELECT FROM youtube_account a WHERE a.channel_id = wanted.channel_id)
) AS fresh
ON CONFLICT (channel_id) DO NOTHING
