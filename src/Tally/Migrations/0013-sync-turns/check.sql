SELECT 'provider ' || t.provider_id || ': a node has the turn of asking it, and it is not there'
FROM sync_turns t LEFT JOIN providers p ON p.id = t.provider_id WHERE p.id IS NULL
