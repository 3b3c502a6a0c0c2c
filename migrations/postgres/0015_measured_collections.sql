-- Record which collections were measured when, and find those that changed since.

-- Collections whose posts were measured: when, and by observations up to when.
CREATE TABLE IF NOT EXISTS measured_collection (
    collection_type  varchar(45)  NOT NULL,
    collection_id    varchar(255) NOT NULL,
    measured_at      timestamptz  NOT NULL,
    observed_at      timestamptz  NOT NULL,
    PRIMARY KEY (collection_type, collection_id)
);
CREATE INDEX IF NOT EXISTS measured_collection_measured_at_idx ON measured_collection (measured_at);
CREATE INDEX IF NOT EXISTS measured_collection_observed_at_idx ON measured_collection (observed_at);
CREATE INDEX IF NOT EXISTS post_collection_updated_at_idx ON post_collection (updated_at);
CREATE INDEX IF NOT EXISTS post_collection_item_updated_at_idx ON post_collection_item (updated_at);
CREATE INDEX IF NOT EXISTS profile_collection_updated_at_idx ON profile_collection (updated_at);
CREATE INDEX IF NOT EXISTS profile_collection_item_updated_at_idx ON profile_collection_item (updated_at);
