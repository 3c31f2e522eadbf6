-- Fails outright when the table is missing; the index is only for speed.
SELECT 'columns', subject FROM ledger_transfers WHERE 1 = 0
