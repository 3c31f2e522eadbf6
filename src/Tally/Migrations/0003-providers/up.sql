-- 0: api_key is as it was typed; the panel's next start encrypts it. 1: api_key is what DataProtection made of it.
ALTER TABLE providers ADD COLUMN key_encrypted SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN connect_timeout_s INTEGER NOT NULL DEFAULT 5;
ALTER TABLE providers ADD COLUMN timeout_s INTEGER NOT NULL DEFAULT 30;
ALTER TABLE providers ADD COLUMN calls_per_second INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN extra TEXT NULL;
-- Decimals as text: exact, and in the provider's currency (null = the panel's), whose amounts have more places than ours.
ALTER TABLE providers ADD COLUMN currency TEXT NULL;
ALTER TABLE providers ADD COLUMN exchange_rate TEXT NOT NULL DEFAULT '1';
ALTER TABLE providers ADD COLUMN low_balance TEXT NULL;
ALTER TABLE providers ADD COLUMN pause_kind TEXT NULL;
UPDATE providers SET pause_kind = 'Operator' WHERE paused = 1;
-- People name providers without regard to case.
CREATE UNIQUE INDEX providers_name ON providers (LOWER(name));

-- What a provider said of our money there, and when it is asked next: whoever moves due_at on does the asking.
CREATE TABLE provider_balances (
  provider_id BIGINT PRIMARY KEY REFERENCES providers (id),
  due_at BIGINT NOT NULL,
  amount TEXT NULL,
  currency TEXT NULL,
  asked_at BIGINT NULL,
  problem TEXT NULL,
  amount_when_paused TEXT NULL
);

-- How calls went, in buckets of five minutes, all nodes together.
CREATE TABLE provider_health (
  provider_id BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  total_ms BIGINT NOT NULL,
  last_failure TEXT NULL,
  last_failure_at BIGINT NULL,
  PRIMARY KEY (provider_id, bucket)
);
CREATE INDEX provider_health_bucket ON provider_health (bucket);

-- The key ring of DataProtection, which all nodes and commands on this store share.
CREATE TABLE data_protection_keys (
  id TEXT NOT NULL PRIMARY KEY,
  xml TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
