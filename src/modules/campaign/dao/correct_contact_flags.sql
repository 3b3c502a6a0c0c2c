-- $1 id after which the batch begins, $2 its size.
WITH batch AS (
    SELECT id FROM campaign_profiles WHERE id > $1 ORDER BY id LIMIT $2
), contacts AS (
    SELECT c.id, c.xmin AS version,
           ARRAY[c.admin_details ->> 'email', c.user_details ->> 'email', i.email, y.email] AS emails,
           ARRAY[c.admin_details ->> 'phone', c.admin_details ->> 'secondaryPhone',
                 c.user_details ->> 'phone', c.user_details ->> 'secondaryPhone',
                 i.phone, y.phone] AS phones
    FROM campaign_profiles c
    LEFT JOIN instagram_account i ON c.platform = 'INSTAGRAM' AND i.id = c.platform_account_id
    LEFT JOIN youtube_account y ON c.platform = 'YOUTUBE' AND y.id = c.platform_account_id
    WHERE c.id IN (SELECT id FROM batch)
), flags AS (
    SELECT id, version,
           EXISTS (SELECT FROM unnest(emails) AS e WHERE btrim(e) NOT IN ('', 'None')) AS has_email,
           EXISTS (SELECT FROM unnest(phones) AS p WHERE btrim(p) NOT IN ('', 'None')) AS has_phone
    FROM contacts
), written AS (
    -- A row that was changed meanwhile got its flags from that change.
    UPDATE campaign_profiles c SET has_email = f.has_email, has_phone = f.has_phone
    FROM flags f
    WHERE c.id = f.id AND c.xmin = f.version
      AND (c.has_email, c.has_phone) <> (f.has_email, f.has_phone)
    RETURNING c.id
)
SELECT (SELECT max(id) FROM batch) AS last, (SELECT count(*) FROM written) AS written
