-- Find Instagram accounts by their handle in any case.
-- no transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS instagram_account_lower_handle_idx ON instagram_account (lower(handle));
