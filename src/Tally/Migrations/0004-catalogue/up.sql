-- The last offer of the provider that was taken into the service (JSON): what changed upstream since then is what a sync applies.
ALTER TABLE services ADD COLUMN upstream TEXT NULL;
-- 1 = the operator set the rate; price rules leave it alone.
ALTER TABLE services ADD COLUMN priced_by_hand SMALLINT NOT NULL DEFAULT 0;
-- 1 = its provider does not list it now; not sold until it is back.
ALTER TABLE services ADD COLUMN vanished SMALLINT NOT NULL DEFAULT 0;

-- price = cost x (1 + margin) + fixed, rounded up to a step. Margin in hundredths of a percent, fixed and step in 10^-5.
CREATE TABLE price_rules (
  scope SMALLINT NOT NULL,
  subject TEXT NOT NULL,
  margin BIGINT NOT NULL CHECK (margin >= -9900 AND margin <= 100000000),
  fixed BIGINT NOT NULL CHECK (fixed >= 0),
  step BIGINT NOT NULL CHECK (step >= 1),
  PRIMARY KEY (scope, subject)
);

-- A provider's catalogue: the margin of its last import, and when it is to be asked for again.
CREATE TABLE catalogues (
  provider_id BIGINT PRIMARY KEY REFERENCES providers (id),
  margin BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  synced_at BIGINT NULL,
  refused TEXT NULL
);

-- Changes upstream that wait for the operator. One row is open for a service and a kind.
CREATE TABLE quarantine (
  id BIGINT PRIMARY KEY,
  service_id BIGINT NOT NULL REFERENCES services (id),
  provider_id BIGINT NOT NULL REFERENCES providers (id),
  kind SMALLINT NOT NULL,
  was TEXT NOT NULL,
  wanted TEXT NOT NULL,
  proposal TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  moved_at BIGINT NOT NULL,
  closed_at BIGINT NULL,
  outcome SMALLINT NULL
);
CREATE UNIQUE INDEX quarantine_open ON quarantine (service_id, kind) WHERE closed_at IS NULL;
CREATE INDEX quarantine_provider ON quarantine (provider_id) WHERE closed_at IS NULL;

-- What customers see as Updates.
CREATE TABLE service_changes (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  service_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  name TEXT NOT NULL,
  was TEXT NULL,
  now TEXT NULL
);
CREATE INDEX service_changes_at ON service_changes (at, id);
