SELECT 'order ' || id || ': it is not final, but has an end' FROM orders WHERE ended_at IS NOT NULL AND status NOT IN (3, 4, 5, 8)
