SELECT 'refill ' || id || ' is being asked for, but has ended, is due never or has no provider'
FROM refills WHERE call_state = 1 AND (ended_at IS NOT NULL OR due_at IS NULL OR provider_id IS NULL)
