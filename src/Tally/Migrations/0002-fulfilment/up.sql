-- Nodes that work on this store. Each raises its beat; one whose beat stands still has gone, and its leases are free. No clock is compared between nodes.
CREATE TABLE nodes (
  name TEXT NOT NULL PRIMARY KEY,
  beat BIGINT NOT NULL,
  started_at BIGINT NOT NULL
);

-- What the operator must know of. One row is open for a kind and a subject; raising it again counts.
CREATE TABLE alerts (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  times BIGINT NOT NULL DEFAULT 1,
  raised_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  cleared_at BIGINT NULL
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX alerts_raised ON alerts (raised_at);

-- Where a service's orders may go besides the provider's service that it stands for (services.provider_id, provider_service): the further routes.
CREATE TABLE routes (
  service_id BIGINT NOT NULL REFERENCES services (id),
  provider_id BIGINT NOT NULL REFERENCES providers (id),
  provider_service TEXT NOT NULL,
  provider_rate BIGINT NULL,
  position INTEGER NOT NULL,
  share INTEGER NOT NULL DEFAULT 0 CHECK (share >= 0 AND share <= 100),
  PRIMARY KEY (service_id, provider_id, provider_service)
);
ALTER TABLE services ADD COLUMN routing SMALLINT NOT NULL DEFAULT 0;

-- The routes that have definitely refused the order, one a line: provider id, a space, the service there.
ALTER TABLE orders ADD COLUMN tried TEXT NULL;
