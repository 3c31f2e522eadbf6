SELECT 'route of service ' || r.service_id || ' leads to provider ' || r.provider_id || ', which is not there'
FROM routes r LEFT JOIN providers p ON p.id = r.provider_id WHERE p.id IS NULL
