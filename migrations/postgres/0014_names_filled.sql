-- Fill and index the names that searches compare.
-- no transaction
--
-- The indexes of the recorded names stay for servers of the previous release.

-- In batches, so that no row is locked for long. What broke off begins again and skips what is done; a row
-- that a server writes meanwhile is right already.
CREATE OR REPLACE PROCEDURE fold_accounts() LANGUAGE plpgsql AS $$
DECLARE
    last bigint := 0;
BEGIN
    WHILE last IS NOT NULL LOOP
        WITH batch AS (
            SELECT id FROM instagram_account WHERE id > last ORDER BY id LIMIT 2000
        ), folded AS (
            UPDATE instagram_account a SET name = a.name FROM batch WHERE a.id = batch.id
               AND (a.name_text, a.search_text, a.search_text_admin) IS DISTINCT FROM
                   (fold_text(a.name), fold_text(a.search_phrase), fold_text(a.search_phrase_admin))
        )
        SELECT max(id) INTO last FROM batch;
        COMMIT;
    END LOOP;
    last := 0;
    WHILE last IS NOT NULL LOOP
        WITH batch AS (
            SELECT id FROM youtube_account WHERE id > last ORDER BY id LIMIT 2000
        ), folded AS (
            UPDATE youtube_account a SET title = a.title FROM batch WHERE a.id = batch.id
               AND (a.name_text, a.search_text, a.search_text_admin) IS DISTINCT FROM
                   (fold_text(a.title), fold_text(a.search_phrase), fold_text(a.search_phrase_admin))
        )
        SELECT max(id) INTO last FROM batch;
        COMMIT;
    END LOOP;
END $$;
CALL fold_accounts();
DROP PROCEDURE fold_accounts();

CREATE INDEX CONCURRENTLY IF NOT EXISTS instagram_account_name_text_trgm ON instagram_account USING gin (name_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS instagram_account_search_text_trgm ON instagram_account USING gin (search_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS instagram_account_search_text_admin_trgm ON instagram_account USING gin (search_text_admin gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS youtube_account_name_text_trgm ON youtube_account USING gin (name_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS youtube_account_search_text_trgm ON youtube_account USING gin (search_text gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS youtube_account_search_text_admin_trgm ON youtube_account USING gin (search_text_admin gin_trgm_ops);
