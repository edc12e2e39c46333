"""Reads the history from a ledger in PostgreSQL without Reflog's code."""

from ledgerfile import COLUMNS, HISTORY, IDENTITIES, SINGLE, referenced_identities

# The CHECK constraints of the tables: the table, the name and the definition.
CHECKS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conrelid <> 0 ORDER BY oid
"""


def learn_columns(connection):
    """Fills COLUMNS with the stored columns of each table."""
    for table in (*HISTORY, *IDENTITIES):
        COLUMNS[table] = [name for name, generated in columns(connection, table) if not generated]
    COLUMNS.update(SINGLE)


def columns(connection, table):
    """Returns the columns of a table, and whether PostgreSQL computes the values of a column from other columns."""
    return connection.execute("SELECT attname, attgenerated <> '' FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 "
                              "AND NOT attisdropped ORDER BY attnum", (f"public.{table}",)).fetchall()


def read_history(connection):
    """Returns a dictionary from each history table to the table's rows. Reads only the tables and never the indexes.

    In each row, the computed columns follow the other columns. The computed columns are included, because PostgreSQL also
    stores their values.
    """
    for scan in ("indexscan", "indexonlyscan", "bitmapscan"):
        connection.execute(f"SET enable_{scan} = off")
    connection.execute("SET search_path = public")
    rows = {}
    for table in (*HISTORY, *IDENTITIES):
        computed = [name for name, generated in columns(connection, table) if generated]
        names = [*COLUMNS[table], *(name for name in computed if name not in COLUMNS[table])]
        rows[table] = connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {names[0]}").fetchall()
    for table, names in SINGLE.items():
        rows[table] = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
    return rows | referenced_identities(rows)
