SELECT 'quarantine ' || q.id || ' is about service ' || q.service_id || ', which is not there'
FROM quarantine q LEFT JOIN services s ON s.id = q.service_id WHERE q.closed_at IS NULL AND s.id IS NULL
UNION ALL
SELECT 'quarantine ' || id || ' is closed without an outcome' FROM quarantine WHERE closed_at IS NOT NULL AND outcome IS NULL
UNION ALL
SELECT 'service ' || id || ' has vanished at a provider, but has none' FROM services WHERE vanished = 1 AND provider_id IS NULL
