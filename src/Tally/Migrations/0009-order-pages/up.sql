-- What the lists of a customer's orders read. Each ends with created_at, id: the order of the lists, and where a page of one begins and ends. A list of all statuses merges one range for each.
CREATE INDEX orders_account_status ON orders (account_id, status, created_at, id, service_id);
-- Every index that a new order enters costs a page of its account's own to be written with it. So this one goes, the one above does its work too, and the next two hold only orders that have ended:
-- those that are open are found by their status, and looked at one by one (by service in the index above, by link in the table).
DROP INDEX orders_account;
CREATE INDEX orders_account_service ON orders (account_id, service_id, status, created_at, id) WHERE ended_at IS NOT NULL;
-- Links may be longer than an entry of an index; their first 100 characters find them.
CREATE INDEX orders_account_link ON orders (account_id, substr(link, 1, 100), created_at, id) WHERE ended_at IS NOT NULL;
-- These two cost an ordinary order nothing.
CREATE INDEX orders_dripfeeds ON orders (account_id, created_at, id) WHERE runs IS NOT NULL;
CREATE INDEX orders_subscriptions ON orders (account_id, created_at, id) WHERE type = 17;
CREATE INDEX refills_account ON refills (account_id, created_at, id);
