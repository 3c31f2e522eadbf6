SELECT 'order ' || id || ' is of a drip-feed, and a drip-feed itself' FROM orders WHERE runs IS NOT NULL AND parent_id IS NOT NULL
UNION ALL
SELECT 'order ' || id || ' has a time of its end that its status contradicts' FROM orders WHERE (ended_at IS NOT NULL) <> (status IN (3, 4, 5, 8))
