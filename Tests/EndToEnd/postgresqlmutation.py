"""A mutation of a copy of the ledger in PostgreSQL."""

import libpq
from forger import Forger
from ledgerfile import Unreadable
from mutation import Impossible, Mutation, Rows
from postgresqlrows import read_history
from postgresqlserver import SERVICE, SQLError

# PostgreSQL's error codes begin with these digits if a value is not valid, or if a value violates a constraint (PostgreSQL's
# documentation, appendix A).
DATA_EXCEPTION, CONSTRAINT_VIOLATION = "22", "23"
TYPES = {"bigint": "INTEGER", "text": "TEXT", "bytea": "BLOB"}


class PostgreSQLMutation(Mutation):
    """A mutation in a database. The program reads the database with the role of the service."""

    def __init__(self, ledgers, database, chance):
        super().__init__(ledgers, ledgers.folder, chance)
        self.database, self.path = database, ledgers.url(database, SERVICE)
        self.anchor = ledgers.anchor("pristine")

    def rows(self):
        return PostgreSQLRows(self)

    def roll_back(self):
        self.ledgers.copy(self.ledgers.older, self.database)

    def after(self):
        try:
            with self.ledgers.connected(self.database) as connection:
                return read_history(connection)
        except SQLError as error:
            raise Unreadable(str(error)) from error


class PostgreSQLRows(Rows):
    """A copy of the ledger without CHECK constraints. A superuser alters the copy with SQL, in a session that fires no triggers.

    At the end of the `with` block, the CHECK constraints are created again and marked as valid. So only the rows are altered.
    """

    def __init__(self, it):
        self.ledgers, self.chance, self.it = it.ledgers, it.chance, it
        it.ledgers.copy(it.ledgers.unchecked, it.database)
        self.connection = it.ledgers.connected(it.database)
        # The SQL of the mutation, and the CHECK constraints that are not created again.
        self.sql, self.dropped = [], set()
        self.connection.execute("SET session_replication_role = replica")
        self.connection.execute("BEGIN")
        self.forger = Forger(self)

    def __exit__(self, kind, *_):
        with self.connection:
            if kind is not None:
                return
            self.connection.execute("".join(f"ALTER TABLE public.{table} ADD CONSTRAINT {name} {definition} NOT VALID;"
                                            for table, name, definition in self.ledgers.checks
                                            if (table, name) not in self.dropped and self.exists(table)))
            self.connection.execute("UPDATE pg_constraint SET convalidated = true WHERE NOT convalidated; COMMIT")

    def exists(self, table):
        return self.connection.execute("SELECT count(*) FROM pg_class WHERE oid = to_regclass(?) AND relkind = 'r'",
                                       (f"public.{table}",)).fetchone()[0]

    def execute(self, sql, arguments=()):
        """Runs SQL. Raises Impossible if a value does not fit the column, or if a unique index refuses the value."""
        if not sql.lstrip().startswith("SELECT"):
            self.sql.append(libpq.bound(sql, arguments))
        try:
            return self.connection.execute(sql, arguments)
        except libpq.StatementError as error:
            if error.code[:2] in (DATA_EXCEPTION, CONSTRAINT_VIOLATION):
                raise Impossible from error
            raise SQLError(f"{error}{libpq.bound(sql, arguments)}") from error

    def run(self, sql, *arguments):
        return self.execute(sql, arguments)

    def column(self, table, column):
        kind, must = self.one("SELECT format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
                              "WHERE attrelid = ?::regclass AND attname = ?", table, column)
        return TYPES[kind], must
