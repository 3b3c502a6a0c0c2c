-- $1 row, $2 id on Instagram, then what was delivered. A placeholder gives way to the id, unless another row
-- has it.
UPDATE instagram_account a SET
    ig_id = coalesce($2, ig_id), handle = coalesce($3, handle), name = coalesce($4, name),
    bio = coalesce($5, bio), thumbnail = coalesce($6, thumbnail), followers = coalesce($7, followers),
    label = coalesce($8, label), following = coalesce($9, following), post_count = coalesce($10, post_count),
    is_private = coalesce($11, is_private), engagement_rate = coalesce($12, engagement_rate),
    avg_likes = coalesce($13, avg_likes), avg_comments = coalesce($14, avg_comments),
    avg_reach = coalesce($15, avg_reach), image_reach = coalesce($16, image_reach),
    reels_reach = coalesce($17, reels_reach), story_reach = coalesce($18, story_reach),
    avg_reels_play_count = coalesce($19, avg_reels_play_count), updated_at = now()
WHERE id = $1
  AND ($2 IS NULL OR ig_id = $2
       OR (ig_id = '' OR ig_id LIKE 'MISSING%')
          AND NOT EXISTS (SELECT FROM instagram_account other WHERE other.ig_id = $2))
