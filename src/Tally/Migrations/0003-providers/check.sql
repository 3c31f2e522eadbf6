SELECT 'provider ' || id || ': its time-outs are out of bounds' FROM providers
WHERE timeout_s < 1 OR timeout_s > 40 OR connect_timeout_s < 1 OR connect_timeout_s > timeout_s OR calls_per_second < 0
UNION ALL
SELECT 'provider ' || id || ': paused, but for no reason of a known kind' FROM providers
WHERE paused = 1 AND COALESCE(pause_kind, '') NOT IN ('Operator', 'Funds', 'Access', 'KeyUnreadable')
UNION ALL
SELECT 'provider ' || id || ': its key is encrypted, and there is no key ring' FROM providers
WHERE key_encrypted = 1 AND NOT EXISTS (SELECT 1 FROM data_protection_keys)
