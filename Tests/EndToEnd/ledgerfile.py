"""What a ledger's file says of history, read without Reflog."""

import collections
import contextlib
import pathlib
import sqlite3
import subprocess

# The tables that history is made of, with their keys.
HISTORY = {"change": "id", "change_personal": "change", "change_statement": "change", "service_event": "id",
           "service_event_personal": "event", "entry": "sequence"}
# The rows that they name; an address before what it names itself.
IDENTITIES = ("address", "flow", "step", "connector", "connector_name", "actor", "actor_name", "client_app")
REFERENCES = {
    "change": {"address": "address", "before_connector": "connector", "before_name": "connector_name",
               "after_connector": "connector", "after_name": "connector_name", "actor": "actor", "client_app": "client_app",
               "created_connector": "connector", "created_name": "connector_name"},
    "change_personal": {"actor_name": "actor_name"},
    "change_statement": {"actor": "actor", "actor_name": "actor_name"},
    "service_event": {"actor": "actor", "client_app": "client_app"},
    "service_event_personal": {"actor_name": "actor_name"},
    "address": {"flow": "flow", "step": "step"},
}
# Tables of one row, and those of their columns that a signature covers.
SINGLE = {"ledger": ["id", "tenant_id"], "head": ["id", "next_sequence", "frontier", "checkpoint"]}
# The columns of each table in their order, by what the migrations say.
COLUMNS = {}


class Unreadable(Exception):
    """SQLite itself can't make history out of the file."""


def copied(source, target):
    subprocess.run(["cp", "--reflink=auto", source, target], check=True)
    return target


@contextlib.contextmanager
def disarmed(path):
    """A ledger open to somebody who alters it: its triggers are gone, and there again afterwards."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        triggers = ledger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            ledger.execute(f"DROP TRIGGER {name}")
        yield ledger
        for _, sql in triggers:
            ledger.execute(sql)
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def opened(path, immutable=True):
    """A connection that tells texts from bytes and takes no text for granted."""
    uri = pathlib.Path(path).as_uri() + ("?immutable=1" if immutable else "")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = lambda raw: ("text", raw)
    return connection


def said(path, immutable=True):
    """Everything that history says: rows by table, read in the order of the tables' own trees, without an index."""
    try:
        with contextlib.closing(opened(path, immutable)) as ledger:
            rows = {table: ledger.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid").fetchall()
                    for table in (*HISTORY, *IDENTITIES)}
            for table, columns in SINGLE.items():
                rows[table] = ledger.execute(f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED").fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    return rows | referred(rows)


def referred(rows):
    """The identity rows that something names, by table."""
    wanted, kept = collections.defaultdict(set), {}
    for table in (*HISTORY, *IDENTITIES):
        if table in IDENTITIES:
            kept[table] = [row for row in rows[table] if row[0] in wanted[table]]
        for column, identity in REFERENCES.get(table, {}).items():
            at = COLUMNS[table].index(column)
            wanted[identity].update(row[at] for row in kept.get(table, rows[table]))
    return kept


def differences(before, after, limit=4):
    """What became of which columns, for people."""
    found = []
    for table, rows in before.items():
        if after[table] == rows:
            continue
        old, new = ({row[0]: row for row in some} for some in (rows, after[table]))
        for key in sorted(set(old) | set(new), key=str):
            if old.get(key) == new.get(key):
                continue
            if key not in old or key not in new:
                found.append(f"{table} {key} {'came' if key in new else 'went'}")
            else:
                found += [f"{table} {key} {column}: {a!r} -> {b!r}"
                          for column, a, b in zip(COLUMNS[table], old[key], new[key]) if a != b]
        if len(after[table]) != len(new):
            found.append(f"{table}: a key stands twice")
    return found[:limit] + ([f"and {len(found) - limit} more"] if len(found) > limit else [])


def learn_columns(path):
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        for table in (*HISTORY, *IDENTITIES):
            COLUMNS[table] = [row[1] for row in ledger.execute(f"PRAGMA table_info({table})")]
    COLUMNS.update(SINGLE)
