-- WITHOUT ROWID: the primary key is the table, so a transfer is written to two trees and not to three.
-- STRICT: an integer that overflows cannot slip in as a floating-point number.
CREATE TABLE ledger_transfers (
  subject INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  debit INTEGER NOT NULL,
  credit INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  wallet INTEGER NULL,
  wallet_version INTEGER NULL,
  wallet_balance INTEGER NULL,
  note TEXT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (subject, reason, sequence),
  CONSTRAINT ledger_transfers_ranges CHECK (reason BETWEEN -32768 AND 32767 AND sequence BETWEEN -2147483648 AND 2147483647),
  CONSTRAINT ledger_transfers_amount CHECK (amount > 0),
  CONSTRAINT ledger_transfers_mark CHECK ((wallet IS NULL) = (wallet_version IS NULL) AND (wallet IS NULL) = (wallet_balance IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX ledger_transfers_by_wallet ON ledger_transfers (wallet, wallet_version) WHERE wallet IS NOT NULL;

CREATE TRIGGER ledger_transfers_no_update BEFORE UPDATE ON ledger_transfers
BEGIN
  SELECT RAISE(ABORT, 'ledger_transfers is append-only: UPDATE refused');
END;

CREATE TRIGGER ledger_transfers_no_delete BEFORE DELETE ON ledger_transfers
BEGIN
  SELECT RAISE(ABORT, 'ledger_transfers is append-only: DELETE refused');
END;
