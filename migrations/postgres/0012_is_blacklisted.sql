-- Say of campaign profiles made without isBlacklisted that they are not: filters find what is stored only.
-- no transaction
--
-- In batches, so that no row is locked for long. What broke off begins again and skips what is done.

CREATE OR REPLACE PROCEDURE fill_is_blacklisted() LANGUAGE plpgsql AS $$
DECLARE
    done bigint := (SELECT min(id) - 1 FROM campaign_profiles);
    upto bigint;
BEGIN
    LOOP
        SELECT max(id) INTO upto
        FROM (SELECT id FROM campaign_profiles WHERE id > done ORDER BY id LIMIT 5000) AS batch;
        EXIT WHEN upto IS NULL;
        UPDATE campaign_profiles SET admin_details = admin_details || '{"isBlacklisted": false}'
        WHERE id > done AND id <= upto
            AND jsonb_typeof(admin_details) = 'object' AND admin_details ->> 'isBlacklisted' IS NULL;
        COMMIT;
        done := upto;
    END LOOP;
END
$$;
CALL fill_is_blacklisted();
DROP PROCEDURE fill_is_blacklisted();
