-- The ledger: an append-only store of changes.
--
-- A change is one row. Its intent columns never change, its outcome columns are written once, together, when it is
-- settled. Long ids stand once, in identity rows that changes refer to; the names that things had are rows apart.
-- Times are microseconds since 1970-01-01T00:00:00Z, and never go back as ids go up. Ids of requests are GUIDs mostly: those
-- in their usual lower-case form stand as 16 bytes, others as text; the view `history` shows all of them as text.

-- Which directory and tenant this ledger serves, for good.
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  directory TEXT NOT NULL CHECK (directory IN ('graph', 'embedded')),
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  created INTEGER NOT NULL,
  -- The log's name, in its checkpoints.
  origin TEXT NOT NULL CHECK (origin <> ''),
  -- What ties the links to next pages to this ledger.
  cursor_key BLOB NOT NULL CHECK (length(cursor_key) = 32)
) STRICT;

-- Identity rows: one for each id ever seen, in its first spelling. Those of people and connectors, and the names that things
-- had, are emptied once no change refers to them any more; the row stays, so that its number never means something else.

CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  flow_type TEXT NOT NULL CHECK (flow_type IN ('b2cUserFlows', 'b2xUserFlows')),
  flow_id TEXT NOT NULL COLLATE NOCASE CHECK (length(flow_id) BETWEEN 1 AND 128),
  UNIQUE (flow_type, flow_id)
) STRICT;

CREATE TABLE step (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 128)
) STRICT;

-- The place that a reference stands in.
CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  flow INTEGER NOT NULL REFERENCES flow (id),
  step INTEGER NOT NULL REFERENCES step (id),
  UNIQUE (flow, step)
) STRICT;

CREATE TABLE connector (
  id INTEGER PRIMARY KEY,
  connector_id TEXT COLLATE NOCASE UNIQUE CHECK (length(connector_id) BETWEEN 1 AND 128)
) STRICT;

CREATE TABLE connector_name (
  id INTEGER PRIMARY KEY,
  connector INTEGER NOT NULL REFERENCES connector (id),
  display_name TEXT,
  UNIQUE (connector, display_name)
) STRICT;

CREATE TABLE actor (
  id INTEGER PRIMARY KEY,
  actor_type TEXT CHECK (actor_type IN ('user', 'app', 'token', 'unknown')),
  actor_id TEXT,
  CHECK ((actor_type = 'unknown') = (actor_id IS NULL))
) STRICT;

CREATE UNIQUE INDEX actor_identity ON actor (actor_type, coalesce(actor_id, ''));

CREATE TABLE actor_name (
  id INTEGER PRIMARY KEY,
  actor INTEGER NOT NULL REFERENCES actor (id),
  name TEXT,
  user_principal_name TEXT
) STRICT;

CREATE INDEX actor_name_name ON actor_name (name) WHERE name IS NOT NULL;
CREATE INDEX actor_name_user_principal_name ON actor_name (user_principal_name) WHERE user_principal_name IS NOT NULL;
CREATE UNIQUE INDEX actor_name_identity ON actor_name (actor, coalesce(name, ''), coalesce(user_principal_name, ''))
WHERE coalesce(name, user_principal_name) IS NOT NULL;

-- The application that an actor used.
CREATE TABLE client_app (
  id INTEGER PRIMARY KEY,
  app_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,

  -- Intent: immutable.
  -- The number of its first entry, and its only one where the change was born settled.
  intent_sequence INTEGER NOT NULL,
  activity_time INTEGER NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('step', 'connector')),
  address INTEGER REFERENCES address (id),
  kind TEXT NOT NULL CHECK (kind IN ('update', 'rollback', 'drift', 'baseline')),
  before_state TEXT NOT NULL CHECK (before_state IN ('connector', 'none', 'unknown')),
  before_connector INTEGER REFERENCES connector (id),
  before_name INTEGER REFERENCES connector_name (id),
  after_state TEXT NOT NULL CHECK (after_state IN ('connector', 'none', 'unknown')),
  after_connector INTEGER REFERENCES connector (id),
  after_name INTEGER REFERENCES connector_name (id),
  -- JSON: [{"name","before","after"}].
  changed_properties TEXT,
  actor INTEGER NOT NULL REFERENCES actor (id),
  actor_proof TEXT CHECK (actor_proof IN ('entra', 'graph', 'apiToken')),
  client_app INTEGER REFERENCES client_app (id),
  correlation_id ANY CHECK (typeof(correlation_id) IN ('null', 'text') OR length(correlation_id) = 16),
  request_id ANY NOT NULL CHECK (typeof(request_id) = 'text' OR length(request_id) = 16),
  -- That change may have been purged since.
  rollback_of INTEGER,
  rollback_to INTEGER,
  batch_id ANY CHECK (typeof(batch_id) IN ('null', 'text') OR length(batch_id) = 16),
  last_verified_time INTEGER,

  -- Outcome: written once, together, when the change is settled.
  result TEXT NOT NULL DEFAULT 'pending' CHECK (
    result IN ('pending', 'applied', 'rejected', 'denied', 'notApplied', 'superseded', 'unknown')
  ),
  -- The number of its newest entry.
  outcome_sequence INTEGER,
  result_time INTEGER,
  http_status INTEGER,
  error_code TEXT,
  error_message TEXT,
  settled_by TEXT CHECK (settled_by IN ('request', 'reconciler', 'person')),
  graph_request_id ANY CHECK (typeof(graph_request_id) IN ('null', 'text') OR length(graph_request_id) = 16),
  created_connector INTEGER REFERENCES connector (id),
  created_name INTEGER REFERENCES connector_name (id),

  CHECK ((subject = 'step') = (address IS NOT NULL)),
  CHECK ((before_state = 'connector') = (before_connector IS NOT NULL)),
  CHECK ((after_state = 'connector') = (after_connector IS NOT NULL)),
  CHECK (before_name IS NULL OR before_connector IS NOT NULL),
  CHECK (after_name IS NULL OR after_connector IS NOT NULL),
  CHECK (kind <> 'rollback' OR rollback_of IS NOT NULL OR rollback_to IS NOT NULL),
  CHECK (rollback_of IS NULL OR rollback_of < id),
  CHECK ((result = 'pending') = (result_time IS NULL)),
  CHECK ((result = 'pending') = (outcome_sequence IS NULL)),
  CHECK (outcome_sequence IS NULL OR outcome_sequence >= intent_sequence),
  CHECK ((result = 'pending') = (settled_by IS NULL)),
  CHECK (result <> 'pending' OR coalesce(http_status, error_code, error_message, graph_request_id) IS NULL),
  CHECK (result_time IS NULL OR result_time >= activity_time),
  CHECK (created_connector IS NULL OR (subject = 'connector' AND before_state = 'none' AND result = 'applied')),
  CHECK (created_name IS NULL OR created_connector IS NOT NULL)
) STRICT;

-- One change at a time: what is pending locks its address, and its connector.
CREATE UNIQUE INDEX change_pending_address ON change (address) WHERE result = 'pending' AND subject = 'step';
CREATE UNIQUE INDEX change_pending_connector ON change (before_connector)
WHERE result = 'pending' AND subject = 'connector' AND before_connector IS NOT NULL;
CREATE INDEX change_pending ON change (id) WHERE result = 'pending';

-- Each question that people ask is one equality and the order of ids, which every index ends with.

-- All that was tried at an address; the chain of it; and the part of that which made a difference.
CREATE INDEX change_address ON change (address) WHERE address IS NOT NULL;
CREATE INDEX change_applied ON change (address) WHERE result = 'applied';
CREATE INDEX change_effective ON change (address)
WHERE result = 'applied' AND (before_state <> after_state OR before_connector IS NOT after_connector);

-- Where a connector came and went.
CREATE INDEX change_before_connector ON change (before_connector) WHERE before_connector IS NOT NULL;
CREATE INDEX change_after_connector ON change (after_connector) WHERE after_connector IS NOT NULL;
CREATE INDEX change_created_connector ON change (created_connector) WHERE created_connector IS NOT NULL;

-- All that was done to connectors, and to one of them.
CREATE INDEX change_connectors ON change (id) WHERE subject = 'connector';
CREATE INDEX change_connector ON change (before_connector) WHERE subject = 'connector';
CREATE INDEX change_connector_after ON change (after_connector) WHERE subject = 'connector';

-- Who, and with which application.
CREATE INDEX change_actor ON change (actor);
CREATE INDEX change_client_app ON change (client_app) WHERE client_app IS NOT NULL;

-- What did not go through.
CREATE INDEX change_not_applied ON change (id) WHERE result <> 'applied';
CREATE INDEX change_result ON change (result) WHERE result <> 'applied';

-- What belongs together.
CREATE INDEX change_correlation ON change (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX change_batch ON change (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX change_rollback ON change (rollback_of) WHERE rollback_of IS NOT NULL;

-- Personal data of a change, kept apart from what the ledger is about.
CREATE TABLE change_personal (
  change INTEGER PRIMARY KEY REFERENCES change (id),
  -- Gone once it is erased; what the entry's record holds of it then stands in its place.
  salt BLOB CHECK (length(salt) = 16),
  actor_name INTEGER REFERENCES actor_name (id),
  ip_address TEXT,
  reason TEXT,
  erased_hash BLOB CHECK (length(erased_hash) = 32),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK (salt IS NOT NULL OR coalesce(actor_name, ip_address, reason) IS NULL)
) STRICT;

-- Where a person's name is in use.
CREATE INDEX change_personal_actor_name ON change_personal (actor_name) WHERE actor_name IS NOT NULL;

-- What a person said became of a change, where the directory could not be asked: who, and why.
CREATE TABLE change_statement (
  change INTEGER PRIMARY KEY REFERENCES change (id),
  salt BLOB CHECK (length(salt) = 16),
  actor INTEGER NOT NULL REFERENCES actor (id),
  actor_name INTEGER REFERENCES actor_name (id),
  ip_address TEXT,
  reason TEXT,
  erased_hash BLOB CHECK (length(erased_hash) = 32),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK ((salt IS NULL) = (reason IS NULL)),
  CHECK (salt IS NOT NULL OR coalesce(actor_name, ip_address) IS NULL)
) STRICT;

CREATE INDEX change_statement_actor ON change_statement (actor);
CREATE INDEX change_statement_actor_name ON change_statement (actor_name) WHERE actor_name IS NOT NULL;

-- What happened to Reflog itself.
CREATE TABLE service_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The number of its entry.
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  -- Who did it; nobody where it happened by itself.
  actor INTEGER REFERENCES actor (id),
  actor_proof TEXT CHECK (actor_proof IN ('entra', 'graph', 'apiToken')),
  client_app INTEGER REFERENCES client_app (id),
  -- How often, where a minute's worth is one event.
  count INTEGER NOT NULL CHECK (count > 0),
  -- A JSON object.
  details TEXT NOT NULL
) STRICT;

CREATE INDEX service_event_actor ON service_event (actor) WHERE actor IS NOT NULL;
-- By which keys the log was ever signed is asked at every start.
CREATE INDEX service_event_key ON service_event (id) WHERE kind = 'keyRotated';
-- What must stay is asked before every deletion.
CREATE INDEX service_event_retention ON service_event (id)
WHERE kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked');

CREATE TABLE service_event_personal (
  event INTEGER PRIMARY KEY REFERENCES service_event (id),
  salt BLOB CHECK (length(salt) = 16),
  actor_name INTEGER REFERENCES actor_name (id),
  ip_address TEXT,
  erased_hash BLOB CHECK (length(erased_hash) = 32),
  CHECK ((salt IS NULL) = (erased_hash IS NOT NULL)),
  CHECK (salt IS NOT NULL OR coalesce(actor_name, ip_address) IS NULL)
) STRICT;

CREATE INDEX service_event_personal_actor_name ON service_event_personal (actor_name) WHERE actor_name IS NOT NULL;

-- Everything ever appended, numbered in commit order without gaps: the intent of a change, its outcome, a service event.
CREATE TABLE entry (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
  change INTEGER,
  event INTEGER,
  -- SHA-256 of the entry's record, which holds the salt: what the Merkle tree commits to.
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  -- Gone once what the entry records was purged.
  salt BLOB CHECK (length(salt) = 16),
  CHECK ((change IS NULL) <> (event IS NULL))
) STRICT;

-- The Merkle tree above the entries, written behind them: the root of each full subtree of 256 nodes of the level below.
CREATE TABLE subtree (
  -- 1: of 256 entries, 2: of 65,536, and so on.
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
  position INTEGER NOT NULL CHECK (position >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- The newest signed checkpoint (C2SP tlog-checkpoint).
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  size INTEGER NOT NULL,
  note TEXT NOT NULL,
  -- The key that signed it, as C2SP signed-note writes a vkey.
  verifier_key TEXT NOT NULL
) STRICT;

-- The entries that are not signed yet, sealed in the transaction that appends them by whoever holds the key: no others are signed.
CREATE TABLE log_tail (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- From the first that is not signed up to the next that is appended.
  base INTEGER NOT NULL CHECK (base >= 0),
  size INTEGER NOT NULL CHECK (size >= base),
  -- SHA-256 of the one before it and the hash of the entry, over all of them, from 32 zero bytes on.
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT;

-- Events that a signature stands over: nothing is deleted or erased because of any other.
CREATE VIEW signed_event AS
SELECT service_event.* FROM service_event JOIN checkpoint ON service_event.sequence < checkpoint.size;

-- How long history is kept: for ever where there is no row.
CREATE TABLE retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  days INTEGER NOT NULL CHECK (days > 0)
) STRICT;

-- What must be kept for as long as this is in force, whatever its age: all history, or that of a flow.
CREATE TABLE hold (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (name <> ''),
  flow INTEGER REFERENCES flow (id),
  reason TEXT NOT NULL,
  placed INTEGER NOT NULL
) STRICT;

-- Purges that were asked for: of what was settled before a moment. They go on at the next start where they broke off.
CREATE TABLE purge (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  before INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  -- Looked at up to here, changes and then events.
  change INTEGER NOT NULL DEFAULT 0,
  event INTEGER NOT NULL DEFAULT 0,
  -- The event that says what goes next, and up to which id that went: nothing goes before what says so is signed.
  claim INTEGER REFERENCES service_event (id),
  deleted INTEGER NOT NULL DEFAULT 0,
  -- How often it began again from the start, for what may go had changed.
  restarts INTEGER NOT NULL DEFAULT 0,
  finished INTEGER
) STRICT;

CREATE UNIQUE INDEX purge_unfinished ON purge (finished IS NULL) WHERE finished IS NULL;

-- The change of each address that a purge leaves in any case: the last that made a difference, and where none did, the last.
CREATE VIEW standing AS
SELECT
  address.id AS address,
  coalesce(
    (
      SELECT max(change.id) FROM change
      WHERE change.address = address.id AND change.result = 'applied'
        AND (change.before_state <> change.after_state OR change.before_connector IS NOT change.after_connector)
    ),
    (SELECT max(change.id) FROM change WHERE change.address = address.id AND change.result = 'applied')
  ) AS change
FROM address;

-- Which changes were purged, as the service event says that records it: these alone may be deleted.
CREATE TABLE purged_change (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= first),
  event INTEGER NOT NULL REFERENCES service_event (id)
) STRICT;

-- Which service events were.
CREATE TABLE purged_event (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= first),
  event INTEGER NOT NULL REFERENCES service_event (id)
) STRICT;

-- Whose personal data is erased, in what was recorded before the service event that says so.
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  actor INTEGER NOT NULL REFERENCES actor (id),
  event INTEGER NOT NULL REFERENCES service_event (id),
  finished INTEGER
) STRICT;

CREATE INDEX erasure_actor ON erasure (actor);

-- Rollbacks to a time: what was asked for, so that they can go on. The changes they made name them.
CREATE TABLE time_rollback (
  batch_id BLOB PRIMARY KEY CHECK (length(batch_id) = 16),
  as_of INTEGER NOT NULL,
  -- Nothing where everything is brought back.
  flow INTEGER REFERENCES flow (id),
  asked INTEGER NOT NULL,
  -- The newest change when it was asked for: what came later is somebody's wish, and stays.
  newest_change INTEGER NOT NULL,
  -- When every address held what it had held then.
  finished INTEGER
) STRICT, WITHOUT ROWID;

-- What clients called their requests (Idempotency-Key), kept for a day and then removed: no part of history.
CREATE TABLE idempotency (
  -- SHA-256 of actor, method, path and key.
  key_hash BLOB PRIMARY KEY CHECK (length(key_hash) = 32),
  -- SHA-256 of the body.
  body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
  -- The first change of the request.
  change INTEGER NOT NULL REFERENCES change (id),
  recorded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_recorded ON idempotency (recorded);
CREATE INDEX idempotency_change ON idempotency (change);

-- What the last conclusive looks at the directory showed, and when: overwritten by every look, no part of history.

CREATE TABLE seen_reference (
  address INTEGER PRIMARY KEY REFERENCES address (id),
  state TEXT NOT NULL CHECK (state IN ('connector', 'none')),
  connector INTEGER REFERENCES connector (id),
  seen INTEGER NOT NULL,
  CHECK ((state = 'connector') = (connector IS NOT NULL))
) STRICT;

CREATE TABLE seen_connector (
  connector INTEGER PRIMARY KEY REFERENCES connector (id),
  display_name TEXT NOT NULL,
  -- Without its query.
  target_url TEXT NOT NULL,
  -- The kind, and behind it the thumbprints of certificates.
  authentication TEXT,
  -- The newest entry before the look; -1 in an empty ledger.
  entry INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT;

-- The last sweep that looked at everything.
CREATE TABLE sweep (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  finished INTEGER NOT NULL
) STRICT;

-- Changes with their identity rows resolved: what Reflog reads, and whoever opens this file with sqlite3.
CREATE VIEW history AS
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
  iif(
    typeof(change.correlation_id) = 'blob',
    lower(printf(
      '%s-%s-%s-%s-%s', substr(hex(change.correlation_id), 1, 8), substr(hex(change.correlation_id), 9, 4),
      substr(hex(change.correlation_id), 13, 4), substr(hex(change.correlation_id), 17, 4), substr(hex(change.correlation_id), 21)
    )),
    change.correlation_id
  ) AS correlation_id,
  iif(
    typeof(change.request_id) = 'blob',
    lower(printf(
      '%s-%s-%s-%s-%s', substr(hex(change.request_id), 1, 8), substr(hex(change.request_id), 9, 4),
      substr(hex(change.request_id), 13, 4), substr(hex(change.request_id), 17, 4), substr(hex(change.request_id), 21)
    )),
    change.request_id
  ) AS request_id,
  change.rollback_of,
  change.rollback_to,
  iif(
    typeof(change.batch_id) = 'blob',
    lower(printf(
      '%s-%s-%s-%s-%s', substr(hex(change.batch_id), 1, 8), substr(hex(change.batch_id), 9, 4),
      substr(hex(change.batch_id), 13, 4), substr(hex(change.batch_id), 17, 4), substr(hex(change.batch_id), 21)
    )),
    change.batch_id
  ) AS batch_id,
  change.last_verified_time,
  change.result,
  change.result_time,
  change.http_status,
  change.error_code,
  coalesce(
    change.error_message,
    coalesce(stating_name.name, stating_actor.actor_id) || ': ' || change_statement.reason
  ) AS error_message,
  change.settled_by,
  iif(
    typeof(change.graph_request_id) = 'blob',
    lower(printf(
      '%s-%s-%s-%s-%s', substr(hex(change.graph_request_id), 1, 8), substr(hex(change.graph_request_id), 9, 4),
      substr(hex(change.graph_request_id), 13, 4), substr(hex(change.graph_request_id), 17, 4), substr(hex(change.graph_request_id), 21)
    )),
    change.graph_request_id
  ) AS graph_request_id,
  created_connector.connector_id AS created_connector_id,
  created_name.display_name AS created_display_name
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
LEFT JOIN connector_name AS created_name ON created_name.id = change.created_name;

-- History is never edited: not by Reflog's own code, and not by hand.

CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), -1) + 1 FROM entry)
BEGIN SELECT RAISE(ABORT, 'entries are numbered without gaps'); END;

CREATE TRIGGER entry_is_of_its_change BEFORE INSERT ON entry
WHEN NEW.change IS NOT NULL AND NEW.sequence IS NOT (
  SELECT coalesce(outcome_sequence, intent_sequence) FROM change WHERE id = NEW.change
)
BEGIN SELECT RAISE(ABORT, 'a change has one intent and one outcome, or was born settled'); END;

CREATE TRIGGER entry_is_of_its_event BEFORE INSERT ON entry
WHEN NEW.event IS NOT NULL AND NEW.sequence IS NOT (SELECT sequence FROM service_event WHERE id = NEW.event)
BEGIN SELECT RAISE(ABORT, 'an event has one entry'); END;

-- The salt goes with what it was mixed into.
CREATE TRIGGER entry_update BEFORE UPDATE ON entry
WHEN NEW.salt IS NOT NULL OR NEW.sequence <> OLD.sequence OR NEW.change IS NOT OLD.change OR NEW.event IS NOT OLD.event
  OR NEW.hash <> OLD.hash
  OR EXISTS (SELECT 1 FROM change WHERE id = OLD.change) OR EXISTS (SELECT 1 FROM service_event WHERE id = OLD.event)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER entry_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- REPLACE deletes without firing delete triggers, so a row that is there can't be inserted again, and none can take the
-- place of the one that is pending.
CREATE TRIGGER change_insert BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER change_rollback_insert BEFORE INSERT ON change
WHEN NEW.rollback_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change WHERE id = NEW.rollback_of)
BEGIN SELECT RAISE(ABORT, 'there is no such change to roll back'); END;

CREATE TRIGGER change_pending_insert BEFORE INSERT ON change
WHEN NEW.result = 'pending' AND (
  EXISTS (
    SELECT 1 FROM change
    WHERE result = 'pending' AND subject = 'step' AND address = NEW.address AND NEW.subject = 'step'
  )
  OR EXISTS (
    SELECT 1 FROM change
    WHERE result = 'pending' AND subject = 'connector' AND before_connector IS NOT NULL
      AND before_connector = NEW.before_connector AND NEW.subject = 'connector'
  )
)
BEGIN SELECT RAISE(ABORT, 'another change is pending there'); END;

CREATE TRIGGER change_intent_update BEFORE UPDATE OF
  id, intent_sequence, activity_time, subject, address, kind, before_state, before_connector, before_name, after_state, after_connector,
  after_name, changed_properties, actor, actor_proof, client_app, correlation_id, request_id, rollback_of, rollback_to,
  batch_id, last_verified_time
ON change
BEGIN SELECT RAISE(ABORT, 'the intent of a change is immutable'); END;

CREATE TRIGGER change_outcome_update BEFORE UPDATE OF
  result, outcome_sequence, result_time, http_status, error_code, error_message, settled_by, graph_request_id, created_connector,
  created_name
ON change WHEN OLD.result <> 'pending'
BEGIN SELECT RAISE(ABORT, 'the outcome of a change is written once'); END;

-- A purge deletes what it says that it does, and never what is pending, held, or stands.
CREATE TRIGGER change_delete BEFORE DELETE ON change
WHEN OLD.id > coalesce((SELECT last FROM purged_change WHERE first <= OLD.id ORDER BY first DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER change_delete_kept BEFORE DELETE ON change
WHEN OLD.result = 'pending'
  OR EXISTS (
    SELECT 1 FROM hold
    WHERE flow IS NULL OR flow = (SELECT address.flow FROM address WHERE address.id = OLD.address)
  )
  OR OLD.id = (SELECT standing.change FROM standing WHERE standing.address = OLD.address)
BEGIN SELECT RAISE(ABORT, 'history is append-only: this part of it is kept, whatever its age'); END;

CREATE TRIGGER purged_change_insert BEFORE INSERT ON purged_change
WHEN NOT EXISTS (SELECT 1 FROM signed_event WHERE id = NEW.event AND kind = 'purged')
  OR EXISTS (SELECT 1 FROM purged_change WHERE first BETWEEN NEW.first AND NEW.last)
  OR NEW.first <= (SELECT last FROM purged_change WHERE first < NEW.first ORDER BY first DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'a purge is on record as one, signed, and purges nothing twice'); END;
CREATE TRIGGER purged_change_update BEFORE UPDATE ON purged_change
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER purged_change_delete BEFORE DELETE ON purged_change
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER purged_event_insert BEFORE INSERT ON purged_event
WHEN NOT EXISTS (SELECT 1 FROM signed_event WHERE id = NEW.event AND kind = 'purged')
  OR EXISTS (SELECT 1 FROM purged_event WHERE first BETWEEN NEW.first AND NEW.last)
  OR NEW.first <= (SELECT last FROM purged_event WHERE first < NEW.first ORDER BY first DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'a purge is on record as one, signed, and purges nothing twice'); END;
CREATE TRIGGER purged_event_update BEFORE UPDATE ON purged_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER purged_event_delete BEFORE DELETE ON purged_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER change_personal_insert BEFORE INSERT ON change_personal
WHEN EXISTS (
  SELECT 1 FROM entry WHERE sequence = (SELECT intent_sequence FROM change WHERE id = NEW.change)
)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER change_statement_insert BEFORE INSERT ON change_statement
WHEN (SELECT result FROM change WHERE id = NEW.change) IS NOT 'pending'
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER change_statement_update BEFORE UPDATE ON change_statement
WHEN NEW.change <> OLD.change OR NEW.actor <> OLD.actor OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM erasure JOIN signed_event ON signed_event.id = erasure.event
  WHERE erasure.finished IS NULL AND erasure.actor = OLD.actor
)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER change_statement_delete BEFORE DELETE ON change_statement
WHEN OLD.change > coalesce((SELECT last FROM purged_change WHERE first <= OLD.change ORDER BY first DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER service_event_insert BEFORE INSERT ON service_event
WHEN EXISTS (SELECT 1 FROM service_event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER service_event_update BEFORE UPDATE ON service_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER service_event_delete BEFORE DELETE ON service_event
WHEN OLD.id > coalesce((SELECT last FROM purged_event WHERE first <= OLD.id ORDER BY first DESC LIMIT 1), 0)
  OR EXISTS (SELECT 1 FROM hold WHERE flow IS NULL)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER service_event_personal_insert BEFORE INSERT ON service_event_personal
WHEN EXISTS (
  SELECT 1 FROM entry WHERE sequence = (SELECT sequence FROM service_event WHERE id = NEW.event)
)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER service_event_personal_update BEFORE UPDATE ON service_event_personal
WHEN NEW.event <> OLD.event OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM erasure JOIN signed_event ON signed_event.id = erasure.event
  WHERE erasure.finished IS NULL AND erasure.actor = (SELECT actor FROM service_event WHERE id = OLD.event)
)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER service_event_personal_delete BEFORE DELETE ON service_event_personal
WHEN OLD.event > coalesce((SELECT last FROM purged_event WHERE first <= OLD.event ORDER BY first DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER erasure_insert BEFORE INSERT ON erasure
WHEN (SELECT kind FROM service_event WHERE id = NEW.event) IS NOT 'erased' OR EXISTS (SELECT 1 FROM erasure WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an erasure is on record as one'); END;

-- What is said of people goes where its erasure is on record.
CREATE TRIGGER change_personal_update BEFORE UPDATE ON change_personal
WHEN NEW.change <> OLD.change OR NEW.erased_hash IS NULL OR OLD.erased_hash IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM erasure JOIN signed_event ON signed_event.id = erasure.event
  WHERE erasure.finished IS NULL AND erasure.actor = (SELECT actor FROM change WHERE id = OLD.change)
)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER change_personal_delete BEFORE DELETE ON change_personal
WHEN OLD.change > coalesce((SELECT last FROM purged_change WHERE first <= OLD.change ORDER BY first DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER ledger_insert BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'a ledger serves one directory and one tenant, for good'); END;
CREATE TRIGGER ledger_update BEFORE UPDATE OF id, directory, tenant_id, created, cursor_key ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger serves one directory and one tenant, for good'); END;
-- The log goes on under another name only where an older copy of it was taken into use, and says so.
CREATE TRIGGER ledger_origin_update BEFORE UPDATE OF origin ON ledger
WHEN (SELECT kind FROM service_event ORDER BY id DESC LIMIT 1) IS NOT 'olderLedgerAccepted'
BEGIN SELECT RAISE(ABORT, 'a log keeps its name, for good'); END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger serves one directory and one tenant, for good'); END;

-- Identity rows stay as they are, or are emptied once nothing refers to them: what does must go on meaning the same.

CREATE TRIGGER flow_insert BEFORE INSERT ON flow
WHEN EXISTS (SELECT 1 FROM flow WHERE id = NEW.id OR (flow_type = NEW.flow_type AND flow_id = NEW.flow_id))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER flow_update BEFORE UPDATE ON flow
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER flow_delete BEFORE DELETE ON flow
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER step_insert BEFORE INSERT ON step
WHEN EXISTS (SELECT 1 FROM step WHERE id = NEW.id OR (name = NEW.name))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER step_update BEFORE UPDATE ON step
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER step_delete BEFORE DELETE ON step
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER address_insert BEFORE INSERT ON address
WHEN EXISTS (SELECT 1 FROM address WHERE id = NEW.id OR (flow = NEW.flow AND step = NEW.step))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER address_update BEFORE UPDATE ON address
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER address_delete BEFORE DELETE ON address
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER connector_insert BEFORE INSERT ON connector
WHEN NEW.connector_id IS NULL OR EXISTS (SELECT 1 FROM connector WHERE id = NEW.id OR (connector_id = NEW.connector_id))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER connector_update BEFORE UPDATE ON connector
WHEN NEW.id <> OLD.id OR NEW.connector_id IS NOT NULL
  OR EXISTS (SELECT 1 FROM change WHERE before_connector = OLD.id)
  OR EXISTS (SELECT 1 FROM change WHERE after_connector = OLD.id)
  OR EXISTS (SELECT 1 FROM change WHERE created_connector = OLD.id)
  OR EXISTS (SELECT 1 FROM seen_connector WHERE connector = OLD.id)
  OR EXISTS (SELECT 1 FROM seen_reference WHERE connector = OLD.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER connector_delete BEFORE DELETE ON connector
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER connector_name_insert BEFORE INSERT ON connector_name
WHEN NEW.display_name IS NULL OR EXISTS (SELECT 1 FROM connector_name WHERE id = NEW.id OR (connector = NEW.connector AND display_name = NEW.display_name))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER connector_name_update BEFORE UPDATE ON connector_name
WHEN NEW.id <> OLD.id OR NEW.connector <> OLD.connector OR NEW.display_name IS NOT NULL
  OR EXISTS (SELECT 1 FROM change WHERE before_connector = OLD.connector AND before_name = OLD.id)
  OR EXISTS (SELECT 1 FROM change WHERE after_connector = OLD.connector AND after_name = OLD.id)
  OR EXISTS (SELECT 1 FROM change WHERE created_connector = OLD.connector AND created_name = OLD.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER connector_name_delete BEFORE DELETE ON connector_name
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER actor_insert BEFORE INSERT ON actor
WHEN NEW.actor_type IS NULL OR EXISTS (SELECT 1 FROM actor WHERE id = NEW.id OR (actor_type = NEW.actor_type AND actor_id IS NEW.actor_id))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER actor_update BEFORE UPDATE ON actor
WHEN NEW.id <> OLD.id OR NEW.actor_type IS NOT NULL OR NEW.actor_id IS NOT NULL
  OR EXISTS (SELECT 1 FROM change WHERE actor = OLD.id)
  OR EXISTS (SELECT 1 FROM change_statement WHERE actor = OLD.id)
  OR EXISTS (SELECT 1 FROM service_event WHERE actor = OLD.id)
  OR EXISTS (SELECT 1 FROM erasure WHERE actor = OLD.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER actor_delete BEFORE DELETE ON actor
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER actor_name_insert BEFORE INSERT ON actor_name
WHEN coalesce(NEW.name, NEW.user_principal_name) IS NULL OR EXISTS (SELECT 1 FROM actor_name WHERE id = NEW.id OR (actor = NEW.actor AND name IS NEW.name AND user_principal_name IS NEW.user_principal_name))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER actor_name_update BEFORE UPDATE ON actor_name
WHEN NEW.id <> OLD.id OR NEW.actor <> OLD.actor OR coalesce(NEW.name, NEW.user_principal_name) IS NOT NULL
  OR EXISTS (SELECT 1 FROM change_personal WHERE actor_name = OLD.id)
  OR EXISTS (SELECT 1 FROM change_statement WHERE actor_name = OLD.id)
  OR EXISTS (SELECT 1 FROM service_event_personal WHERE actor_name = OLD.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER actor_name_delete BEFORE DELETE ON actor_name
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TRIGGER client_app_insert BEFORE INSERT ON client_app
WHEN EXISTS (SELECT 1 FROM client_app WHERE id = NEW.id OR (app_id = NEW.app_id))
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER client_app_update BEFORE UPDATE ON client_app
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER client_app_delete BEFORE DELETE ON client_app
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
