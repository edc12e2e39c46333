"""A mutation of a copy of the ledger, and operations on the rows of the copy."""

import datetime
import pathlib
import re
import sqlite3

from forger import Forger
from ledgerfile import COLUMNS, HISTORY, IDENTITIES, SINGLE, copied, read_history

# Additional values that a mutation can write to a column. A mutation can also write a value from another row.
VALUES = {
    "kind": ["update", "rollback", "drift", "baseline"],
    "before_absent": ["none", "unknown", "connector"], "after_absent": ["none", "unknown", "connector"],
    "actor_proof": ["entra", "graph", "apiToken"], "settler": ["request", "reconciler", "person"],
    "result": ["pending", "applied", "rejected", "denied", "notApplied", "superseded", "unknown"],
    "actor_type": ["user", "app", "token", "unknown"], "flow_type": ["b2cUserFlows", "b2xUserFlows"],
    "changed_properties": ['[{"name":"displayName","before":"a","after":"b"}]', "[]"], "details": ["{}", '{"by":"forger"}'],
}
# Columns that hold times, in microseconds since 1970.
TIMES = ("activity_time", "last_verified_time", "rollback_to", "time")


class Impossible(Exception):
    """The error that is raised if a randomly selected mutation is not possible. The caller tries again with the next random
    numbers."""


class Mutation:
    """A mutation: the altered copy of the ledger. The copy is compared with the unaltered history and with the anchor."""

    def __init__(self, ledgers, folder, chance):
        self.ledgers, self.chance, self.folder = ledgers, chance, pathlib.Path(folder)
        self.path = self.folder / "ledger.sqlite"
        self.anchor, self.before = f"{ledgers.pristine}.anchor", ledgers.history
        # The name that the report uses for the altered part of the file.
        self.part = "rows"
        # Whether the mutation hides rows from a query, although the tables still contain the rows. The verification must find
        # such a mutation too.
        self.hides = False
        # A regular expression for the findings about the altered part. The value is None if any finding is accepted.
        self.names = None

    def rows(self):
        return Rows(self.ledgers, self.path, self.chance)

    def roll_back(self):
        copied(self.ledgers.older, self.path)

    def after(self):
        return read_history(self.path)

    def is_lost(self, after):
        """Returns whether the anchor covers none of the missing entries. A crash can lose entries that the anchor does not
        cover."""
        return False


class Rows:
    """A copy of the ledger without triggers, open for SQL."""

    def __init__(self, ledgers, path, chance):
        self.ledgers, self.chance = ledgers, chance
        self.ledger = sqlite3.connect(copied(ledgers.without_triggers, path), isolation_level=None)
        self.run("PRAGMA synchronous = OFF")
        self.run("PRAGMA ignore_check_constraints = ON")
        self.run("BEGIN")
        self.forger = Forger(self.ledger)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.ledger.in_transaction:
            self.run("COMMIT")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self.ledger.close()

    def run(self, sql, *arguments):
        return self.ledger.execute(sql, arguments)

    def one(self, sql, *arguments):
        found = self.run(sql, *arguments).fetchone()
        return found and (found[0] if len(found) == 1 else found)

    def dice(self, share):
        return self.chance.random() < share

    def pick(self, table):
        """Returns the key of a random row, often one of the 30 newest rows.

        All kinds of changes occur among the newest rows, but not among the older rows.
        """
        keys = [row[0] for row in self.ledgers.history[table]]
        if table not in (*IDENTITIES, "entry") and self.dice(0.4):
            keys = keys[-30:]
        if not keys:
            raise Impossible
        return self.chance.choice(keys)

    def table(self, tables=tuple(HISTORY)):
        weights = {"change": 6, "change_personal": 3, "entry": 4, "service_event": 2, "ledger": 0.3, "head": 0.6}
        return self.chance.choices(tables, [weights.get(table, 1) for table in tables])[0]

    def column(self, table, column):
        """Returns the type of a column, and whether the column refuses NULL."""
        return self.one(f"SELECT type, \"notnull\" FROM pragma_table_info('{table}') WHERE name = ?", column)

    def other_value(self, table, column, old):
        """Returns a value that fits the type of a column and differs from `old`."""
        kind, must = self.column(table, column)
        how = self.chance.choices(["elsewhere", "listed", "null", "near", "odd", "alike"], [8, 4, 2, 3, 2, 1])[0]
        if how == "elsewhere":
            count = self.one(f"SELECT count(*) FROM {table}")
            value = self.one(f"SELECT {column} FROM {table} LIMIT 1 OFFSET ?", self.chance.randrange(count))
        elif how == "listed":
            value = self.chance.choice(VALUES.get(column, [None]))
        elif how == "null":
            value = None
        elif how == "near":
            value = near(old, kind, self.chance)
        elif how == "alike":
            value = alike(column, old)
        else:
            value = {"INTEGER": self.chance.choice([0, -1, 1 << 40]), "TEXT": self.chance.choice(["", "x", "forged"]),
                     "BLOB": self.chance.randbytes(16)}.get(kind, "x")
        if value == old or (value is None and must):
            raise Impossible
        return value

    def edit(self, tables=(*HISTORY, *IDENTITIES, *SINGLE)):
        """Sets a column of a row to another value. Returns the table, the row's key and a description."""
        table = self.table(tables)
        id = 1 if table in SINGLE else self.pick(table)
        key = COLUMNS[table][0]
        column = self.chance.choice(COLUMNS[table][1:] if table in SINGLE else COLUMNS[table])
        old = self.one(f"SELECT {column} FROM {table} WHERE {key} = ?", id)
        value = self.other_value(table, column, old)
        self.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", value, id)
        return table, id, f"{table}.{column} of {id}: {old!r} -> {value!r}"

    def remove_change(self, id):
        self.run("DELETE FROM entry WHERE change = ?", id)
        self.remove_rows_of(id)

    def remove_rows_of(self, id):
        for table in ("change_personal", "change_statement"):
            self.run(f"DELETE FROM {table} WHERE change = ?", id)
        self.run("DELETE FROM change WHERE id = ?", id)

    def copy_row(self, table, source, **columns):
        """Inserts a copy of a row with other values in some columns."""
        names = COLUMNS[table]
        values = ["?" if name in columns else name for name in names]
        self.run(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {names[0]} = ?",
                 *[columns[name] for name in names if name in columns], source)


def near(value, kind, chance):
    """Returns a value that differs slightly from the given value."""
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1:]
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return value[:at] + "x" + value[at + 1:]
    if isinstance(value, int):
        return value + chance.choice([-1, 1])
    return {"INTEGER": 1, "TEXT": "x", "BLOB": bytes(16)}.get(kind, "x")


def alike(column, value):
    """Returns another value that a careless program can read as the same value.

    For a time, returns a time with a negative year. For JSON, returns the JSON with one more member.
    """
    if column in TIMES and value is not None:
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=value)
        # Move the time back by a multiple of 400 years, because the Gregorian calendar repeats every 400 years. 400 years have
        # 146,097 days.
        years = 2 * moment.year
        eras = -(-years // 400)
        same = moment.replace(year=moment.year + 400 * eras - years) if moment.month > 2 else moment
        return value + int((same - moment).total_seconds()) * 1_000_000 - eras * 146_097 * 86_400_000_000
    if column in ("changed_properties", "details") and value is not None and "}" in value:
        return re.sub(r"}", ("" if value == "{}" else ",") + '"more":1}', value, count=1)
    raise Impossible
