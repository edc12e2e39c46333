-- API tokens. Only the hash of a secret is stored. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE token (
  id TEXT PRIMARY KEY CHECK (length(id) = 16),
  -- SHA-256 of the secret.
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  name TEXT NOT NULL UNIQUE CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('reader', 'operator', 'admin', 'metrics')),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER,
  -- The events about this token that the ledger contains. 0: no event, 1: the creation, 2: the creation and the
  -- revocation.
  recorded INTEGER NOT NULL DEFAULT 0 CHECK (recorded BETWEEN 0 AND 2),
  -- The time of the last request with the token. The server writes it at most once a minute. NULL if the token was
  -- never used.
  last_used INTEGER
) STRICT;
