-- Put the keys that begin with the tenant in the place of the global ones; drop indexes that they contain.
--
-- The old keys are stricter, so servers of the previous release work with the new ones as well.

ALTER TABLE profile_collection DROP CONSTRAINT profile_collection_source_key,
    ADD CONSTRAINT profile_collection_source_key UNIQUE USING INDEX profile_collection_tenant_source;
ALTER TABLE post_collection DROP CONSTRAINT post_collection_source_key,
    ADD CONSTRAINT post_collection_source_key UNIQUE USING INDEX post_collection_tenant_source;
ALTER TABLE collection_group DROP CONSTRAINT collection_group_source_key,
    ADD CONSTRAINT collection_group_source_key UNIQUE USING INDEX collection_group_tenant_source;
DROP INDEX profile_collection_campaign_idx;
ALTER INDEX profile_collection_tenant_campaign RENAME TO profile_collection_campaign_idx;

DROP INDEX IF EXISTS profile_collection_partnerid_key;
DROP INDEX IF EXISTS post_collection_partnerid_key;
DROP INDEX IF EXISTS collection_group_partnerid_key;
DROP INDEX IF EXISTS idx_partner_usage_key;
