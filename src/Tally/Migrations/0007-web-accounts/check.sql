SELECT 'account ' || id || ' asks for a second factor that it does not have' FROM accounts WHERE two_factor = 1 AND authenticator_key IS NULL
UNION ALL
SELECT 'mail ' || id || ' is neither due, nor sent, nor given up' FROM mails WHERE due_at IS NULL AND sent_at IS NULL AND problem IS NULL
