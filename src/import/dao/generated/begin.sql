-- Indexes are built once all rows are there, and the search table is written by whoever asked for the rows.
SET LOCAL statement_timeout = 0;
SET LOCAL synchronous_commit = off;
SET LOCAL maintenance_work_mem = '256MB';
SET LOCAL app.profile_search = 'loaded';
CREATE TEMPORARY TABLE dropped_index ON COMMIT DROP AS
SELECT format('%I.%I', n.nspname, i.relname) AS name, pg_get_indexdef(x.indexrelid) AS definition
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE x.indrelid = '{table}'::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid);
DO $$ DECLARE dropped record; BEGIN
    FOR dropped IN SELECT name FROM dropped_index LOOP
        EXECUTE 'DROP INDEX ' || dropped.name;
    END LOOP;
END $$;
-- Names are plain here: what the trigger would fold is given folded.
ALTER TABLE {table} DISABLE TRIGGER USER;
