-- Whether a provider is being asked for the refill: 0 = no, 1 = the call may be under way, 2 = nobody knows whether the provider has it. A refill that is being asked for is never asked for again.
ALTER TABLE refills ADD COLUMN call_state SMALLINT NOT NULL DEFAULT 0;

-- An older build left no mark before it called: what it had claimed may be at the provider.
UPDATE refills SET call_state = 1 WHERE lease_by IS NOT NULL AND provider_id IS NOT NULL AND provider_refill IS NULL AND ended_at IS NULL AND due_at IS NOT NULL;

-- How often the provider's answer to a request to cancel was unclear.
ALTER TABLE cancels ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;
