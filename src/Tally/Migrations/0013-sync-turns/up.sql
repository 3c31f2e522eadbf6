-- Which node asks a provider where its orders stand. It has the turn for as long as it is among the nodes; the orders themselves need not be written to be asked for.
CREATE TABLE sync_turns (
  provider_id BIGINT PRIMARY KEY REFERENCES providers (id),
  node TEXT NOT NULL
);
