-- The ledger in PostgreSQL 15 or later: the append-only store of changes and service events, and the tables of tokens.
--
-- To read the ledger with psql, begin with the views `history` and `service_events`.
--
-- The tables, columns and views have the same names and meanings as in SQLite. They are explained in the files
-- `ledger-0001-changes.sql` and `tokens-0001-tokens.sql`. The comments in this file explain the differences:
-- - Times are of the type `bigint`: microseconds since 1970-01-01T00:00:00Z.
-- - Text is compared byte by byte, with `COLLATE "C"`. SQLite compares flow ids, step names, connector ids and names of
--   holds without regard to ASCII case. For the same comparison here, use the function `lower`:
--   `lower(flow_id) = lower('B2C_1_signup')`.
-- - The ids of requests are text. A GUID is stored in lower case with hyphens.
-- - If a unique index or a primary key enforces a rule, no trigger checks the rule again. SQLite needs such triggers
--   because its REPLACE deletes rows without firing delete triggers.
-- - Triggers also refuse TRUNCATE.
-- - Each foreign key to a change or a service event has an index, because changes and service events can be deleted.
--   Without the index, each deletion would read the whole table that has the foreign key.
--
-- The database is for Reflog alone. The owner of the tables runs this file and later migrations. The server uses the
-- role `reflog_service`. This role is not allowed to switch off a trigger. The end of this file lists the rights of
-- this role.

-- No other role is allowed to call the functions that the owner creates after this statement.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

-- The version of the schema: the number of the newest migration. A migration locks this row.
CREATE TABLE schema_version (
  id bigint PRIMARY KEY CHECK (id = 1),
  version bigint NOT NULL CHECK (version > 0),
  application text COLLATE "C" NOT NULL CHECK (application = 'reflog')
);

INSERT INTO schema_version (id, version, application) VALUES (1, 1, 'reflog');

CREATE TABLE ledger (
  id bigint PRIMARY KEY CHECK (id = 1),
  directory text COLLATE "C" NOT NULL CHECK (directory IN ('graph', 'embedded')),
  tenant_id text COLLATE "C" NOT NULL CHECK (tenant_id <> ''),
  created bigint NOT NULL,
  origin text COLLATE "C" NOT NULL CHECK (origin <> ''),
  cursor_key bytea NOT NULL CHECK (octet_length(cursor_key) = 32)
);

-- Identity rows: the ids and names of flows, steps, connectors, actors and client applications. A trigger sets the id
-- of a new row, unless the INSERT statement contains an id. Two transactions never choose the same id, because a
-- transaction locks the head row of the log before it inserts a row.

CREATE TABLE flow (
  id bigint PRIMARY KEY,
  flow_type text COLLATE "C" NOT NULL CHECK (flow_type IN ('b2cUserFlows', 'b2xUserFlows')),
  flow_id text COLLATE "C" NOT NULL CHECK (length(flow_id) BETWEEN 1 AND 128)
);

CREATE UNIQUE INDEX flow_identity ON flow (flow_type, lower(flow_id));

CREATE TABLE step (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 128)
);

CREATE UNIQUE INDEX step_identity ON step (lower(name));

CREATE TABLE address (
  id bigint PRIMARY KEY,
  flow bigint NOT NULL REFERENCES flow (id),
  step bigint NOT NULL REFERENCES step (id),
  UNIQUE (flow, step)
);

CREATE TABLE connector (
  id bigint PRIMARY KEY,
  connector_id text COLLATE "C" CHECK (length(connector_id) BETWEEN 1 AND 128)
);

CREATE UNIQUE INDEX connector_identity ON connector (lower(connector_id));

CREATE TABLE connector_name (
  id bigint PRIMARY KEY,
  connector bigint NOT NULL REFERENCES connector (id),
  display_name text COLLATE "C",
  UNIQUE (connector, display_name)
);

CREATE TABLE actor (
  id bigint PRIMARY KEY,
  actor_type text COLLATE "C" CHECK (actor_type IN ('user', 'app', 'token', 'unknown')),
  actor_id text COLLATE "C",
  CHECK ((actor_type = 'unknown') = (actor_id IS NULL))
);

CREATE UNIQUE INDEX actor_identity ON actor (actor_type, coalesce(actor_id, ''));

CREATE TABLE actor_name (
  id bigint PRIMARY KEY,
  actor bigint NOT NULL REFERENCES actor (id),
  name text COLLATE "C",
  user_principal_name text COLLATE "C"
);

CREATE INDEX actor_name_name ON actor_name (name, id) WHERE name IS NOT NULL;
CREATE INDEX actor_name_user_principal_name ON actor_name (user_principal_name, id)
WHERE user_principal_name IS NOT NULL;
CREATE UNIQUE INDEX actor_name_identity ON actor_name (actor, coalesce(name, ''), coalesce(user_principal_name, ''))
WHERE coalesce(name, user_principal_name) IS NOT NULL;

CREATE TABLE client_app (
  id bigint PRIMARY KEY,
  app_id text COLLATE "C" NOT NULL UNIQUE
);

-- PostgreSQL stores the generated columns. If a row has a value that Reflog never writes, a generated column has the
-- value 'invalid', and Reflog refuses to read the row.
CREATE TABLE change (
  id bigint PRIMARY KEY,

  -- The columns of the intent never change.
  intent_sequence bigint NOT NULL,
  activity_time bigint NOT NULL,
  address bigint REFERENCES address (id),
  subject text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    CASE WHEN address IS NULL THEN 'connector' ELSE 'step' END
  ) STORED,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('update', 'rollback', 'drift', 'baseline')),
  before_connector bigint REFERENCES connector (id),
  before_absent text COLLATE "C" CHECK (before_absent IN ('none', 'unknown')),
  before_state text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    CASE before_absent WHEN 'connector' THEN 'invalid' ELSE coalesce(before_absent, 'connector') END
  ) STORED,
  before_name bigint REFERENCES connector_name (id),
  after_connector bigint REFERENCES connector (id),
  after_absent text COLLATE "C" CHECK (after_absent IN ('none', 'unknown')),
  after_state text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    CASE after_absent WHEN 'connector' THEN 'invalid' ELSE coalesce(after_absent, 'connector') END
  ) STORED,
  after_name bigint REFERENCES connector_name (id),
  changed_properties text COLLATE "C",
  actor bigint NOT NULL REFERENCES actor (id),
  actor_proof text COLLATE "C" CHECK (actor_proof IN ('entra', 'graph', 'apiToken')),
  client_app bigint REFERENCES client_app (id),
  correlation_id text COLLATE "C",
  request_id text COLLATE "C" NOT NULL,
  rollback_of bigint,
  rollback_to bigint,
  batch_id text COLLATE "C",
  last_verified_time bigint,

  -- The columns of the outcome are written together, once, when the change is settled.
  result text COLLATE "C" NOT NULL DEFAULT 'pending' CHECK (
    result IN ('pending', 'applied', 'rejected', 'denied', 'notApplied', 'superseded', 'unknown')
  ),
  outcome_sequence bigint,
  result_delay bigint CHECK (result_delay >= 0),
  result_time bigint GENERATED ALWAYS AS (activity_time + result_delay) STORED,
  http_status bigint,
  error_code text COLLATE "C",
  error_message text COLLATE "C",
  retry_after bigint CHECK (retry_after >= 0),
  settler text COLLATE "C" CHECK (settler IN ('reconciler', 'person')),
  settled_by text COLLATE "C" GENERATED ALWAYS AS (
    CASE
      WHEN result = 'pending' THEN settler
      WHEN settler = 'request' THEN 'invalid'
      ELSE coalesce(settler, 'request')
    END
  ) STORED,
  graph_request_id text COLLATE "C",
  created_connector bigint REFERENCES connector (id),
  created_name bigint REFERENCES connector_name (id),

  CHECK ((before_absent IS NULL) = (before_connector IS NOT NULL)),
  CHECK ((after_absent IS NULL) = (after_connector IS NOT NULL)),
  CHECK (before_name IS NULL OR before_connector IS NOT NULL),
  CHECK (after_name IS NULL OR after_connector IS NOT NULL),
  CHECK (kind <> 'rollback' OR rollback_of IS NOT NULL OR rollback_to IS NOT NULL),
  CHECK (rollback_of IS NULL OR rollback_of < id),
  CHECK ((result = 'pending') = (result_delay IS NULL)),
  CHECK ((result = 'pending') = (outcome_sequence IS NULL)),
  CHECK (outcome_sequence IS NULL OR outcome_sequence >= intent_sequence),
  CHECK (result <> 'pending' OR settler IS NULL),
  CHECK (
    result <> 'pending' OR (
      http_status IS NULL AND error_code IS NULL AND error_message IS NULL AND retry_after IS NULL
        AND graph_request_id IS NULL
    )
  ),
  CHECK (created_connector IS NULL OR (subject = 'connector' AND before_state = 'none' AND result = 'applied')),
  CHECK (created_name IS NULL OR created_connector IS NOT NULL)
);

-- Indexes of changes. Each index ends with the id, because queries read changes in the order of their ids. SQLite adds
-- the id to each index by default.

-- The pending changes. The index is unique, because an address or a connector has at most one pending change.
CREATE UNIQUE INDEX change_pending ON change (coalesce(address, -before_connector)) WHERE result = 'pending';

-- All changes of an address or of a flow.
CREATE INDEX change_address ON change (address, id) WHERE address IS NOT NULL;

-- The applied changes whose `before` and `after` differ, and the applied changes whose `before` and `after` are equal.
-- SQLite has one index for both kinds, `change_applied`. PostgreSQL needs two indexes, because it simplifies the
-- condition "(…) = FALSE" and then does not use an index on the expression.
CREATE INDEX change_effective ON change (address, id)
WHERE result = 'applied' AND (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector);
CREATE INDEX change_ineffective ON change (address, id)
WHERE result = 'applied' AND NOT (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector);

-- The changes whose `before` is a connector, the changes whose `after` is a connector, and the changes that created a
-- connector.
CREATE INDEX change_before_connector ON change (before_connector, id) WHERE before_connector IS NOT NULL;
CREATE INDEX change_after_connector ON change (after_connector, id) WHERE after_connector IS NOT NULL;
CREATE INDEX change_created_connector ON change (created_connector, id) WHERE created_connector IS NOT NULL;

-- The changes that were made to connectors: to all connectors, and to one connector.
CREATE INDEX change_connectors ON change (id) WHERE subject = 'connector';
CREATE INDEX change_connector ON change ((coalesce(before_connector, after_connector, created_connector)), id)
WHERE subject = 'connector';

-- The changes that an actor made, and the changes that a client application made.
CREATE INDEX change_actor ON change (actor, id);
CREATE INDEX change_client_app ON change (client_app, id) WHERE client_app IS NOT NULL;

-- The changes that are settled but were not applied.
CREATE INDEX change_result ON change (result, id) WHERE result NOT IN ('applied', 'pending');

-- The changes with a given correlation id, the changes with a given batch id, and the rollbacks of a given change.
CREATE INDEX change_correlation ON change (correlation_id, id) WHERE correlation_id IS NOT NULL;
CREATE INDEX change_batch ON change (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX change_rollback ON change (rollback_of, id) WHERE rollback_of IS NOT NULL;

CREATE TABLE service_event (
  id bigint PRIMARY KEY,
  sequence bigint NOT NULL,
  time bigint NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind <> ''),
  actor bigint REFERENCES actor (id),
  actor_proof text COLLATE "C" CHECK (actor_proof IN ('entra', 'graph', 'apiToken')),
  client_app bigint REFERENCES client_app (id),
  count bigint NOT NULL CHECK (count > 0),
  -- The details of the event, as a JSON object. The type is text, because the exact bytes of the object are part of a
  -- hash.
  details text COLLATE "C" NOT NULL
);

CREATE INDEX service_event_actor ON service_event (actor, id) WHERE actor IS NOT NULL;
-- The service events of an actor without the counts of reads, which are most of the events.
CREATE INDEX service_event_action ON service_event (actor, id) WHERE actor IS NOT NULL AND kind <> 'historyRead';
-- Every start reads the keys that have signed the log, and the former names of the log.
CREATE INDEX service_event_key ON service_event (id)
WHERE kind IN ('keyRotated', 'keyReplaced', 'keyReplacementConfirmed', 'olderLedgerAccepted');
-- Reflog reads these events before every deletion, to find the retention policy, the legal holds, and the requests for
-- purges and erasures.
CREATE INDEX service_event_retention ON service_event (id)
WHERE kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked', 'erasureAsked');
-- Reflog reads these events when it verifies the ledger, because the table `change_freeze` must match these events.
CREATE INDEX service_event_freeze ON service_event (id)
WHERE kind IN ('freezePlaced', 'freezeReleased', 'freezeOverridden');
-- Reflog reads these events before every deletion, to find the newest claim: the event that lists the records that
-- a purge or an erasure is allowed to delete.
CREATE INDEX service_event_claim ON service_event (id)
WHERE kind IN ('purged', 'purgeWithdrawn', 'erased', 'erasureWithdrawn');

CREATE TABLE change_personal (
  change bigint PRIMARY KEY REFERENCES change (id),
  salt bytea CHECK (octet_length(salt) = 16),
  actor_name bigint REFERENCES actor_name (id),
  ip_address text COLLATE "C",
  reason text COLLATE "C",
  erased_hash bytea CHECK (octet_length(erased_hash) = 32),
  erased_event bigint REFERENCES service_event (id),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK ((erased_event IS NULL) = (erased_hash IS NULL)),
  CHECK (salt IS NOT NULL OR (actor_name IS NULL AND ip_address IS NULL AND reason IS NULL))
);

CREATE INDEX change_personal_erased_event ON change_personal (erased_event) WHERE erased_event IS NOT NULL;

CREATE TABLE change_statement (
  change bigint PRIMARY KEY REFERENCES change (id),
  salt bytea CHECK (octet_length(salt) = 16),
  actor bigint NOT NULL REFERENCES actor (id),
  actor_proof text COLLATE "C" CHECK (actor_proof IN ('entra', 'graph', 'apiToken')),
  client_app bigint REFERENCES client_app (id),
  actor_name bigint REFERENCES actor_name (id),
  ip_address text COLLATE "C",
  reason text COLLATE "C",
  erased_hash bytea CHECK (octet_length(erased_hash) = 32),
  erased_event bigint REFERENCES service_event (id),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK ((erased_event IS NULL) = (erased_hash IS NULL)),
  CHECK ((salt IS NULL) = (reason IS NULL)),
  CHECK (salt IS NOT NULL OR (actor_name IS NULL AND ip_address IS NULL))
);

CREATE INDEX change_statement_actor ON change_statement (actor, change);
CREATE INDEX change_statement_actor_name ON change_statement (actor_name, change) WHERE actor_name IS NOT NULL;
CREATE INDEX change_statement_erased_event ON change_statement (erased_event) WHERE erased_event IS NOT NULL;

CREATE TABLE service_event_personal (
  event bigint PRIMARY KEY REFERENCES service_event (id),
  salt bytea CHECK (octet_length(salt) = 16),
  actor_name bigint REFERENCES actor_name (id),
  ip_address text COLLATE "C",
  reason text COLLATE "C",
  erased_hash bytea CHECK (octet_length(erased_hash) = 32),
  erased_event bigint REFERENCES service_event (id),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK ((erased_event IS NULL) = (erased_hash IS NULL)),
  CHECK (salt IS NOT NULL OR (actor_name IS NULL AND ip_address IS NULL AND reason IS NULL))
);

CREATE INDEX service_event_personal_actor_name ON service_event_personal (actor_name, event)
WHERE actor_name IS NOT NULL;
CREATE INDEX service_event_personal_erased_event ON service_event_personal (erased_event)
WHERE erased_event IS NOT NULL;

CREATE TABLE entry (
  sequence bigint PRIMARY KEY CHECK (sequence >= 0),
  change bigint,
  event bigint,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  salt bytea CHECK (octet_length(salt) = 16),
  CHECK ((change IS NULL) <> (event IS NULL))
);

CREATE TABLE subtree (
  level bigint NOT NULL CHECK (level BETWEEN 1 AND 7),
  position bigint NOT NULL CHECK (position >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (level, position)
);

-- A transaction that appends entries locks the head row first, with SELECT … FOR UPDATE. So only one transaction
-- appends entries at a time. The fill factor leaves free space in the page of the row. PostgreSQL stores each new
-- version of the row in this space, and uses the space of old versions again.
CREATE TABLE head (
  id bigint PRIMARY KEY CHECK (id = 1),
  next_sequence bigint NOT NULL CHECK (next_sequence >= 0),
  next_change bigint NOT NULL CHECK (next_change > 0),
  next_event bigint NOT NULL CHECK (next_event > 0),
  newest_time bigint NOT NULL CHECK (newest_time >= 0),
  frontier bytea NOT NULL CHECK (octet_length(frontier) % 32 = 0),
  checkpoint text COLLATE "C",
  verifier_key text COLLATE "C",
  CHECK ((checkpoint IS NULL) = (next_sequence = 0)),
  CHECK ((checkpoint IS NULL) = (verifier_key IS NULL))
) WITH (fillfactor = 10);

CREATE VIEW retention_event AS
SELECT id, kind, details FROM service_event
WHERE kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked', 'erasureAsked');

CREATE VIEW claim_event AS
SELECT id, kind, details, sequence FROM service_event
WHERE kind IN ('purged', 'purgeWithdrawn', 'erased', 'erasureWithdrawn');

CREATE VIEW open_claim AS
SELECT
  claim.id,
  claim.kind,
  CASE WHEN claim.kind = 'purged' AND strpos(claim.details, '"changes":"') > 0
    THEN ',' || rtrim(substr(claim.details, strpos(claim.details, '"changes":"') + 11), '"}') || ',' ELSE ''
  END AS changes,
  CASE WHEN claim.kind = 'purged' AND strpos(claim.details, '"events":"') > 0
    THEN ',' || rtrim(substr(claim.details, strpos(claim.details, '"events":"') + 10), '"}') || ',' ELSE ''
  END AS events,
  CASE WHEN claim.kind = 'erased' AND strpos(claim.details, '"entries":"') > 0
    THEN ',' || rtrim(substr(claim.details, strpos(claim.details, '"entries":"') + 11), '"}') || ',' ELSE ''
  END AS entries
FROM claim_event AS claim
JOIN head ON head.id = 1 AND claim.sequence < head.next_sequence
WHERE claim.id IN (
  (SELECT id FROM claim_event WHERE kind IN ('purged', 'purgeWithdrawn') ORDER BY id DESC LIMIT 1),
  (SELECT id FROM claim_event WHERE kind IN ('erased', 'erasureWithdrawn') ORDER BY id DESC LIMIT 1)
);

CREATE TABLE retention (
  id bigint PRIMARY KEY CHECK (id = 1),
  days bigint NOT NULL CHECK (days > 0)
);

-- The id of a hold is the id of the service event that placed the hold, so no two holds ever have the same id.
CREATE TABLE hold (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL CHECK (name <> ''),
  flow bigint REFERENCES flow (id),
  reason text COLLATE "C" NOT NULL,
  placed bigint NOT NULL
);

CREATE UNIQUE INDEX hold_identity ON hold (lower(name));

CREATE TABLE change_freeze (
  id bigint PRIMARY KEY REFERENCES service_event (id),
  ends bigint,
  released bigint REFERENCES service_event (id)
);

CREATE INDEX change_freeze_open ON change_freeze (coalesce(ends, 9223372036854775807)) WHERE released IS NULL;
CREATE INDEX change_freeze_released ON change_freeze (released) WHERE released IS NOT NULL;

CREATE TABLE freeze_override (
  change bigint PRIMARY KEY REFERENCES change (id),
  event bigint NOT NULL REFERENCES service_event (id)
);

CREATE INDEX freeze_override_event ON freeze_override (event);

CREATE TABLE purge (
  id bigint PRIMARY KEY,
  before bigint NOT NULL,
  asked bigint NOT NULL,
  change bigint NOT NULL DEFAULT 0,
  event bigint NOT NULL DEFAULT 0,
  restarts bigint NOT NULL DEFAULT 0,
  finished bigint
);

CREATE UNIQUE INDEX purge_unfinished ON purge ((finished IS NULL)) WHERE finished IS NULL;

CREATE VIEW kept_change AS
SELECT
  address.id AS address,
  coalesce(
    (
      SELECT max(change.id) FROM change
      WHERE change.address = address.id AND change.result = 'applied'
        AND (
          change.before_state <> change.after_state OR change.before_connector IS DISTINCT FROM change.after_connector
        )
    ),
    (
      SELECT max(change.id) FROM change WHERE change.address = address.id AND change.result = 'applied'
        AND NOT (
          change.before_state <> change.after_state OR change.before_connector IS DISTINCT FROM change.after_connector
        )
    )
  ) AS change
FROM address;

CREATE TABLE purged_change (
  first bigint PRIMARY KEY,
  last bigint NOT NULL CHECK (last >= first),
  event bigint NOT NULL REFERENCES service_event (id)
);

CREATE INDEX purged_change_event ON purged_change (event);

CREATE TABLE purged_event (
  first bigint PRIMARY KEY,
  last bigint NOT NULL CHECK (last >= first),
  event bigint NOT NULL REFERENCES service_event (id)
);

CREATE INDEX purged_event_event ON purged_event (event);

CREATE TABLE erasure (
  id bigint PRIMARY KEY,
  actor bigint NOT NULL REFERENCES actor (id),
  event bigint NOT NULL UNIQUE REFERENCES service_event (id),
  finished bigint
);

CREATE INDEX erasure_actor ON erasure (actor, id);

CREATE TABLE time_rollback (
  batch_id text COLLATE "C" PRIMARY KEY
    CHECK (batch_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
  as_of bigint NOT NULL,
  flow bigint REFERENCES flow (id),
  asked bigint NOT NULL,
  newest_change bigint NOT NULL,
  finished bigint
);

CREATE TABLE idempotency (
  key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 32),
  body_hash bytea NOT NULL CHECK (octet_length(body_hash) = 32),
  change bigint NOT NULL,
  recorded bigint NOT NULL
);

CREATE INDEX idempotency_recorded ON idempotency (recorded);

CREATE TABLE seen_reference (
  address bigint PRIMARY KEY REFERENCES address (id),
  state text COLLATE "C" NOT NULL CHECK (state IN ('connector', 'none')),
  connector bigint REFERENCES connector (id),
  seen bigint NOT NULL,
  CHECK ((state = 'connector') = (connector IS NOT NULL))
);

CREATE TABLE seen_connector (
  connector bigint PRIMARY KEY REFERENCES connector (id),
  display_name text COLLATE "C" NOT NULL,
  target_url text COLLATE "C" NOT NULL,
  authentication text COLLATE "C",
  entry bigint NOT NULL,
  seen bigint NOT NULL
);

CREATE TABLE sweep (
  id bigint PRIMARY KEY CHECK (id = 1),
  finished bigint NOT NULL
);

CREATE TABLE unread_part (
  name text COLLATE "C" PRIMARY KEY CHECK (name <> ''),
  since bigint NOT NULL,
  reason text COLLATE "C" NOT NULL
);

-- The API tokens. With SQLite, this table is in a separate file.
CREATE TABLE token (
  id text COLLATE "C" PRIMARY KEY CHECK (length(id) = 16),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  name text COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  role text COLLATE "C" NOT NULL CHECK (role IN ('reader', 'operator', 'admin', 'metrics')),
  created bigint NOT NULL,
  expires bigint NOT NULL,
  revoked bigint,
  recorded bigint NOT NULL DEFAULT 0 CHECK (recorded BETWEEN 0 AND 2),
  last_used bigint
);

-- The process that is allowed to write the ledger. The process renews this row before the time in `expires`. If the
-- process does not renew the row, another process can replace it after that time. The times are from the clock of the
-- database.
CREATE TABLE service_process (
  id bigint PRIMARY KEY CHECK (id = 1),
  -- A random number that identifies the process.
  holder bigint NOT NULL,
  host text COLLATE "C" NOT NULL,
  process_id bigint NOT NULL,
  -- Identifies the boot of the host and the PID namespace. The column `process_id` is valid only for this boot and this
  -- namespace.
  machine text COLLATE "C" NOT NULL,
  started bigint NOT NULL,
  expires bigint NOT NULL
);

-- Every change with the texts from its identity rows, for programs. Times are microseconds.
CREATE VIEW change_details AS
SELECT
  change.id,
  coalesce(change.outcome_sequence, change.intent_sequence) AS sequence,
  change.activity_time,
  ledger.tenant_id,
  change.subject,
  flow.flow_type,
  flow.flow_id,
  step.name AS step,
  change.address,
  change.kind,
  change.before_state,
  before_connector.connector_id AS before_connector_id,
  before_name.display_name AS before_display_name,
  change.after_state,
  after_connector.connector_id AS after_connector_id,
  after_name.display_name AS after_display_name,
  change.changed_properties,
  actor.actor_type,
  change.actor_proof,
  actor.actor_id,
  actor_name.name AS actor_name,
  actor_name.user_principal_name,
  client_app.app_id AS client_app_id,
  change_personal.ip_address,
  change_personal.reason,
  change.correlation_id,
  change.request_id,
  change.rollback_of,
  change.rollback_to,
  change.batch_id,
  change.last_verified_time,
  change.result,
  change.result_time,
  change.http_status,
  change.error_code,
  coalesce(
    change.error_message,
    coalesce(stating_name.name, stating_actor.actor_id, 'Unknown person') || ': ' || change_statement.reason
  ) AS error_message,
  change.settled_by,
  change.graph_request_id,
  created_connector.connector_id AS created_connector_id,
  created_name.display_name AS created_display_name,
  change_personal.erased_hash IS NOT NULL AS personal_is_erased,
  change_statement.erased_hash IS NOT NULL AS statement_is_erased,
  change_personal.erased_event,
  change_statement.erased_event AS statement_erased_event,
  freeze_override.event AS override_event,
  overriding.reason AS override_reason,
  overriding.erased_hash IS NOT NULL AS override_is_erased,
  overriding.erased_event AS override_erased_event
FROM change
LEFT JOIN ledger ON ledger.id = 1
LEFT JOIN address ON address.id = change.address
LEFT JOIN flow ON flow.id = address.flow
LEFT JOIN step ON step.id = address.step
LEFT JOIN connector AS before_connector ON before_connector.id = change.before_connector
LEFT JOIN connector_name AS before_name ON before_name.id = change.before_name
LEFT JOIN connector AS after_connector ON after_connector.id = change.after_connector
LEFT JOIN connector_name AS after_name ON after_name.id = change.after_name
LEFT JOIN actor ON actor.id = change.actor
LEFT JOIN change_personal ON change_personal.change = change.id
LEFT JOIN actor_name ON actor_name.id = change_personal.actor_name
LEFT JOIN client_app ON client_app.id = change.client_app
LEFT JOIN change_statement ON change_statement.change = change.id
LEFT JOIN actor AS stating_actor ON stating_actor.id = change_statement.actor
LEFT JOIN actor_name AS stating_name ON stating_name.id = change_statement.actor_name
LEFT JOIN connector AS created_connector ON created_connector.id = change.created_connector
LEFT JOIN connector_name AS created_name ON created_name.id = change.created_name
LEFT JOIN freeze_override ON freeze_override.change = change.id
LEFT JOIN service_event_personal AS overriding ON overriding.event = freeze_override.event;

-- Every change, for people who read it. Times are UTC in ISO 8601. Compare times as text:
--   SELECT * FROM history WHERE time >= '2026-03-01' AND time < '2026-04-01';
-- To compare connector ids without regard to case, use `lower`:
--   SELECT * FROM history WHERE lower(after_connector_id) = lower('3F1C7A52-8D0E-4B4F-9C57-5B1F0A6D2E01');
CREATE VIEW history AS
SELECT
  id,
  sequence,
  to_char(timestamp '1970-01-01' + activity_time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    COLLATE "C" AS time,
  tenant_id,
  subject,
  flow_type,
  flow_id,
  step,
  kind,
  result,
  to_char(timestamp '1970-01-01' + result_time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    COLLATE "C" AS result_time,
  coalesce(coalesce(before_display_name || ' ', '') || '(' || before_connector_id || ')', before_state) AS before,
  coalesce(
    coalesce(created_display_name || ' ', '') || '(' || created_connector_id || ')',
    coalesce(after_display_name || ' ', '') || '(' || after_connector_id || ')', after_state
  ) AS after,
  before_connector_id,
  coalesce(created_connector_id, after_connector_id) AS after_connector_id,
  changed_properties,
  actor_type,
  actor_proof,
  actor_id,
  CASE WHEN personal_is_erased THEN '[erased]' ELSE actor_name END AS actor_name,
  CASE WHEN personal_is_erased THEN '[erased]' ELSE user_principal_name END AS user_principal_name,
  client_app_id,
  CASE WHEN personal_is_erased THEN '[erased]' ELSE ip_address END AS ip_address,
  CASE WHEN personal_is_erased THEN '[erased]' ELSE reason END AS reason,
  correlation_id,
  request_id,
  graph_request_id,
  rollback_of,
  to_char(timestamp '1970-01-01' + rollback_to * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    COLLATE "C" AS rollback_to,
  batch_id,
  http_status,
  error_code,
  coalesce(error_message, CASE WHEN statement_is_erased THEN '[erased]' END) AS error_message,
  settled_by,
  to_char(timestamp '1970-01-01' + last_verified_time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    COLLATE "C" AS last_verified_time,
  erased_event AS erased_event_id,
  (
    SELECT to_char(timestamp '1970-01-01' + event.time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      COLLATE "C"
    FROM service_event AS event WHERE event.id = erased_event
  ) AS erased_time,
  statement_erased_event AS statement_erased_event_id,
  (
    SELECT to_char(timestamp '1970-01-01' + event.time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      COLLATE "C"
    FROM service_event AS event WHERE event.id = statement_erased_event
  ) AS statement_erased_time,
  -- The service event that records that an operator made the change in spite of a freeze, and the operator's reason.
  override_event AS override_event_id,
  CASE WHEN override_is_erased THEN '[erased]' ELSE override_reason END AS override_reason,
  override_erased_event AS override_erased_event_id,
  (
    SELECT to_char(timestamp '1970-01-01' + event.time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      COLLATE "C"
    FROM service_event AS event WHERE event.id = override_erased_event
  ) AS override_erased_time
FROM change_details;

-- Every service event, for people who read it. The column `details` is a JSON object: `details::json ->> 'name'` reads
-- the member `name`.
CREATE VIEW service_events AS
SELECT
  service_event.id,
  service_event.sequence,
  to_char(timestamp '1970-01-01' + service_event.time * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    COLLATE "C" AS time,
  service_event.kind,
  service_event.count,
  actor.actor_type,
  service_event.actor_proof,
  actor.actor_id,
  CASE WHEN service_event_personal.erased_hash IS NULL THEN actor_name.name ELSE '[erased]' END AS actor_name,
  CASE
    WHEN service_event_personal.erased_hash IS NULL THEN actor_name.user_principal_name ELSE '[erased]'
  END AS user_principal_name,
  client_app.app_id AS client_app_id,
  CASE
    WHEN service_event_personal.erased_hash IS NULL THEN service_event_personal.ip_address ELSE '[erased]'
  END AS ip_address,
  service_event.details,
  service_event_personal.erased_event AS erased_event_id,
  CASE
    WHEN service_event.kind IN ('freezePlaced', 'freezeOverridden') AND service_event_personal.erased_hash IS NOT NULL
      THEN '[erased]'
    ELSE service_event_personal.reason
  END AS reason
FROM service_event
LEFT JOIN actor ON actor.id = service_event.actor
LEFT JOIN client_app ON client_app.id = service_event.client_app
LEFT JOIN service_event_personal ON service_event_personal.event = service_event.id
LEFT JOIN actor_name ON actor_name.id = service_event_personal.actor_name;

-- Triggers that keep the history append-only. The triggers refuse wrong writes by Reflog's own code, and edits by a
-- person. The argument of a trigger's function is the text of the error message. A function that reads tables has a
-- fixed `search_path`. Otherwise a temporary table with the same name could hide a table from the function.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
END $$;

-- Sets the id of a new row to the next id, which is one more than the highest id in the table.
CREATE FUNCTION assign_id() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.id IS NULL THEN
    EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I', TG_TABLE_NAME) INTO NEW.id;
  END IF;
  RETURN NEW;
END $$;

-- Each of the next five functions runs once after an INSERT statement, and checks all rows that the statement inserted.
-- One check of all rows is faster than a separate check of each row. The transition table `added` contains the new
-- rows.

CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  lowest bigint;
  highest bigint;
  amount bigint;
BEGIN
  SELECT min(sequence), max(sequence), count(*) INTO lowest, highest, amount FROM added;
  IF highest - lowest + 1 <> amount OR highest <> (SELECT max(sequence) FROM entry)
    OR lowest <> coalesce((SELECT max(sequence) FROM entry WHERE sequence < lowest), -1) + 1
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  lowest bigint;
  amount bigint;
BEGIN
  SELECT min(id), count(*) INTO lowest, amount FROM added;
  IF lowest < (SELECT next_change FROM head WHERE id = 1)
    OR lowest <= (SELECT id FROM change ORDER BY id DESC OFFSET amount LIMIT 1)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_service_events() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  lowest bigint;
  amount bigint;
BEGIN
  SELECT min(id), count(*) INTO lowest, amount FROM added;
  IF lowest < (SELECT next_event FROM head WHERE id = 1)
    OR lowest <= (SELECT id FROM service_event ORDER BY id DESC OFFSET amount LIMIT 1)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_change_personal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint = (SELECT max(sequence) FROM entry);
BEGIN
  IF EXISTS (
    SELECT FROM added WHERE (SELECT intent_sequence FROM change WHERE id = added.change) <= newest
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_service_event_personal() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint = (SELECT max(sequence) FROM entry);
BEGIN
  IF EXISTS (
    SELECT FROM added WHERE (SELECT sequence FROM service_event WHERE id = added.event) <= newest
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER entry_follows_the_last AFTER INSERT ON entry REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION check_entries('entries are numbered without gaps');

-- An entry is updated only after its change or event was deleted. Then the salt becomes NULL, and the id of the change
-- or the event becomes 0.
CREATE FUNCTION check_emptied_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM change WHERE id = OLD.change) OR EXISTS (SELECT FROM service_event WHERE id = OLD.event) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entry_update BEFORE UPDATE ON entry FOR EACH ROW
WHEN (
  NEW.salt IS NOT NULL OR NEW.sequence <> OLD.sequence OR NEW.hash <> OLD.hash
  OR NEW.change IS DISTINCT FROM OLD.change * 0 OR NEW.event IS DISTINCT FROM OLD.event * 0
)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER entry_update_emptied BEFORE UPDATE ON entry FOR EACH ROW
EXECUTE FUNCTION check_emptied_entry('history is append-only');

CREATE FUNCTION check_subtree() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.position IS DISTINCT FROM (SELECT coalesce(max(position), -1) + 1 FROM subtree WHERE level = NEW.level) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER subtree_insert BEFORE INSERT ON subtree
FOR EACH ROW EXECUTE FUNCTION check_subtree('history is append-only');

-- An id is never used again, even after its row was deleted.
CREATE TRIGGER change_insert AFTER INSERT ON change REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION check_changes('history is append-only');

-- The intent is immutable, and the outcome is written once.
CREATE TRIGGER change_update BEFORE UPDATE ON change FOR EACH ROW
WHEN (
  OLD.result <> 'pending' OR NEW.result = 'pending'
  OR NEW.id <> OLD.id OR NEW.intent_sequence <> OLD.intent_sequence OR NEW.activity_time <> OLD.activity_time
  OR NEW.address IS DISTINCT FROM OLD.address OR NEW.kind <> OLD.kind
  OR NEW.before_absent IS DISTINCT FROM OLD.before_absent OR NEW.before_connector IS DISTINCT FROM OLD.before_connector
  OR NEW.before_name IS DISTINCT FROM OLD.before_name OR NEW.after_absent IS DISTINCT FROM OLD.after_absent
  OR NEW.after_connector IS DISTINCT FROM OLD.after_connector OR NEW.after_name IS DISTINCT FROM OLD.after_name
  OR NEW.changed_properties IS DISTINCT FROM OLD.changed_properties OR NEW.actor <> OLD.actor
  OR NEW.actor_proof IS DISTINCT FROM OLD.actor_proof OR NEW.client_app IS DISTINCT FROM OLD.client_app
  OR NEW.correlation_id IS DISTINCT FROM OLD.correlation_id OR NEW.request_id <> OLD.request_id
  OR NEW.rollback_of IS DISTINCT FROM OLD.rollback_of OR NEW.rollback_to IS DISTINCT FROM OLD.rollback_to
  OR NEW.batch_id IS DISTINCT FROM OLD.batch_id OR NEW.last_verified_time IS DISTINCT FROM OLD.last_verified_time
)
EXECUTE FUNCTION refuse('history is append-only');

-- A purge deletes only changes whose ids are in its service event. A purge never deletes a pending change, a change
-- under a legal hold, or the change of an address in the view `kept_change`.
CREATE FUNCTION check_deleted_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.id > coalesce((SELECT last FROM purged_change WHERE first <= OLD.id ORDER BY first DESC LIMIT 1), 0) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN OLD;
END $$;

CREATE FUNCTION check_kept_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.result = 'pending'
    OR EXISTS (
      SELECT FROM hold WHERE flow IS NULL OR flow = (SELECT address.flow FROM address WHERE address.id = OLD.address)
    )
    OR OLD.id = (SELECT kept_change.change FROM kept_change WHERE kept_change.address = OLD.address)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER change_delete BEFORE DELETE ON change
FOR EACH ROW EXECUTE FUNCTION check_deleted_change('history is append-only');
CREATE TRIGGER change_delete_kept BEFORE DELETE ON change
FOR EACH ROW EXECUTE FUNCTION check_kept_change(
  'history is append-only: a change that is pending, on hold or the last of its step is kept'
);

CREATE FUNCTION check_purged_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM open_claim
      WHERE id = NEW.event AND strpos(
        changes, ',' || NEW.first || CASE WHEN NEW.first = NEW.last THEN '' ELSE '-' || NEW.last END || ','
      ) > 0
    )
    OR EXISTS (SELECT FROM purged_change WHERE first BETWEEN NEW.first AND NEW.last)
    OR NEW.first <= (SELECT last FROM purged_change WHERE first < NEW.first ORDER BY first DESC LIMIT 1)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION check_purged_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM open_claim
      WHERE id = NEW.event AND strpos(
        events, ',' || NEW.first || CASE WHEN NEW.first = NEW.last THEN '' ELSE '-' || NEW.last END || ','
      ) > 0
    )
    OR EXISTS (SELECT FROM purged_event WHERE first BETWEEN NEW.first AND NEW.last)
    OR NEW.first <= (SELECT last FROM purged_event WHERE first < NEW.first ORDER BY first DESC LIMIT 1)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER purged_change_insert BEFORE INSERT ON purged_change
FOR EACH ROW EXECUTE FUNCTION check_purged_change(
  'only records that a signed claim contains are purged, and no id is purged twice'
);
CREATE TRIGGER purged_event_insert BEFORE INSERT ON purged_event
FOR EACH ROW EXECUTE FUNCTION check_purged_event(
  'only records that a signed claim contains are purged, and no id is purged twice'
);

-- Personal data is inserted in the same transaction as its change or event, before the entry is inserted. Personal data
-- is erased only if the newest claim of an erasure is signed and contains the entry of the data. Only a purge deletes
-- the row of the personal data.

CREATE FUNCTION check_erased_change_personal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM open_claim
    WHERE id = NEW.erased_event
      AND strpos(entries, ',' || (SELECT intent_sequence FROM change WHERE id = OLD.change) || ',') > 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION check_erased_change_statement() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM open_claim
    WHERE id = NEW.erased_event
      AND strpos(entries, ',' || (SELECT outcome_sequence FROM change WHERE id = OLD.change) || ',') > 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION check_erased_service_event_personal() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM open_claim
    WHERE id = NEW.erased_event
      AND strpos(entries, ',' || (SELECT sequence FROM service_event WHERE id = OLD.event) || ',') > 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

-- These two functions are for the tables that refer to a purged record by the column `change` or `event`.
CREATE FUNCTION check_deleted_with_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.change > coalesce(
    (SELECT last FROM purged_change WHERE first <= OLD.change ORDER BY first DESC LIMIT 1), 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN OLD;
END $$;

CREATE FUNCTION check_deleted_with_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.event > coalesce(
    (SELECT last FROM purged_event WHERE first <= OLD.event ORDER BY first DESC LIMIT 1), 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN OLD;
END $$;

CREATE FUNCTION check_deleted_service_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.id > coalesce((SELECT last FROM purged_event WHERE first <= OLD.id ORDER BY first DESC LIMIT 1), 0)
    OR EXISTS (SELECT FROM hold WHERE flow IS NULL)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN OLD;
END $$;

CREATE FUNCTION check_change_statement() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT result FROM change WHERE id = NEW.change) IS DISTINCT FROM 'pending' THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER change_personal_insert AFTER INSERT ON change_personal REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION check_change_personal('history is append-only');
CREATE TRIGGER change_personal_update BEFORE UPDATE ON change_personal FOR EACH ROW
WHEN (NEW.change <> OLD.change OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER change_personal_update_claimed BEFORE UPDATE ON change_personal
FOR EACH ROW EXECUTE FUNCTION check_erased_change_personal('history is append-only');
CREATE TRIGGER change_personal_delete BEFORE DELETE ON change_personal
FOR EACH ROW EXECUTE FUNCTION check_deleted_with_change('history is append-only');

CREATE TRIGGER change_statement_insert BEFORE INSERT ON change_statement
FOR EACH ROW EXECUTE FUNCTION check_change_statement('history is append-only');
CREATE TRIGGER change_statement_update BEFORE UPDATE ON change_statement FOR EACH ROW
WHEN (
  NEW.change <> OLD.change OR NEW.actor <> OLD.actor OR NEW.actor_proof IS DISTINCT FROM OLD.actor_proof
  OR NEW.client_app IS DISTINCT FROM OLD.client_app OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL
)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER change_statement_update_claimed BEFORE UPDATE ON change_statement
FOR EACH ROW EXECUTE FUNCTION check_erased_change_statement('history is append-only');
CREATE TRIGGER change_statement_delete BEFORE DELETE ON change_statement
FOR EACH ROW EXECUTE FUNCTION check_deleted_with_change('history is append-only');

CREATE TRIGGER service_event_insert AFTER INSERT ON service_event REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION check_service_events('history is append-only');
CREATE TRIGGER service_event_delete BEFORE DELETE ON service_event
FOR EACH ROW EXECUTE FUNCTION check_deleted_service_event('history is append-only');

CREATE TRIGGER service_event_personal_insert AFTER INSERT ON service_event_personal REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION check_service_event_personal('history is append-only');
CREATE TRIGGER service_event_personal_update BEFORE UPDATE ON service_event_personal FOR EACH ROW
WHEN (NEW.event <> OLD.event OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER service_event_personal_update_claimed BEFORE UPDATE ON service_event_personal
FOR EACH ROW EXECUTE FUNCTION check_erased_service_event_personal('history is append-only');
CREATE TRIGGER service_event_personal_delete BEFORE DELETE ON service_event_personal
FOR EACH ROW EXECUTE FUNCTION check_deleted_with_event('history is append-only');

-- The retention policy, the legal holds, the purges and the erasures. The retention policy and each hold must match the
-- newest service event about them. Each erasure needs a service event. A request for a purge or an erasure is never
-- changed, with one exception: the purge can get a later time in the column `before`.

CREATE FUNCTION check_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT kind FROM service_event WHERE id = NEW.event) IS DISTINCT FROM 'erasureAsked' THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER erasure_insert_id BEFORE INSERT ON erasure FOR EACH ROW EXECUTE FUNCTION assign_id();
CREATE TRIGGER erasure_insert BEFORE INSERT ON erasure FOR EACH ROW
EXECUTE FUNCTION check_erasure('an erasure needs a service event of its own, of the kind erasureAsked');
CREATE TRIGGER erasure_update BEFORE UPDATE ON erasure FOR EACH ROW
WHEN (
  NEW.id <> OLD.id OR NEW.actor <> OLD.actor OR NEW.event <> OLD.event OR NEW.finished IS NULL
  OR OLD.finished IS NOT NULL
)
EXECUTE FUNCTION refuse('history is append-only');

CREATE TRIGGER purge_update BEFORE UPDATE ON purge FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.asked <> OLD.asked OR NEW.before < OLD.before OR OLD.finished IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');

CREATE FUNCTION check_retention() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  days text = CASE WHEN TG_OP = 'DELETE' THEN 'null' ELSE NEW.days::text END;
BEGIN
  IF (
    SELECT strpos(details, '{"days":' || days || ',') FROM retention_event WHERE kind = 'retentionSet'
    ORDER BY id DESC LIMIT 1
  ) IS DISTINCT FROM 1 THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER retention_change BEFORE INSERT OR UPDATE OR DELETE ON retention FOR EACH ROW
EXECUTE FUNCTION check_retention(
  'the retention policy is the one in the newest service event of the kind retentionSet'
);

CREATE FUNCTION check_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  start text COLLATE "C" = '{"name":"' || lower(CASE WHEN TG_OP = 'DELETE' THEN OLD.name ELSE NEW.name END) || '"';
  newest record;
BEGIN
  SELECT id, kind INTO newest FROM retention_event
  WHERE kind IN ('holdPlaced', 'holdReleased') AND strpos(lower(details), start) = 1
  ORDER BY id DESC LIMIT 1;
  IF newest.kind IS DISTINCT FROM (CASE WHEN TG_OP = 'DELETE' THEN 'holdReleased' ELSE 'holdPlaced' END) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.id = coalesce(NEW.id, newest.id);
  RETURN NEW;
END $$;

CREATE TRIGGER hold_insert BEFORE INSERT ON hold
FOR EACH ROW EXECUTE FUNCTION check_hold('a hold needs a service event of the kind holdPlaced');
CREATE TRIGGER hold_delete BEFORE DELETE ON hold
FOR EACH ROW EXECUTE FUNCTION check_hold('the end of a hold needs a service event of the kind holdReleased');

CREATE FUNCTION check_freeze() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  newest record;
BEGIN
  SELECT id, kind, details INTO newest FROM service_event ORDER BY id DESC LIMIT 1;
  IF TG_OP = 'INSERT' THEN
    IF NEW.released IS NOT NULL OR NEW.id IS DISTINCT FROM newest.id OR newest.kind <> 'freezePlaced' THEN
      RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
    END IF;
  ELSIF NEW.id <> OLD.id OR NEW.ends IS DISTINCT FROM OLD.ends OR OLD.released IS NOT NULL
    OR NEW.released IS DISTINCT FROM newest.id OR newest.kind <> 'freezeReleased'
    OR strpos(newest.details, '{"freeze":"' || OLD.id || '"') <> 1
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER change_freeze_insert BEFORE INSERT ON change_freeze
FOR EACH ROW EXECUTE FUNCTION check_freeze('a freeze needs a service event of the kind freezePlaced');
CREATE TRIGGER change_freeze_update BEFORE UPDATE ON change_freeze
FOR EACH ROW EXECUTE FUNCTION check_freeze('the release of a freeze needs a service event of the kind freezeReleased');
CREATE TRIGGER change_freeze_delete BEFORE DELETE ON change_freeze
FOR EACH STATEMENT EXECUTE FUNCTION refuse('history is append-only');

CREATE FUNCTION check_freeze_override() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  newest record;
BEGIN
  SELECT id, kind INTO newest FROM service_event ORDER BY id DESC LIMIT 1;
  IF NEW.event IS DISTINCT FROM newest.id OR newest.kind <> 'freezeOverridden' THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER freeze_override_insert BEFORE INSERT ON freeze_override FOR EACH ROW
EXECUTE FUNCTION check_freeze_override('an override needs a service event of the kind freezeOverridden');
CREATE TRIGGER freeze_override_update BEFORE UPDATE ON freeze_override
FOR EACH STATEMENT EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER freeze_override_delete BEFORE DELETE ON freeze_override
FOR EACH ROW EXECUTE FUNCTION check_deleted_with_change('history is append-only');

CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger FOR EACH ROW
WHEN (
  NEW.id <> OLD.id OR NEW.directory <> OLD.directory OR NEW.tenant_id <> OLD.tenant_id OR NEW.created <> OLD.created
  OR NEW.cursor_key <> OLD.cursor_key
)
EXECUTE FUNCTION refuse('a ledger serves one directory and one tenant, and this cannot change');

CREATE FUNCTION check_origin() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM service_event
    WHERE id = (SELECT max(id) FROM service_event) AND kind IN ('olderLedgerAccepted', 'keyReplaced')
      AND strpos(details, '"origin":"' || NEW.origin || '"') > 0
  ) THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

-- The log gets a new name only in two cases: a server accepts an older copy of the ledger, or the signing key is lost.
-- In both cases, a service event contains the new name.
CREATE TRIGGER ledger_origin_update BEFORE UPDATE ON ledger FOR EACH ROW WHEN (NEW.origin <> OLD.origin)
EXECUTE FUNCTION check_origin('the name of a log cannot change without a service event that contains the new name');
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger FOR EACH STATEMENT
EXECUTE FUNCTION refuse('a ledger serves one directory and one tenant, and this cannot change');

-- The head row is written only together with new entries, and its numbers never decrease.
CREATE FUNCTION check_head() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.next_sequence IS DISTINCT FROM (SELECT max(sequence) + 1 FROM entry)
    OR NEW.next_change <= (SELECT max(id) FROM change) OR NEW.next_event <= (SELECT max(id) FROM service_event)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER head_update BEFORE UPDATE ON head FOR EACH ROW
WHEN (
  NEW.id <> OLD.id OR NEW.next_sequence <= OLD.next_sequence OR NEW.next_change < OLD.next_change
  OR NEW.next_event < OLD.next_event OR NEW.newest_time < OLD.newest_time
)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER head_update_entries BEFORE UPDATE ON head
FOR EACH ROW EXECUTE FUNCTION check_head('history is append-only');

-- The columns that describe a rollback to a time never change.

CREATE TRIGGER time_rollback_update BEFORE UPDATE ON time_rollback FOR EACH ROW
WHEN (
  NEW.batch_id <> OLD.batch_id OR NEW.as_of <> OLD.as_of OR NEW.flow IS DISTINCT FROM OLD.flow
  OR NEW.asked <> OLD.asked OR NEW.newest_change <> OLD.newest_change
)
EXECUTE FUNCTION refuse('history is append-only');

CREATE TRIGGER schema_version_update BEFORE UPDATE ON schema_version FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.application <> OLD.application OR NEW.version < OLD.version)
EXECUTE FUNCTION refuse('the version of the schema never decreases');
CREATE TRIGGER schema_version_delete BEFORE DELETE ON schema_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse('the version of the schema never decreases');

-- Identity rows never change, because other rows refer to them. But a row to which no other row refers can be emptied.

CREATE FUNCTION check_emptied_connector() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM change WHERE before_connector = OLD.id)
    OR EXISTS (SELECT FROM change WHERE after_connector = OLD.id)
    OR EXISTS (SELECT FROM change WHERE created_connector = OLD.id)
    OR EXISTS (SELECT FROM seen_connector WHERE connector = OLD.id)
    OR EXISTS (SELECT FROM seen_reference WHERE connector = OLD.id)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER connector_insert_empty BEFORE INSERT ON connector FOR EACH ROW WHEN (NEW.connector_id IS NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER connector_update BEFORE UPDATE ON connector FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.connector_id IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER connector_update_unused BEFORE UPDATE ON connector
FOR EACH ROW EXECUTE FUNCTION check_emptied_connector('history is append-only');

CREATE FUNCTION check_emptied_connector_name() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM change WHERE before_connector = OLD.connector AND before_name = OLD.id)
    OR EXISTS (SELECT FROM change WHERE after_connector = OLD.connector AND after_name = OLD.id)
    OR EXISTS (SELECT FROM change WHERE created_connector = OLD.connector AND created_name = OLD.id)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER connector_name_insert_empty BEFORE INSERT ON connector_name FOR EACH ROW
WHEN (NEW.display_name IS NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER connector_name_update BEFORE UPDATE ON connector_name FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.connector <> OLD.connector OR NEW.display_name IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER connector_name_update_unused BEFORE UPDATE ON connector_name
FOR EACH ROW EXECUTE FUNCTION check_emptied_connector_name('history is append-only');

CREATE FUNCTION check_emptied_actor() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM change WHERE actor = OLD.id)
    OR EXISTS (SELECT FROM change_statement WHERE actor = OLD.id)
    OR EXISTS (SELECT FROM service_event WHERE actor = OLD.id)
    OR EXISTS (SELECT FROM erasure WHERE actor = OLD.id)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER actor_insert_empty BEFORE INSERT ON actor FOR EACH ROW WHEN (NEW.actor_type IS NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER actor_update BEFORE UPDATE ON actor FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.actor_type IS NOT NULL OR NEW.actor_id IS NOT NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER actor_update_unused BEFORE UPDATE ON actor
FOR EACH ROW EXECUTE FUNCTION check_emptied_actor('history is append-only');

CREATE FUNCTION check_emptied_actor_name() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM change JOIN change_personal ON change_personal.change = change.id
      WHERE change.actor = OLD.actor AND change_personal.actor_name = OLD.id
    )
    OR EXISTS (SELECT FROM change_statement WHERE actor_name = OLD.id)
    OR EXISTS (SELECT FROM service_event_personal WHERE actor_name = OLD.id)
  THEN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER actor_name_insert_empty BEFORE INSERT ON actor_name FOR EACH ROW
WHEN (coalesce(NEW.name, NEW.user_principal_name) IS NULL)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER actor_name_update BEFORE UPDATE ON actor_name FOR EACH ROW
WHEN (
  NEW.id <> OLD.id OR NEW.actor <> OLD.actor OR coalesce(NEW.name, NEW.user_principal_name) IS NOT NULL
)
EXECUTE FUNCTION refuse('history is append-only');
CREATE TRIGGER actor_name_update_unused BEFORE UPDATE ON actor_name
FOR EACH ROW EXECUTE FUNCTION check_emptied_actor_name('history is append-only');

-- Triggers that are the same for many tables.
DO $$
DECLARE
  name text;
BEGIN
  -- No row in these tables can be updated.
  FOREACH name IN ARRAY ARRAY[
    'subtree', 'purged_change', 'purged_event', 'service_event', 'hold', 'flow', 'step', 'address',
    'client_app'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse(%L)',
      name || '_update', name, 'history is append-only'
    );
  END LOOP;
  -- No row in these tables can be deleted.
  FOREACH name IN ARRAY ARRAY[
    'entry', 'subtree', 'purged_change', 'purged_event', 'erasure', 'purge', 'head', 'time_rollback',
    'flow', 'step', 'address', 'client_app', 'connector', 'connector_name', 'actor',
    'actor_name'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse(%L)',
      name || '_delete', name, 'history is append-only'
    );
  END LOOP;
  -- A new row in these tables gets the next id.
  FOREACH name IN ARRAY ARRAY[
    'purge', 'flow', 'step', 'address', 'client_app', 'connector', 'connector_name', 'actor',
    'actor_name'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION assign_id()', name || '_insert', name
    );
  END LOOP;
END $$;

-- No table can be truncated.
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user LOOP
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse(%L)',
      name || '_truncate', name, 'history is append-only'
    );
  END LOOP;
END $$;

-- The rights of the server's role. The role can read and insert rows. The role can update and delete only the columns
-- and rows that the triggers allow.
DO $$
BEGIN
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reflog_service') THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA public TO reflog_service;
  GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO reflog_service;
  -- The server can only read the version of the schema and the views.
  REVOKE INSERT ON schema_version, retention_event, claim_event, open_claim, kept_change, change_details, history,
    service_events FROM reflog_service;

  GRANT UPDATE (origin) ON ledger TO reflog_service;
  GRANT UPDATE (
    next_sequence, next_change, next_event, newest_time, frontier, checkpoint, verifier_key
  ) ON head TO reflog_service;
  GRANT UPDATE (
    result, outcome_sequence, result_delay, http_status, error_code, error_message, retry_after, settler,
    graph_request_id, created_connector, created_name
  ), DELETE ON change TO reflog_service;
  GRANT UPDATE (change, event, salt) ON entry TO reflog_service;

  -- The columns that an erasure or a purge updates, and the tables from which an erasure or a purge deletes rows.
  GRANT UPDATE (salt, actor_name, ip_address, reason, erased_hash, erased_event), DELETE
    ON change_personal, change_statement, service_event_personal TO reflog_service;
  GRANT DELETE ON service_event TO reflog_service;
  GRANT UPDATE (connector_id) ON connector TO reflog_service;
  GRANT UPDATE (display_name) ON connector_name TO reflog_service;
  GRANT UPDATE (actor_type, actor_id) ON actor TO reflog_service;
  GRANT UPDATE (name, user_principal_name) ON actor_name TO reflog_service;
  GRANT UPDATE (before, change, event, restarts, finished) ON purge TO reflog_service;
  GRANT UPDATE (finished) ON erasure TO reflog_service;
  GRANT UPDATE (days), DELETE ON retention TO reflog_service;
  GRANT DELETE ON hold TO reflog_service;
  GRANT UPDATE (released) ON change_freeze TO reflog_service;
  GRANT DELETE ON freeze_override TO reflog_service;

  -- The server can update or delete the rows that are not part of the history.
  GRANT UPDATE (finished) ON time_rollback TO reflog_service;
  GRANT UPDATE (body_hash, change, recorded), DELETE ON idempotency TO reflog_service;
  GRANT UPDATE (state, connector, seen) ON seen_reference TO reflog_service;
  GRANT UPDATE (display_name, target_url, authentication, entry, seen), DELETE ON seen_connector TO reflog_service;
  GRANT UPDATE (finished) ON sweep TO reflog_service;
  GRANT UPDATE (reason), DELETE ON unread_part TO reflog_service;
  GRANT UPDATE (revoked, recorded, last_used) ON token TO reflog_service;
  GRANT UPDATE (holder, host, process_id, machine, started, expires), DELETE ON service_process TO reflog_service;
END $$;
