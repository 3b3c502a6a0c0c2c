-- $1 Instagram account and $2 channel, either may be null; $3 whether to link them; $4, $5 and $6, $7 what staff
-- find them by. Rows of the pair are locked, so that what is read here is what they have.
WITH pair AS (
    SELECT
        (SELECT coalesce(nullif(gcc_profile_id, ''), 'IA_' || id) FROM instagram_account WHERE id = $1) AS code,
        (SELECT handle FROM instagram_account WHERE id = $1) AS handle,
        (SELECT nullif(gcc_profile_id, '') FROM youtube_account WHERE id = $2) AS code_before,
        (SELECT channel_id FROM youtube_account WHERE id = $2) AS channel_id
), own_instagram AS (
    UPDATE instagram_account a SET
        keywords_admin = $4, search_phrase_admin = $5,
        profile_id = coalesce(nullif(a.profile_id, ''), 'IA_' || a.id), gcc_profile_id = pair.code,
        gcc_linked_channel_id = CASE WHEN $3 THEN pair.channel_id ELSE a.gcc_linked_channel_id END
    FROM pair WHERE a.id = $1
), other_instagram AS (
    UPDATE instagram_account a SET gcc_linked_channel_id = NULL
    FROM pair WHERE $3 AND a.gcc_profile_id = pair.code_before AND a.id IS DISTINCT FROM $1
), own_channel AS (
    UPDATE youtube_account a SET
        keywords_admin = $6, search_phrase_admin = $7,
        profile_id = coalesce(nullif(a.profile_id, ''), 'YA_' || a.id),
        gcc_profile_id = CASE WHEN $3 THEN coalesce(pair.code, 'YA_' || a.id)
                              ELSE coalesce(nullif(a.gcc_profile_id, ''), 'YA_' || a.id) END,
        gcc_linked_instagram_handle = CASE WHEN $3 THEN pair.handle ELSE a.gcc_linked_instagram_handle END
    FROM pair WHERE a.id = $2
), other_channel AS (
    UPDATE youtube_account a SET gcc_profile_id = 'YA_' || a.id, gcc_linked_instagram_handle = NULL
    FROM pair WHERE $3 AND a.gcc_profile_id = pair.code AND a.id IS DISTINCT FROM $2
)
SELECT 1
