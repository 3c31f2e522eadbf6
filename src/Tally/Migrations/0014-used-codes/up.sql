-- The authenticator's codes that were taken lately, a line each: when, in seconds, and the code. A code works once; which it would do again for some minutes.
ALTER TABLE accounts ADD COLUMN used_codes TEXT NOT NULL DEFAULT '';
