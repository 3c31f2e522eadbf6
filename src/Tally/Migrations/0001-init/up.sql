-- Everything but the ledger. Times are unix milliseconds, money is 10^-5 of the panel's currency, flags are 0 or 1.

CREATE TABLE id_blocks (
  name TEXT NOT NULL PRIMARY KEY,
  next BIGINT NOT NULL CHECK (next >= 1)
);

CREATE TABLE changes (
  topic TEXT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
);

CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE accounts (
  id BIGINT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  suspended SMALLINT NOT NULL DEFAULT 0,
  addresses TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_version ON accounts (version);

CREATE TABLE api_keys (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  shown TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scope SMALLINT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NULL,
  last_used_at BIGINT NULL,
  last_used_from TEXT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX api_keys_account ON api_keys (account_id);
CREATE INDEX api_keys_version ON api_keys (version);

CREATE TABLE providers (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  api_key TEXT NOT NULL,
  supports_references SMALLINT NOT NULL,
  allow_private SMALLINT NOT NULL,
  paused SMALLINT NOT NULL DEFAULT 0,
  pause_reason TEXT NULL,
  concurrency INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE services (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  type SMALLINT NOT NULL,
  category TEXT NOT NULL,
  platform TEXT NOT NULL,
  rate BIGINT NOT NULL CHECK (rate >= 0),
  min BIGINT NOT NULL CHECK (min >= 0),
  max BIGINT NOT NULL,
  refill SMALLINT NOT NULL,
  cancel SMALLINT NOT NULL,
  dripfeed SMALLINT NOT NULL,
  refill_days INTEGER NOT NULL DEFAULT 0,
  enabled SMALLINT NOT NULL DEFAULT 1,
  handles SMALLINT NOT NULL DEFAULT 0,
  unique_link SMALLINT NOT NULL DEFAULT 0,
  on_refusal SMALLINT NOT NULL DEFAULT 0,
  provider_id BIGINT NULL REFERENCES providers (id),
  provider_service TEXT NULL,
  provider_rate BIGINT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  version BIGINT NOT NULL,
  CHECK (max >= min)
);
CREATE UNIQUE INDEX services_provider ON services (provider_id, provider_service) WHERE provider_id IS NOT NULL;

-- An order is also its own place in the queues: send_state and due_at say what is to be done with it next and when.
CREATE TABLE orders (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  service_id BIGINT NOT NULL,
  type SMALLINT NOT NULL,
  status SMALLINT NOT NULL,
  send_state SMALLINT NOT NULL,
  link TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  charge BIGINT NOT NULL CHECK (charge >= 0),
  refunded BIGINT NOT NULL DEFAULT 0,
  start_count BIGINT NOT NULL DEFAULT 0,
  remains BIGINT NOT NULL,
  details TEXT NULL,
  parent_id BIGINT NULL,
  run INTEGER NULL,
  runs INTEGER NULL,
  interval_minutes INTEGER NULL,
  stopped SMALLINT NOT NULL DEFAULT 0,
  cost BIGINT NOT NULL DEFAULT 0,
  unique_link TEXT NULL,
  provider_id BIGINT NULL,
  provider_service TEXT NULL,
  provider_order TEXT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  due_at BIGINT NULL,
  lease_by TEXT NULL,
  note TEXT NULL,
  created_at BIGINT NOT NULL,
  completed_at BIGINT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  CHECK (refunded >= 0 AND refunded <= charge),
  CHECK (remains >= 0 AND remains <= quantity)
);
CREATE INDEX orders_account ON orders (account_id, id);
CREATE INDEX orders_parent ON orders (parent_id, run) WHERE parent_id IS NOT NULL;
-- The work that is due: to send (1), to give up or take over (2), to ask for (3). Orders that are final or wait for a person have no due_at.
CREATE INDEX orders_due ON orders (send_state, provider_id, due_at, id) WHERE due_at IS NOT NULL;
-- What waits for a person: unconfirmed (4) and held (5).
CREATE INDEX orders_attention ON orders (id) WHERE send_state IN (4, 5) AND due_at IS NULL;
CREATE UNIQUE INDEX orders_provider_order ON orders (provider_id, provider_order) WHERE provider_order IS NOT NULL;
CREATE UNIQUE INDEX orders_unique_link ON orders (account_id, service_id, unique_link) WHERE unique_link IS NOT NULL;

CREATE TABLE order_references (
  account_id BIGINT NOT NULL,
  reference TEXT NOT NULL,
  order_id BIGINT NOT NULL,
  type SMALLINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (account_id, reference)
);

CREATE TABLE refills (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  status SMALLINT NOT NULL,
  provider_id BIGINT NULL,
  provider_refill TEXT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  due_at BIGINT NULL,
  lease_by TEXT NULL,
  note TEXT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NULL
);
CREATE UNIQUE INDEX refills_open ON refills (order_id) WHERE ended_at IS NULL;
CREATE INDEX refills_order ON refills (order_id, id);
CREATE INDEX refills_due ON refills (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE cancels (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  state SMALLINT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  due_at BIGINT NULL,
  lease_by TEXT NULL,
  note TEXT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NULL
);
CREATE UNIQUE INDEX cancels_open ON cancels (order_id) WHERE ended_at IS NULL;
CREATE INDEX cancels_order ON cancels (order_id, id);
CREATE INDEX cancels_due ON cancels (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE payments (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  method TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX payments_account ON payments (account_id, id);

-- What operators (and provider corrections) did by hand: who, what, why.
CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
