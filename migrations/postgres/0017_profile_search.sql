-- Record which accounts the search table of ClickHouse has to follow.

-- Accounts whose row in the search table of ClickHouse is not yet that of their last change. `change` numbers
-- the changes: of two rows of one account the one with the higher number is the later one.
CREATE TABLE IF NOT EXISTS profile_search_change (
    platform    varchar(20)  NOT NULL,
    account_id  bigint       NOT NULL,
    change      bigserial    NOT NULL,
    changed_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (platform, account_id)
);
CREATE INDEX IF NOT EXISTS profile_search_change_idx ON profile_search_change (change);

