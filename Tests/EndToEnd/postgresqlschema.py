"""Prints the items of the schema in PostgreSQL for the file migrations/postgresql-schema.txt. `reflog verify` compares the
schema of a ledger with this file.

    postgresqlschema.py >migrations/postgresql-schema.txt

Run this program with PostgreSQL 15, because other versions write some definitions in another form.
"""

import re

from postgresqlserver import PostgreSQLServer
from reflogserver import ROOT

SOURCE = ROOT / "Sources" / "ReflogPostgreSQL" / "Reading" / "SchemaItem.swift"
FILE = ROOT / "migrations" / "postgresql-schema.txt"
VERSION = 15


def items(server, database):
    """Returns a line for each item of a database's schema: the hash of the item's definition, and the item's name."""
    (query,) = re.findall(r'query = #"""\n(.*?)"""#', SOURCE.read_text(), re.DOTALL)
    return [f"{digest} {name}" for name, digest in (line.rsplit("|", 1) for line in server.psql(query, database=database).split("\n"))]


def version(server):
    return int(server.psql("SHOW server_version_num")) // 10_000


if __name__ == "__main__":
    with PostgreSQLServer() as server:
        assert version(server) == VERSION, f"use PostgreSQL {VERSION}"
        server.create_database("reflog")
        print("\n".join(items(server, "reflog")))
