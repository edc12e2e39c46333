"""Creates databases for ledgers on a PostgreSQL server.

The environment variable REFLOG_TEST_POSTGRESQL contains the URL of the server's database `postgres`, with the role of the
superuser. If the variable is set, `reflogserver.Server` keeps its ledger in PostgreSQL. If REFLOG_TEST_PGBOUNCER contains the
URL of the same database through pgbouncer, Reflog connects through pgbouncer, and the tests connect directly.
`postgresqlserver.py` starts a server and sets the variables.

If you run this file as a program, the program creates a database and prints the URL of the database.
"""

import os
import secrets
import subprocess

VARIABLE, POOLER = "REFLOG_TEST_POSTGRESQL", "REFLOG_TEST_PGBOUNCER"
OWNER, SERVICE = "reflog_owner", "reflog_service"
# The name of the database that contains the tables of an empty ledger. New databases are copies of this database.
TEMPLATE = "reflog_template"
# The part of the URL in REFLOG_TEST_POSTGRESQL that contains the superuser and the database. The host, a socket, is in the
# URL's parameters.
ADMINISTRATOR = "//postgres@/postgres"


class SQLError(Exception):
    """The error for SQL that PostgreSQL refuses. The message is the output of psql."""


def psql(url, sql):
    """Runs SQL statements until one fails. Returns the rows as text: one row per line, with | between the columns.

    Each statement is a transaction, unless the SQL contains BEGIN. Raises SQLError if a statement fails.
    """
    command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--dbname", url,
               "--file", "-"]
    result = subprocess.run(command, input=sql, capture_output=True, text=True)
    if result.returncode != 0:
        raise SQLError(result.stderr)
    return result.stdout.removesuffix("\n")


class Database:
    """A new database with the tables of an empty ledger, on the server in the variable REFLOG_TEST_POSTGRESQL."""

    def __init__(self):
        self.server = os.environ[VARIABLE]
        self.name = f"reflog_{secrets.token_hex(8)}"
        psql(self.server, f"CREATE DATABASE {self.name} TEMPLATE {TEMPLATE} OWNER {OWNER}")

    @property
    def url(self):
        """The URL for the role of the service. If the tests use pgbouncer, the URL leads to pgbouncer."""
        return self.address(os.environ.get(POOLER, self.server), SERVICE)

    def url_of(self, role):
        """Returns the URL for a role, without pgbouncer."""
        return self.address(self.server, role)

    def address(self, server, role):
        return server.replace(ADMINISTRATOR, f"//{role}@/{self.name}", 1)

    def dump(self):
        """Returns all tables and rows as SQL."""
        command = ["pg_dump", "--dbname", self.url_of(OWNER)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def drop(self):
        """Deletes the database, even if programs are connected to the database."""
        psql(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")


if __name__ == "__main__":
    print(Database().url)
