-- API tokens, by the hash of their secret alone. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE token (
  id TEXT PRIMARY KEY CHECK (length(id) = 16),
  -- SHA-256 of the secret.
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  name TEXT NOT NULL UNIQUE CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('reader', 'operator', 'admin')),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER,
  -- What of this the ledger has on record as an event: nothing yet, that it was made, that it was revoked.
  recorded INTEGER NOT NULL DEFAULT 0 CHECK (recorded BETWEEN 0 AND 2)
) STRICT;
