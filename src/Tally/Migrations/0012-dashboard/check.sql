-- Slots belong to a mark: without one the next look at the ledger would count them twice.
SELECT 'account ' || s.account_id || ': rolled-up spending without a mark of how far it goes'
FROM spending_slots s LEFT JOIN spending_marks m ON m.account_id = s.account_id WHERE m.account_id IS NULL
