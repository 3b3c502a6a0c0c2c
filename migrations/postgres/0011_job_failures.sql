-- Remember when a job last succeeded and how often it failed since.

ALTER TABLE job_run
    ADD COLUMN last_succeeded_at timestamptz,
    ADD COLUMN failures integer NOT NULL DEFAULT 0;
