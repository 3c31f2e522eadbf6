SELECT 'payment ' || id || ': its state is ' || state || ', which is none' FROM payments WHERE state NOT IN (0, 1, 2, 3)
UNION ALL
SELECT 'bank transfer ' || t.id || ': credited, but payment ' || t.payment_id || ' is not there, not credited, or of another account'
FROM bank_transfers t LEFT JOIN payments p ON p.id = t.payment_id AND p.account_id = t.account_id AND p.state = 1
WHERE t.state = 1 AND p.id IS NULL
UNION ALL
SELECT 'gateway ' || gateway || ': its ' || name || ' is encrypted, and there is no key ring' FROM gateway_settings
WHERE encrypted = 1 AND NOT EXISTS (SELECT 1 FROM data_protection_keys)
