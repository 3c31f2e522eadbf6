-- No row may come back. Fails outright when a table or column is missing. Costs one pass over the wallets and one index look-up for each.
SELECT 'below its credit limit' AS fault, account_id
FROM ledger_wallets
WHERE balance < -credit_limit OR credit_limit < 0

UNION ALL

SELECT 'balance is not the one stored after the latest entry', w.account_id
FROM ledger_wallets AS w
WHERE NOT (w.version = 0 AND w.balance = 0)
  AND NOT EXISTS (
    SELECT 1 FROM ledger_transfers AS t
    WHERE t.wallet IS NOT NULL AND t.wallet = w.account_id AND t.wallet_version = w.version AND t.wallet_balance = w.balance)

UNION ALL

SELECT 'columns', subject
FROM ledger_transfers
WHERE 1 = 0 AND (reason + sequence + debit + credit + amount + wallet + wallet_version + wallet_balance + created_at) IS NULL AND note IS NULL
