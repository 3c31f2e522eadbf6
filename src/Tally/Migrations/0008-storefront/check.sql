SELECT 'account ' || r.account_id || ' has a rate for service ' || r.service_id || ', which is not there'
FROM customer_rates r LEFT JOIN services s ON s.id = r.service_id WHERE s.id IS NULL
UNION ALL
SELECT 'account ' || f.account_id || ' has a favourite ' || f.service_id || ', which is not there'
FROM favourites f LEFT JOIN services s ON s.id = f.service_id WHERE s.id IS NULL
UNION ALL
SELECT 'service ' || service_id || ' has a median of no order' FROM completion_times WHERE (median_ms IS NULL) <> (orders = 0)
