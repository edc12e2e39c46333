"""Mutations that only a superuser of PostgreSQL can make. They alter indexes, views, tables, settings and the catalog."""

from ledgerfile import COLUMNS, HISTORY, IDENTITIES
from mutation import Impossible
from postgresqlrows import columns

# The views, and the column that identifies a row of each view. A mutation uses this column to hide a row from the view.
VIEWS = {"history": "id", "change_details": "id", "service_events": "id", "retention_event": "id", "claim_event": "id",
         "open_claim": "id", "kept_change": "address"}
# SQL that returns the indexes of some tables. The columns are the table, the index's name, its condition, its definition, whether
# the index is unique, and the name of the constraint to which the index belongs.
INDEXES = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, coalesce(pg_get_expr(indpred, indrelid), 'true'),
  pg_get_indexdef(indexrelid), indisunique,
  (SELECT conname::text FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
FROM pg_index WHERE indrelid = ANY (?::regclass[]) ORDER BY 2
"""
# SQL that sets whether PostgreSQL adds new rows to an index.
SET_READY = "UPDATE pg_index SET indisready = {} WHERE indexrelid = ?::regclass"
SET_UNIQUE = "UPDATE pg_index SET indisunique = {} WHERE indexrelid = ?::regclass"
UNFILLED, FILLED = SET_READY.format("false"), SET_READY.format("true")


def changed(mutation):
    """Marks a mutation that `reflog verify` must find although the rows of the tables are unchanged.

    `mutation` returns a description of the mutation, and a regular expression for the findings about the altered part. The
    regular expression is None if any finding is accepted.
    """
    def made(it):
        it.part, it.hides = "schema", True
        with it.rows() as rows:
            if rows.dice(0.3):
                use_amcheck(rows)
            description, it.names = mutation(rows)
        return f"{description}: {'; '.join(rows.sql)[:2000]}"
    return made


def use_amcheck(rows):
    """Installs the extension amcheck, so that `reflog verify` checks the indexes with it. Without amcheck, `reflog verify`
    compares each index with its table."""
    rows.run("CREATE EXTENSION amcheck")
    rows.run("GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) TO reflog_service")


def pick_index(rows, is_unique=(True, False)):
    tables = [*HISTORY, *IDENTITIES]
    found = rows.run(INDEXES, "{" + ",".join(tables) + "}").fetchall()
    return rows.chance.choice([index for index in found if index[4] in is_unique])


def pick_row(rows, table, condition="true"):
    """Returns the key column of a table, and the key of one row. The row satisfies the condition, and is in the history of the
    unaltered ledger."""
    key = COLUMNS[table][0]
    wanted = {row[0] for row in rows.ledgers.history[table]}
    keys = [id for (id,) in rows.run(f"SELECT {key} FROM {table} WHERE {condition} ORDER BY {key}") if id in wanted]
    if not keys:
        raise Impossible
    return key, rows.chance.choice(keys)


@changed
def hide_from_index(rows):
    """Deletes a row and inserts it again while an index receives no new rows. So the index then lacks the row. The definition
    of the index is unchanged."""
    table, index, condition, *_ = pick_index(rows)
    key, id = pick_row(rows, table, condition)
    names = ", ".join(COLUMNS[table])
    rows.run(f"CREATE TEMPORARY TABLE moved AS SELECT {names} FROM {table} WHERE {key} = ?", id)
    rows.run(UNFILLED, index)
    rows.run(f"DELETE FROM {table} WHERE {key} = ?", id)
    rows.run(f"INSERT INTO {table} ({names}) SELECT {names} FROM moved")
    rows.run(FILLED, index)
    return f"index {index} lacks row {id} of {table}", rf"\b{index}\b|\b{id}\b"


@changed
def double(rows):
    """Writes a second row with the same key, or a second identity row with the same identity."""
    table = rows.table((*HISTORY, *IDENTITIES))
    key, id = pick_row(rows, table)
    unique = [index[1] for index in rows.run(INDEXES, "{" + table + "}") if index[4]]
    for index in unique:
        rows.run(SET_UNIQUE.format("false"), index)
    hidden = unique if rows.dice(0.4) else []
    for index in hidden:
        rows.run(UNFILLED, index)
    if table in IDENTITIES and rows.dice(0.5):
        rows.copy_row(table, id, **{key: rows.one(f"SELECT max({key}) + 1 FROM {table}") if rows.dice(0.5) else -7})
    else:
        rows.copy_row(table, id)
    for index in hidden:
        rows.run(FILLED, index)
    for index in unique:
        rows.run(SET_UNIQUE.format("true"), index)
    return f"row {id} of {table} twice", rf"\b{table}\b|\b{id}\b"


@changed
def alter_computed(rows):
    """Stores another value in a column that PostgreSQL computes. The definition of the column is unchanged."""
    column = rows.chance.choice([name for name, generated in columns(rows.connection, "change") if generated])
    _, id = pick_row(rows, "change")
    old = rows.one(f"SELECT {column} FROM change WHERE id = ?", id)
    values = {"subject": ["step", "connector"], "settled_by": ["request", "person", "reconciler", None],
              "result_time": [1, None, (old or 0) + 1] if column == "result_time" else []}
    value = rows.chance.choice(values.get(column, ["none", "unknown", "connector"]))
    if value == old:
        raise Impossible
    mark = "UPDATE pg_attribute SET attgenerated = ? WHERE attrelid = 'change'::regclass AND attname = ?"
    rows.run(mark, "", column)
    rows.run(f"UPDATE change SET {column} = ? WHERE id = ?", value, id)
    rows.run(mark, "s", column)
    return f"change.{column} of {id}: {old!r} -> {value!r}", rf"(?i)changes? .*\b{id}\b|\b{id}\b.*missing|\bchange_\w+\b"


@changed
def alter_index(rows):
    table, index, condition, definition, is_unique, constraint = pick_index(rows)
    key = COLUMNS[table][0]
    how = rows.chance.choice(["dropped", "another condition", "another condition", "fewer columns", "not unique", "added",
                              "invalid", "catalog"])
    create, _, parts = definition.partition(" WHERE ")[0].partition(" USING btree ")
    if how in ("dropped", "another condition", "fewer columns", "not unique"):
        rows.run(f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE" if constraint else f"DROP INDEX {index}")
    if how == "another condition":
        rows.run(f"{create} USING btree {parts} WHERE {condition} AND {key} <> ?", pick_row(rows, table)[1])
    elif how == "fewer columns":
        rows.run(f"{create.replace('UNIQUE ', '')} USING btree (({key} + 1)) WHERE {condition}")
    elif how == "not unique":
        if not is_unique:
            raise Impossible
        rows.run(definition.replace("UNIQUE ", ""))
    elif how == "added":
        rows.run(f"CREATE INDEX added ON {table} ({key}) WHERE {key} <> ?", pick_row(rows, table)[1])
        return f"an index on {table} added", "index added"
    elif how == "invalid":
        rows.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = ?::regclass", index)
    elif how == "catalog":
        rows.run("DELETE FROM pg_index WHERE indexrelid = ?::regclass", index)
        return f"index {index} in the catalog", rf"\b{index}\b"
    return f"index {index}: {how}", rf"\b{index}\b"


@changed
def alter_view(rows):
    view, key = rows.chance.choice(list(VIEWS.items()))
    definition = rows.one("SELECT pg_get_viewdef(?::regclass)", view).rstrip(";")
    ids = [id for (id,) in rows.run(f"SELECT {key} FROM {view} ORDER BY {key}")] or [1]
    id = rows.chance.choice(ids)
    names = [name for name, _ in columns(rows.connection, view)]
    column = rows.chance.choice(names)
    how = rows.chance.choice(["a row hidden", "a value hidden", "a row twice", "renamed", "dropped", "a column added"])
    if how == "renamed":
        rows.run(f"ALTER VIEW {view} RENAME TO {view}_of_reflog")
        rows.run(f"CREATE VIEW {view} AS SELECT * FROM {view}_of_reflog WHERE {key} <> ?", id)
        rows.run(f"GRANT SELECT ON {view} TO reflog_service")
    elif how == "dropped":
        rows.run(f"DROP VIEW {view} CASCADE")
    else:
        hidden = f"CASE WHEN {key} = {id} THEN NULL ELSE {column} END AS {column}"
        shown = ", ".join(hidden if name == column and how == "a value hidden" else name for name in names)
        end = {"a row hidden": f" WHERE {key} <> {id}",
               "a row twice": f" UNION ALL SELECT * FROM ({definition}) AS also WHERE {key} = {id}"}
        rows.run(f"CREATE OR REPLACE VIEW {view} AS SELECT {shown}{', 1 AS added' if how == 'a column added' else ''} "
                 f"FROM ({definition}) AS true_rows{end.get(how, '')}")
    return f"view {view}: {how}", rf"\b{view}\b"


@changed
def alter_table(rows):
    table = rows.table((*HISTORY, *IDENTITIES))
    key, id = pick_row(rows, table)
    how = rows.chance.choice(["column", "view", "security", "policy", "forced", "constraint", "null", "default", "inheritance",
                              "rule", "update rule", "unlogged", "type"])
    if how == "column":
        rows.run(f"ALTER TABLE {table} ADD COLUMN added text DEFAULT 'x'")
    elif how == "view":
        rows.run(f"ALTER TABLE {table} RENAME TO {table}_of_reflog")
        rows.run(f"CREATE VIEW {table} AS SELECT * FROM {table}_of_reflog WHERE {key} <> ?", id)
        rows.run(f"GRANT SELECT ON {table} TO reflog_service")
    elif how in ("security", "policy", "forced"):
        rows.run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        if how != "security":
            rows.run(f"CREATE POLICY visible ON {table} USING ({key} <> {id})")
        if how == "forced":
            rows.run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    elif how == "constraint":
        checks = [name for of, name, _ in rows.ledgers.checks if of == table]
        if checks and rows.dice(0.5):
            name = rows.chance.choice(checks)
            rows.dropped.add((table, name))
            return f"CHECK constraint {name} dropped", rf"\b{name}\b"
        found = rows.run("SELECT conname FROM pg_constraint WHERE conrelid = ?::regclass ORDER BY conname", table)
        rows.run(f"ALTER TABLE {table} DROP CONSTRAINT {rows.chance.choice(found.fetchall())[0]} CASCADE")
    elif how in ("null", "default", "type"):
        column = rows.chance.choice(COLUMNS[table])
        kind, must = rows.column(table, column)
        if how == "null" and (not must or column == key):
            raise Impossible
        if how == "type":
            # Alter only the catalog, because ALTER TABLE fails if a view uses the column. PostgreSQL stores text and varchar in
            # the same form.
            if kind != "TEXT":
                raise Impossible
            rows.run("UPDATE pg_attribute SET atttypid = 'varchar'::regtype WHERE attrelid = ?::regclass AND attname = ?",
                     table, column)
        else:
            value = {"INTEGER": "1", "TEXT": "'x'", "BLOB": "'\\x00'"}[kind]
            change = "DROP NOT NULL" if how == "null" else f"SET DEFAULT {value}"
            rows.run(f"ALTER TABLE {table} ALTER COLUMN {column} {change}")
    elif how == "inheritance":
        rows.run(f"CREATE TABLE further () INHERITS ({table})")
        rows.run("GRANT SELECT ON further TO reflog_service")
        names = ", ".join(COLUMNS[table])
        rows.run(f"INSERT INTO further ({names}) SELECT {names} FROM {table} WHERE {key} = ?", id)
    elif how == "rule":
        rows.run(f"CREATE RULE dropped AS ON INSERT TO {table} WHERE new.{key} > {id} DO INSTEAD NOTHING")
    elif how == "update rule":
        rows.run(f"CREATE RULE kept AS ON UPDATE TO {table} DO INSTEAD NOTHING")
    else:
        if table in IDENTITIES or table in ("change", "service_event"):
            raise Impossible
        rows.run(f"ALTER TABLE {table} SET UNLOGGED")
    return f"table {table}: {how}", rf"\b{table}\b|\bfurther\b"


@changed
def shadow(rows):
    """Creates a relation or a function that PostgreSQL finds instead of Reflog's relation or function."""
    name = rows.chance.choice([*HISTORY, *IDENTITIES, *VIEWS])
    key = VIEWS[name] if name in VIEWS else COLUMNS[name][0]
    ids = [id for (id,) in rows.run(f"SELECT {key} FROM {name} ORDER BY {key}")] or [1]
    id = rows.chance.choice(ids)
    condition = f"{key} <> {id}"
    how = rows.chance.choice(["the catalog", "the role's schema", "the path", "the path", "a function", "an operator"])
    # A report shows only a limited number of findings. If many changes or tables seem to be missing, the report is possibly full
    # before it mentions `name`. So the more general findings below are also accepted.
    names = rf"\b{name}\b|\b{id}\b|The schema is not Reflog's|search_path is|refers to the identity row|permission denied for table pg_"
    if how == "the catalog":
        rows.run("SET allow_system_table_mods = on")
        rows.run(f"CREATE VIEW pg_catalog.{name} AS SELECT * FROM public.{name} WHERE {condition}")
        rows.run(f"GRANT SELECT ON pg_catalog.{name} TO PUBLIC")
        return f"{name} in pg_catalog", names
    if how in ("the role's schema", "the path"):
        schema = "reflog_service" if how == "the role's schema" else "other"
        rows.run(f"CREATE SCHEMA {schema}")
        rows.run(f"GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
        rows.run(f"CREATE VIEW {schema}.{name} AS SELECT * FROM public.{name} WHERE {condition}")
        rows.run(f"GRANT SELECT ON {schema}.{name} TO PUBLIC")
        if how == "the path":
            path = rows.chance.choice(["other, public", "pg_catalog, other, public"])
            rows.run(f"ALTER DATABASE {rows.it.database} SET search_path = {path}")
        return f"{name} in the schema {schema}", names
    if how == "a function":
        rows.run("CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'x' $$")
    else:
        rows.run("CREATE FUNCTION public.equal(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT false $$")
        rows.run("CREATE OPERATOR public.= (FUNCTION = public.equal, LEFTARG = text, RIGHTARG = text)")
    rows.run(f"ALTER DATABASE {rows.it.database} SET search_path = public, pg_catalog")
    return f"{how} in front of PostgreSQL's", None


def alter_unchecked(it):
    """Makes an alteration that changes no row and no result of a query. `reflog verify` is not required to find this
    alteration."""
    it.part = "schema"
    with it.rows() as rows:
        table = rows.table((*HISTORY, *IDENTITIES))
        database = rows.it.database
        rows.run(rows.chance.choice([
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$",
            f"ALTER DATABASE {database} SET bytea_output = 'escape'",
            f"ALTER DATABASE {database} SET transform_null_equals = on",
            f"ALTER DATABASE {database} SET standard_conforming_strings = off",
            f"ALTER DATABASE {database} SET intervalstyle = 'iso_8601'",
            f"ALTER DATABASE {database} SET default_transaction_isolation = 'read uncommitted'",
            f"ALTER DATABASE {database} SET enable_seqscan = off", f"ALTER DATABASE {database} SET row_security = off",
            f"ALTER DATABASE {database} SET statement_timeout = '1min'", f"ALTER DATABASE {database} SET jit = on",
            f"ALTER DATABASE {database} SET client_encoding = 'LATIN1'",
            f"ALTER TABLE {table} SET (fillfactor = 50)", f"COMMENT ON TABLE {table} IS 'forged'", f"ANALYZE {table}",
            f"CREATE TABLE other_{table} (x int); DROP TABLE other_{table}"]))
        return rows.sql[-1]
