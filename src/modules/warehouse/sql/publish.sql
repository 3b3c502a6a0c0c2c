-- Has answers read a generation, unless a later rebuild began: one whose lock was lost took it for broken
-- off and removes what it wrote.
INSERT INTO derived_generations (generation, state)
SELECT {generation:UInt64}, 'published'
WHERE {generation:UInt64} = (SELECT max(generation) FROM derived_generations)
