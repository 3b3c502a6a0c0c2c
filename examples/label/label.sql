CREATE TABLE IF NOT EXISTS label (
    id              bigserial    PRIMARY KEY,
    partner_id      bigint       NOT NULL,
    name            varchar(100) NOT NULL,
    color           varchar(20),
    enabled         boolean      NOT NULL DEFAULT true,
    created_by      varchar      NOT NULL,
    created_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT label_name_key UNIQUE (partner_id, name)
);
