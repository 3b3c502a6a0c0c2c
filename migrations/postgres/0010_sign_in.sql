-- Keys of e-mail addresses, counts of failed sign-ins, successors of refresh tokens.

ALTER TABLE identity_user ADD COLUMN IF NOT EXISTS email_key text;
CREATE UNIQUE INDEX IF NOT EXISTS identity_user_address_key ON identity_user (email_key);

CREATE TABLE IF NOT EXISTS identity_attempt (
    person          bytea        NOT NULL,
    network         text         NOT NULL,
    failures        integer      NOT NULL DEFAULT 0,
    blocked_until   timestamptz,
    familiar_until  timestamptz,
    told_at         timestamptz,
    updated_at      timestamptz  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (person, network)
);
CREATE INDEX IF NOT EXISTS identity_attempt_updated_at_idx ON identity_attempt (updated_at);

ALTER TABLE identity_refresh_token ADD COLUMN IF NOT EXISTS successor_salt bytea;
