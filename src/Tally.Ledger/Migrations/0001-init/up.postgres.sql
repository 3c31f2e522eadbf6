CREATE TABLE ledger_transfers (
  subject BIGINT NOT NULL,
  reason SMALLINT NOT NULL,
  sequence INTEGER NOT NULL,
  debit BIGINT NOT NULL,
  credit BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  wallet BIGINT NULL,
  wallet_version BIGINT NULL,
  wallet_balance BIGINT NULL,
  note TEXT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (subject, reason, sequence),
  CONSTRAINT ledger_transfers_amount CHECK (amount > 0),
  CONSTRAINT ledger_transfers_mark CHECK ((wallet IS NULL) = (wallet_version IS NULL) AND (wallet IS NULL) = (wallet_balance IS NULL))
);

CREATE UNIQUE INDEX ledger_transfers_by_wallet ON ledger_transfers (wallet, wallet_version) WHERE wallet IS NOT NULL;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END;
$$;

-- For each statement, not each row: a statement that happens to match nothing is refused as well, and TRUNCATE has no rows.
CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
