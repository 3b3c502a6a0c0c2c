-- Build keys that begin with the tenant, so that one partner's source ids are free for all others.
-- no transaction

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS profile_collection_tenant_source ON profile_collection (partner_id, source, source_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS post_collection_tenant_source ON post_collection (partner_id, source, source_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS collection_group_tenant_source ON collection_group (partner_id, source, source_id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS profile_collection_tenant_campaign
    ON profile_collection (partner_id, campaign_id) WHERE campaign_id IS NOT NULL;
