-- A wallet's statement by kind: its refunds, top-ups and adjustments are few among its charges. Charges (reason 1) are not in it: they are nearly all of the statement,
-- which the index by version gives, so that an order costs no further entry.
CREATE INDEX ledger_transfers_by_kind ON ledger_transfers (wallet, reason, wallet_version) WHERE wallet IS NOT NULL AND reason <> 1;
