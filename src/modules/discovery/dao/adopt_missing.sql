-- $1 ig_id, $2 handle. Handles may repeat: the newest row takes the id, once. The last condition is
-- for whoever waited here while another transaction gave the row a different id.
UPDATE instagram_account SET ig_id = $1
WHERE id = (
        SELECT id FROM instagram_account
        WHERE lower(handle) = lower($2) AND ig_id LIKE 'MISSING%'
        ORDER BY updated_at DESC, id LIMIT 1
    )
  AND NOT EXISTS (SELECT FROM instagram_account WHERE ig_id = $1)
  AND ig_id LIKE 'MISSING%'
