SELECT 'order ' || id || ' is of a drip-feed, and a drip-feed itself' FROM orders WHERE runs IS NOT NULL AND parent_id IS NOT NULL
