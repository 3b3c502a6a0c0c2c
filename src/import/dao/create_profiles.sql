-- $1 handles in lower case. The id is drawn first because the profile codes contain it.
INSERT INTO instagram_account (id, ig_id, handle, profile_id, gcc_profile_id)
SELECT id, 'MISSING-' || handle, handle, 'IA_' || id, 'IA_' || id
FROM (
    SELECT nextval('instagram_account_id_seq') AS id, wanted.handle
    FROM unnest($1::text[]) AS wanted (handle)
    WHERE NOT EXISTS (
        SELECT FROM instagram_account a
        WHERE lower(a.handle) = wanted.handle OR a.ig_id = 'MISSING-' || wanted.handle)
) AS fresh
ON CONFLICT (ig_id) DO NOTHING
