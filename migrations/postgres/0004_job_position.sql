-- Remember where a job stopped that did not come to its end.

ALTER TABLE job_run ADD COLUMN position jsonb;
