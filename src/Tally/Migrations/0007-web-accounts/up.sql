-- Signing in on the pages. Accounts that an operator opened have no password until they set one through a mail or the operator does; their addresses are the operator's word.
ALTER TABLE accounts ADD COLUMN password TEXT NULL;
ALTER TABLE accounts ADD COLUMN email_confirmed SMALLINT NOT NULL DEFAULT 1;
-- Changes with the password, the address and the second factor; links in mails hold for one stamp.
ALTER TABLE accounts ADD COLUMN security_stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN two_factor SMALLINT NOT NULL DEFAULT 0;
-- What DataProtection made of the key; the recovery codes are hashes, one a line.
ALTER TABLE accounts ADD COLUMN authenticator_key TEXT NULL;
ALTER TABLE accounts ADD COLUMN recovery_codes TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN failed_sign_ins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN locked_until BIGINT NULL;
-- Rises with each change of what is above, so that two changes at once never undo each other.
ALTER TABLE accounts ADD COLUMN identity_version INTEGER NOT NULL DEFAULT 0;
-- How the account's pages and mails are; empty = not chosen.
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN theme TEXT NOT NULL DEFAULT '';

-- One row for each browser that is signed in. A revoked one is kept for as long as its cookie could still be shown.
CREATE TABLE sessions (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  revoked_at BIGINT NULL,
  version BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sessions_account ON sessions (account_id, id);
CREATE INDEX sessions_revoked ON sessions (version) WHERE revoked_at IS NOT NULL;
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

CREATE TABLE passkeys (
  id TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sign_count BIGINT NOT NULL,
  transports TEXT NOT NULL,
  user_verified SMALLINT NOT NULL,
  backup_eligible SMALLINT NOT NULL,
  backed_up SMALLINT NOT NULL,
  attestation TEXT NOT NULL,
  client_data TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NULL
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- Mails leave from here: written with what they tell of, sent afterwards. What a mail says is emptied once it is sent or given up, for it may hold a link that signs in.
CREATE TABLE mails (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NULL,
  recipient TEXT NOT NULL,
  language TEXT NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at BIGINT NULL,
  lease_by TEXT NULL,
  problem TEXT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT NULL
);
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_created ON mails (created_at);

-- The server that mails are handed to: no row, or one. The password is what DataProtection made of it.
CREATE TABLE mail_server (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  security TEXT NOT NULL,
  user_name TEXT NOT NULL,
  password TEXT NOT NULL,
  from_address TEXT NOT NULL,
  from_name TEXT NOT NULL
);
