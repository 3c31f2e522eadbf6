-- What accounts have spent, rolled up from their wallets' entries in slots of 15 minutes: charges and refunds by the time of the movement. The mark says up to which entry of the wallet; what
-- came later is read from the ledger itself. A copy that can be thrown away: without it the ledger is read from its beginning.
CREATE TABLE spending_marks (
  account_id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version >= 0)
);

CREATE TABLE spending_slots (
  account_id BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  charged BIGINT NOT NULL CHECK (charged >= 0),
  refunded BIGINT NOT NULL CHECK (refunded >= 0),
  PRIMARY KEY (account_id, slot)
);

-- What a customer has not read yet, without a look at all that was read.
CREATE INDEX notices_unread ON notices (account_id, id) WHERE read_at IS NULL;
