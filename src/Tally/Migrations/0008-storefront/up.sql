-- What a customer pays instead of the price list: a percentage on everything (hundredths of a percent, negative = off) …
CREATE TABLE customer_percents (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
  percent BIGINT NOT NULL CHECK (percent >= -9900 AND percent <= 100000 AND percent <> 0)
);

-- … and rates of one's own, which go before it. A rate is for as many units as the service counted by when it was set, and holds while the service counts by them.
CREATE TABLE customer_rates (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  service_id BIGINT NOT NULL REFERENCES services (id),
  rate BIGINT NOT NULL CHECK (rate >= 0),
  per INTEGER NOT NULL CHECK (per IN (1, 1000)),
  PRIMARY KEY (account_id, service_id)
);

CREATE TABLE favourites (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  service_id BIGINT NOT NULL REFERENCES services (id),
  PRIMARY KEY (account_id, service_id)
);

-- How long a service's orders have taken of late, from creation to completion: the median of the last ones. Reckoned again now and then.
CREATE TABLE completion_times (
  service_id BIGINT PRIMARY KEY,
  median_ms BIGINT NULL,
  orders INTEGER NOT NULL,
  reckoned_at BIGINT NOT NULL
);
CREATE INDEX completion_times_reckoned ON completion_times (reckoned_at);

-- The last completed orders of a service without a look at the orders table. A new order is not in it, so that placing one costs nothing more.
-- Drip-feed parents and subscriptions take as long as their customers wish: they do not count.
CREATE INDEX orders_completed ON orders (service_id, completed_at, created_at) WHERE completed_at IS NOT NULL AND runs IS NULL AND type <> 17;
