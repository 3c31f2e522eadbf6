SELECT 'account ' || id || ': what stands among the codes that it has shown is no code with its time'
FROM accounts WHERE used_codes <> '' AND used_codes NOT LIKE '%_:______%'
