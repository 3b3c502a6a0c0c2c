-- Remember for a day which searches a partner was charged for.

CREATE TABLE charged_search (
    partner_id  bigint       NOT NULL,
    key         uuid         NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (partner_id, key)
);
CREATE INDEX charged_search_created_at_idx ON charged_search (created_at);
