-- Drop the trigger that woke the relays: the process that commits an event does it.
--
-- Only an installation that reached version 1 early still has it.

DROP TRIGGER IF EXISTS event_outbox_notify ON event_outbox;
DROP FUNCTION IF EXISTS notify_event_outbox();
ALTER TABLE event_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0);
