-- Rebuilds of the derived tables, in their order: when each began, and when it was complete, if it is.
SELECT
    generation,
    min(at) AS begun_at,
    if(countIf(state = 'published') = 0, NULL, maxIf(at, state = 'published')) AS published_at
FROM derived_generations
GROUP BY generation
ORDER BY generation
