ALTER TABLE {table} ENABLE TRIGGER USER;
DO $$ DECLARE dropped record; BEGIN
    FOR dropped IN SELECT definition FROM dropped_index LOOP
        EXECUTE dropped.definition;
    END LOOP;
END $$;
