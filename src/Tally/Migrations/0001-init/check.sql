SELECT 'order ' || id || ': refunded more than its charge' FROM orders WHERE refunded > charge
UNION ALL
SELECT 'order reference of account ' || r.account_id || ' points to order ' || r.order_id || ', which is not there'
FROM order_references r LEFT JOIN orders o ON o.id = r.order_id AND o.account_id = r.account_id WHERE o.id IS NULL
UNION ALL
SELECT 'api key ' || k.id || ' belongs to no account' FROM api_keys k LEFT JOIN accounts a ON a.id = k.account_id WHERE a.id IS NULL
