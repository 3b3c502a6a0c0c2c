UPDATE instagram_account SET
    label = $2, keywords = $3, search_phrase = $4, keywords_admin = $5, search_phrase_admin = $6,
    city = $7, state = $8, country = $9, location = $10, location_list = $11,
    enabled_for_saas = $12, enabled = true, deleted = false
WHERE id = $1
