-- When the order became final; null while it is not. A provider may correct itself for a few days after that.
ALTER TABLE orders ADD COLUMN ended_at BIGINT NULL;

-- What a customer must know of, shown in the panel.
CREATE TABLE notices (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  read_at BIGINT NULL
);
CREATE INDEX notices_account ON notices (account_id, id);
