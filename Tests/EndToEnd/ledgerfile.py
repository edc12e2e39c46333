"""Reads history from a ledger's file without Reflog's code."""

import collections
import contextlib
import operator
import pathlib
import sqlite3
import subprocess

# The tables of history, and the key column of each table.
HISTORY = {"change": "id", "change_personal": "change", "change_statement": "change", "service_event": "id",
           "service_event_personal": "event", "entry": "sequence"}
# The tables to which the tables of history refer. `address` refers to `flow` and `step`, so `address` must come first.
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
# The tables that have exactly one row. Each list contains those columns of its table whose values are covered by a signature.
SINGLE = {"ledger": ["id", "tenant_id"], "head": ["id", "next_sequence", "frontier", "checkpoint"]}
# The stored columns of each table, in the order of the columns. Generated columns are left out.
COLUMNS = {}
# Functions that pick the stored columns from a row of `SELECT *`. Only a table with generated columns has a function.
STORED = {}


class Unreadable(Exception):
    """The error that is raised if SQLite can't read the history from a file."""


def copied(source, target):
    subprocess.run(["cp", "--reflink=auto", source, target], check=True)
    return target


@contextlib.contextmanager
def triggers_dropped(path):
    """Opens a ledger and drops the ledger's triggers, so that SQL can alter history. Creates the triggers again at the end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        triggers = ledger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            ledger.execute(f"DROP TRIGGER {name}")
        yield ledger
        for _, sql in triggers:
            ledger.execute(sql)
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def connect(path, immutable=True):
    """Opens an SQLite file.

    Every text is read as a pair: the word "text" and the bytes. So a text never equals a blob, and a text with invalid UTF-8 can
    be read.
    """
    uri = pathlib.Path(path).as_uri() + ("?immutable=1" if immutable else "")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = lambda raw: ("text", raw)
    return connection


def read_history(path, immutable=True):
    """Returns a dictionary from each history table to the table's rows. Reads only the tables and never the indexes."""
    try:
        with contextlib.closing(connect(path, immutable)) as ledger:
            rows = {table: ledger.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid").fetchall()
                    for table in (*HISTORY, *IDENTITIES)}
            for table, columns in SINGLE.items():
                rows[table] = ledger.execute(f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED").fetchall()
        for table, stored in STORED.items():
            rows[table] = list(map(stored, rows[table]))
    except (sqlite3.Error, OverflowError, UnicodeDecodeError, IndexError) as error:
        raise Unreadable(str(error)) from error
    return rows | referenced_identities(rows)


def referenced_identities(rows):
    """Returns a dictionary from the tables in IDENTITIES to rows. Contains only the rows to which other rows refer."""
    wanted, kept = collections.defaultdict(set), {}
    for table in (*HISTORY, *IDENTITIES):
        if table in IDENTITIES:
            kept[table] = [row for row in rows[table] if row[0] in wanted[table]]
        for column, identity in REFERENCES.get(table, {}).items():
            at = COLUMNS[table].index(column)
            wanted[identity].update(row[at] for row in kept.get(table, rows[table]))
    return kept


def differences(before, after, limit=4):
    """Returns up to `limit` lines that describe the differences between two histories."""
    found = []
    for table, rows in before.items():
        if after[table] == rows:
            continue
        old, new = ({row[0]: row for row in some} for some in (rows, after[table]))
        for key in sorted(set(old) | set(new), key=str):
            if old.get(key) == new.get(key):
                continue
            if key not in old or key not in new:
                found.append(f"{table} {key} {'added' if key in new else 'removed'}")
            else:
                found += [f"{table} {key} {column}: {a!r} -> {b!r}"
                          for column, a, b in zip(COLUMNS[table], old[key], new[key]) if a != b]
        if len(after[table]) != len(new):
            found.append(f"{table}: a key occurs twice")
    return found[:limit] + ([f"and {len(found) - limit} more"] if len(found) > limit else [])


def learn_columns(path):
    """Fills COLUMNS and STORED from the schema of an unaltered ledger."""
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        for table in (*HISTORY, *IDENTITIES):
            # The last column of table_xinfo is 2 or 3 for a generated column (SQLite's PRAGMA documentation).
            columns = [(row[1], row[6] in (2, 3)) for row in ledger.execute(f"PRAGMA table_xinfo({table})")]
            COLUMNS[table] = [name for name, is_generated in columns if not is_generated]
            if len(COLUMNS[table]) < len(columns):
                STORED[table] = operator.itemgetter(*(at for at, (_, is_generated) in enumerate(columns) if not is_generated))
    COLUMNS.update(SINGLE)
