"""Sends SQL to PostgreSQL through libpq, the C library that Reflog uses too."""

import ctypes
import ctypes.util

from postgresqldatabase import SQLError

# The object identifiers of the types of Reflog's columns, from pg_type.dat of PostgreSQL: bytea, bool, and three integers.
BYTEA, BOOLEAN, INTEGERS = 17, 16, (20, 21, 23)
# The state of a successful connection, and the two states of a successful result. The numbers are from libpq-fe.h.
CONNECTED, COMMAND_OK, TUPLES_OK = 0, 1, 2
# The number of the field that contains an error's code. The number is from postgres_ext.h.
CODE_FIELD = ord("C")


class StatementError(SQLError):
    """The error that is raised if PostgreSQL refuses an SQL statement. `code` is PostgreSQL's error code, for example 23505."""

    def __init__(self, message, code):
        super().__init__(message, code)
        self.code = code

    def __str__(self):
        return self.args[0]


def library():
    """Loads libpq and declares the functions whose result is not an integer."""
    loaded = ctypes.CDLL(ctypes.util.find_library("pq"))
    for name in ("PQconnectdb", "PQexec"):
        getattr(loaded, name).restype = ctypes.c_void_p
    for name in ("PQerrorMessage", "PQresultErrorField", "PQfname"):
        getattr(loaded, name).restype = ctypes.c_char_p
    # c_char_p reads a value up to the first zero byte. This is the whole value, because zero bytes inside a value are escaped.
    loaded.PQgetvalue.restype = ctypes.c_char_p
    return loaded


class Cursor:
    """The rows of a result. Has those methods of Python's database API that the mutations use."""

    def __init__(self, columns, rows):
        self.description = [(name,) for name in columns]
        self.rows = iter(rows)

    def __iter__(self):
        return self.rows

    def fetchone(self):
        return next(self.rows, None)

    def fetchall(self):
        return list(self.rows)


class Connection:
    """A connection to a database. Each statement is a transaction, unless a statement BEGIN was sent."""

    def __init__(self, url):
        self.pq = library()
        self.connection = ctypes.c_void_p(self.pq.PQconnectdb(url.encode()))
        if self.pq.PQstatus(self.connection) != CONNECTED:
            raise SQLError(self.pq.PQerrorMessage(self.connection).decode())
        # The database can have other default settings, so each connection sets the settings that this module needs.
        self.execute("SET client_encoding = UTF8; SET bytea_output = hex; SET client_min_messages = warning")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pq.PQfinish(self.connection)

    def execute(self, sql, arguments=()):
        """Runs SQL with a placeholder `?` for each argument. The arguments are written into the SQL as constants."""
        result = ctypes.c_void_p(self.pq.PQexec(self.connection, bound(sql, arguments).encode()))
        try:
            if self.pq.PQresultStatus(result) not in (COMMAND_OK, TUPLES_OK):
                code = self.pq.PQresultErrorField(result, CODE_FIELD)
                raise StatementError(self.pq.PQerrorMessage(self.connection).decode(), (code or b"").decode())
            return self.cursor(result)
        finally:
            self.pq.PQclear(result)

    def cursor(self, result):
        columns = range(self.pq.PQnfields(result))
        types = [self.pq.PQftype(result, column) for column in columns]
        rows = [tuple(self.value(result, row, column, types[column]) for column in columns)
                for row in range(self.pq.PQntuples(result))]
        return Cursor([self.pq.PQfname(result, column).decode() for column in columns], rows)

    def value(self, result, row, column, type):
        if self.pq.PQgetisnull(result, row, column):
            return None
        return parsed(self.pq.PQgetvalue(result, row, column), type)


def parsed(text, type):
    if type in INTEGERS:
        return int(text)
    if type == BYTEA:
        return bytes.fromhex(text.decode().removeprefix("\\x"))
    return text == b"t" if type == BOOLEAN else text.decode()


def bound(sql, arguments):
    """Returns SQL with the arguments in place of the placeholders."""
    first, *others = sql.split("?") if arguments else [sql]
    assert len(others) == len(arguments), sql
    return first + "".join(constant(argument) + part for argument, part in zip(arguments, others))


def constant(value):
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return f"({value})" if value < 0 else str(value)
    return f"'\\x{value.hex()}'" if isinstance(value, bytes) else "'" + value.replace("'", "''") + "'"
