"""Creates entries, a tree, a head row of the log and signatures that agree with altered rows.

An attacker without the log's key can make the same forgeries, because the formats are public. A test that has the key can
also create a ledger that Reflog itself could have written, for example a ledger with entries from the future.
"""

import base64
import contextlib
import datetime
import json
import sqlite3

from ledgerfile import HISTORY
from referencelog import ReferenceLog, canonical, frontier, sha256, tree_hash


class Forger:
    """Recomputes the entries, the tree and the head row of the log from the altered rows of a ledger."""

    def __init__(self, ledger):
        self.ledger = ledger

    @classmethod
    def check(cls, path):
        """Checks that this class computes, from unaltered rows, the same hashes that Reflog stored in the ledger."""
        with contextlib.closing(sqlite3.connect(path)) as ledger:
            cls.check_rows(ledger)

    @classmethod
    def check_rows(cls, ledger):
        forger = cls(ledger)
        logged = dict(ledger.execute("SELECT sequence, hash FROM entry WHERE salt IS NOT NULL"))
        made = {}
        for (change,) in ledger.execute("SELECT id FROM change"):
            made |= forger.of_change(change)
        for (event,) in ledger.execute("SELECT id FROM service_event"):
            made |= forger.of_event(event)
        wrong = [sequence for sequence in logged if made.get(sequence) != logged[sequence]]
        assert not wrong and len(made) == len(logged), f"the forger does not give the entries {wrong[:5]}"

    def rows(self, sql, *arguments):
        cursor = self.ledger.execute(sql, arguments)
        return [dict(zip([column[0] for column in cursor.description], row)) for row in cursor]

    def salt(self, sequence):
        found = self.ledger.execute("SELECT salt FROM entry WHERE sequence = ?", (sequence,)).fetchone()
        return found[0].hex() if found and found[0] else None

    def personal(self, table, id):
        """Returns the hash of the personal data in a row. Returns None if the table has no row with this id."""
        key = HISTORY[table]
        found = self.rows(f"SELECT {table}.*, name, user_principal_name FROM {table} "
                          f"LEFT JOIN actor_name ON actor_name.id = {table}.actor_name WHERE {key} = ?", id)
        return part_hash(found[0]) if found else None

    def of_change(self, id):
        """Computes the hashes of a change's entries from the change's row. Returns a dictionary from sequences to hashes."""
        row = self.rows("SELECT change_details.*, change.intent_sequence, change.outcome_sequence, "
                        "change.error_message AS message, change.retry_after FROM change_details "
                        "JOIN change ON change.id = change_details.id "
                        "WHERE change_details.id = ?", id)[0]
        first, last = row["intent_sequence"], row["outcome_sequence"]
        parts = self.first_part(row, first) | {"personal": hexadecimal(self.personal("change_personal", id))}
        outcome = {
            "created": reference("connector", row["created_connector_id"], row["created_display_name"])
            if row["created_connector_id"] else None,
            "graphRequestId": row["graph_request_id"], "result": row["result"], "resultDateTime": moment(row["result_time"]),
            "status": {"code": row["error_code"], "http": row["http_status"], "settledBy": row["settled_by"],
                       "message": None if row["settled_by"] == "person" else row["message"],
                       "retryAfter": row["retry_after"]},
        }
        if row["result"] == "pending" or first == last:
            record = parts | ({"entry": "intent"} if row["result"] == "pending" else outcome | {"entry": "settled"})
            return {first: sha256(canonical(record))}
        intent = sha256(canonical(parts | {"entry": "intent"}))
        stated = self.personal("change_statement", id) if row["settled_by"] == "person" else None
        return {first: intent, last: sha256(canonical(outcome | {
            "entry": "outcome", "id": str(id), "intent": intent.hex(), "salt": self.salt(last), "sequence": last,
            "personal": hexadecimal(stated), "statedBy": self.stater(id) if row["settled_by"] == "person" else None}))}

    def stater(self, id):
        """Returns the person who stated the result of a change, in the form that the canonical record of the outcome
        contains."""
        found = self.rows("SELECT app_id AS \"clientAppId\", actor_id AS id, change_statement.actor_proof AS proof, actor_type AS type "
                          "FROM change_statement JOIN actor ON actor.id = change_statement.actor "
                          "LEFT JOIN client_app ON client_app.id = change_statement.client_app WHERE change = ?", id)
        return found[0] if found else None

    def first_part(self, row, sequence):
        return {
            "activityDateTime": moment(row["activity_time"]),
            "actor": {"clientAppId": row["client_app_id"], "id": row["actor_id"], "proof": row["actor_proof"],
                      "type": row["actor_type"]},
            "before": reference(row["before_state"], row["before_connector_id"], row["before_display_name"]),
            "after": reference(row["after_state"], row["after_connector_id"], row["after_display_name"]),
            "batchId": row["batch_id"], "correlationId": row["correlation_id"], "requestId": row["request_id"],
            "changedProperties": row["changed_properties"] and json.loads(row["changed_properties"]),
            "flowId": row["flow_id"], "flowType": row["flow_type"], "step": row["step"], "subject": row["subject"],
            "id": str(row["id"]), "kind": row["kind"], "tenantId": row["tenant_id"],
            "lastVerifiedDateTime": moment(row["last_verified_time"]), "rollbackTo": moment(row["rollback_to"]),
            "rollbackOf": None if row["rollback_of"] is None else str(row["rollback_of"]),
            "salt": self.salt(sequence), "sequence": sequence,
        }

    def of_event(self, id):
        row = self.rows("SELECT service_event.*, actor_type, actor_id, app_id FROM service_event "
                        "LEFT JOIN actor ON actor.id = actor LEFT JOIN client_app ON client_app.id = client_app "
                        "WHERE service_event.id = ?", id)[0]
        return {row["sequence"]: sha256(canonical({
            "activityDateTime": moment(row["time"]), "count": row["count"], "details": json.loads(row["details"]),
            "actor": row["actor_type"] and {"clientAppId": row["app_id"], "id": row["actor_id"], "proof": row["actor_proof"],
                                            "type": row["actor_type"]},
            "entry": "event", "id": str(id), "kind": row["kind"], "salt": self.salt(row["sequence"]), "sequence": row["sequence"],
            "personal": hexadecimal(self.personal("service_event_personal", id))}))}

    def append_event(self, kind, details, salt, later=0):
        """Appends an event and the event's entry. Returns the event's id. The head is not changed.

        The event's time is `later` microseconds after the time of the newest event.
        """
        (sequence,) = self.ledger.execute("SELECT max(sequence) + 1 FROM entry").fetchone()
        (id,) = self.ledger.execute("SELECT max(id) + 1 FROM service_event").fetchone()
        self.ledger.execute(
            "INSERT INTO service_event (id, sequence, time, kind, actor, actor_proof, client_app, count, details) "
            "SELECT ?, ?, time + ?, ?, actor, actor_proof, client_app, count, ? FROM service_event WHERE id = ?",
            (id, sequence, later, kind, canonical(details).decode(), id - 1))
        self.ledger.execute("INSERT INTO entry (sequence, event, hash, salt) VALUES (?, ?, ?, ?)",
                            (sequence, id, bytes(32), salt))
        self.rehash("service_event", id)
        return id

    def rehash(self, table, id):
        """Recomputes the hashes of a row's entries from the row, and stores these hashes."""
        for sequence, hash in (self.of_change if table == "change" else self.of_event)(id).items():
            self.ledger.execute("UPDATE entry SET hash = ? WHERE sequence = ?", (hash, sequence))

    def rebuild(self, seed):
        """Recomputes the stored subtrees from the entries. Returns a log of these entries, with a key derived from the seed."""
        origin = self.ledger.execute("SELECT origin FROM ledger").fetchone()[0]
        hashes = [hash for (hash,) in self.ledger.execute("SELECT hash FROM entry ORDER BY sequence")]
        log = ReferenceLog(hashes, origin, seed)
        self.ledger.execute("DELETE FROM subtree")
        for level in range(1, 8):
            width = 256**level
            for position in range(len(hashes) // width):
                root = tree_hash(log.leaves[position * width:(position + 1) * width])
                self.ledger.execute("INSERT INTO subtree VALUES (?, ?, ?)", (level, position, root))
        return log

    def sign(self, log, named=None):
        """Recomputes the head row of the log from the rows and the tree, and signs the head with the log's key.

        If `named` is a vkey, the signature is a forgery: it has the key ID of `named`, but is made with the key of `log`.
        """
        if named:
            log.key_id = bytes.fromhex(named.split("+")[1])
        self.set_head(log, log.checkpoint(), named or log.vkey)

    def set_head(self, log, checkpoint, key, size=None):
        """Recomputes the head from the rows and the log, and stores `checkpoint` in the head.

        If `size` is a number, the head covers only the first `size` entries of the log.
        """
        leaves = log.leaves[:size]
        self.ledger.execute(
            "UPDATE head SET next_sequence = ?, frontier = ?, checkpoint = ?, verifier_key = ?, "
            "next_change = (SELECT coalesce(max(id), 0) + 1 FROM change), "
            "next_event = (SELECT coalesce(max(id), 0) + 1 FROM service_event), "
            "newest_time = (SELECT max(time) FROM (SELECT max(coalesce(result_time, activity_time)) AS time FROM change "
            "UNION ALL SELECT max(time) FROM service_event) AS newest)",
            (len(leaves), b"".join(frontier(leaves)), checkpoint, key))


def seed_of(key_file):
    """Returns the seed in a key file. The file has Go's format: `PRIVATE+KEY+<name>+<key ID>+<Base64 of 0x01 and the seed>`."""
    with open(key_file) as file:
        return base64.b64decode(file.read().strip().split("+", 4)[4])[1:]


def part_hash(row):
    """Returns the hash of the personal data in a row, or the stored hash if the data was erased."""
    if row["erased_hash"] is not None:
        return row["erased_hash"]
    part = {"ipAddress": row["ip_address"], "name": row["name"], "reason": row.get("reason"), "salt": row["salt"].hex(),
            "userPrincipalName": row["user_principal_name"]}
    return sha256(canonical(part))


def hexadecimal(hash):
    return hash and hash.hex()


def reference(state, connector, name):
    shown = state == "connector"
    return {"state": state, "connectorId": connector if shown else None, "displayName": name if shown else None}


def moment(microseconds):
    """Formats a time as RFC 3339 with six fractional digits, or returns None for None."""
    if microseconds is None:
        return None
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)
    return time.isoformat(timespec="microseconds") + "Z"
