-- 0 waiting (a card payment that was begun), 1 credited, 2 failed, 3 expired. All that stood before was credited when it was made.
ALTER TABLE payments ADD COLUMN state SMALLINT NOT NULL DEFAULT 1;
-- The gateway's own id of the payment, and of the money behind it (a card's payment intent, a bank's reference).
ALTER TABLE payments ADD COLUMN reference TEXT NULL;
ALTER TABLE payments ADD COLUMN receipt TEXT NULL;
-- What was paid, where that was in another currency than the panel's, such as '2635000 VND'.
ALTER TABLE payments ADD COLUMN paid TEXT NULL;
ALTER TABLE payments ADD COLUMN ended_at BIGINT NULL;
UPDATE payments SET ended_at = created_at;
CREATE UNIQUE INDEX payments_reference ON payments (method, reference) WHERE reference IS NOT NULL;
CREATE INDEX payments_receipt ON payments (method, receipt) WHERE receipt IS NOT NULL;

-- Money that came to the operator's bank account, as the bank's notifier told it; its id is the notifier's. 0 unmatched, 1 credited, 2 rejected.
CREATE TABLE bank_transfers (
  id BIGINT PRIMARY KEY,
  received_at BIGINT NOT NULL,
  transferred_at TEXT NOT NULL,
  bank TEXT NOT NULL,
  account_number TEXT NOT NULL,
  sub_account TEXT NULL,
  content TEXT NOT NULL,
  code TEXT NULL,
  description TEXT NULL,
  reference TEXT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  state SMALLINT NOT NULL CHECK (state IN (0, 1, 2)),
  why TEXT NULL,
  account_id BIGINT NULL,
  payment_id BIGINT NULL,
  ended_at BIGINT NULL,
  CHECK ((state = 1) = (payment_id IS NOT NULL) AND (state = 1) = (account_id IS NOT NULL))
);
CREATE INDEX bank_transfers_unmatched ON bank_transfers (id) WHERE state = 0;
CREATE UNIQUE INDEX bank_transfers_payment ON bank_transfers (payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE gateway_settings (
  gateway TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  encrypted SMALLINT NOT NULL,
  PRIMARY KEY (gateway, name)
);
