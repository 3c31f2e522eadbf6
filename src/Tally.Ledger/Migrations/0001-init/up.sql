-- The only rows of the ledger that change. The balance is a copy of what the wallet's transfers sum to, kept for speed and for its CHECK;
-- the version counts those transfers. `tally ledger verify` compares both.
CREATE TABLE ledger_wallets (
  account_id BIGINT PRIMARY KEY,
  balance BIGINT NOT NULL,
  credit_limit BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT ledger_wallets_credit_limit CHECK (credit_limit >= 0),
  CONSTRAINT ledger_wallets_within_limit CHECK (balance >= -credit_limit)
);
