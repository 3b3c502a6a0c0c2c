-- Have leaderboards hold names as searches compare them.
--
-- Rows that no rebuild wrote since have what is recorded.

ALTER TABLE accounts ADD COLUMN IF NOT EXISTS search_text Nullable(String) DEFAULT search_phrase AFTER search_phrase;

ALTER TABLE leaderboard ADD COLUMN IF NOT EXISTS search_text Nullable(String) DEFAULT search_phrase AFTER search_phrase;
