-- Index the batches by age; drop indexes that another one contains.
-- no transaction
--
-- An installation may have reached version 1 before its last indexes were added: they come with it.

CREATE INDEX CONCURRENTLY IF NOT EXISTS processed_batch_created_at_idx ON processed_batch (created_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_outbox_failed_idx ON event_outbox (id) WHERE failed_at IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS identity_session_expires_at_idx ON identity_session (expires_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS identity_refresh_token_expires_at_idx ON identity_refresh_token (expires_at);

DROP INDEX CONCURRENTLY IF EXISTS event_outbox_order_idx;
DROP INDEX CONCURRENTLY IF EXISTS profile_collection_idx;
DROP INDEX CONCURRENTLY IF EXISTS post_collection_item_pcid_key;
DROP INDEX CONCURRENTLY IF EXISTS collection_post_metrics_summary_cid_key;
DROP INDEX CONCURRENTLY IF EXISTS collection_post_metrics_summary_ctype_key;
