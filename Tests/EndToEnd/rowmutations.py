"""Mutations of rows without a forged hash or signature: rows are edited, deleted, inserted, swapped or cut off."""

from ledgerfile import COLUMNS, HISTORY, IDENTITIES
from mutation import Impossible

# A number that is much greater than every id and every sequence in the ledger.
FAR = 1 << 62
# The word in front of an id in a finding, for each table whose rows belong to a change or a service event.
OWNERS = {"change": "changes?", "change_personal": "change", "change_statement": "change", "service_event": "events?",
          "service_event_personal": "event"}


def edit(it):
    with it.rows() as rows:
        table, id, description = rows.edit()
    it.part = f"table {table}"
    if table in OWNERS:
        # If the edited column is the id itself, a finding can contain the new id instead.
        is_key = description.startswith(f"{table}.{HISTORY[table]} of")
        it.names = None if is_key else rf"(?i)\b{OWNERS[table]}\b.*\b{id}\b|\b{id}\b.*missing"
    return description


def delete(it):
    with it.rows() as rows:
        how = it.chance.choice(["row alone", "row alone", "all rows", "all rows and the gap"])
        if how == "row alone":
            table = rows.table(tuple(HISTORY) + IDENTITIES)
            id = rows.pick(table)
            rows.run(f"DELETE FROM {table} WHERE {COLUMNS[table][0]} = ?", id)
            it.names = rf"\b{id}\b" if table in HISTORY else None
            return f"{table} {id}"
        id = rows.pick("change")
        deleted = [sequence for (sequence,) in rows.run("SELECT sequence FROM entry WHERE change = ? ORDER BY sequence DESC", id)]
        rows.remove_change(id)
        if how == "all rows and the gap":
            for sequence in deleted:
                close_gap(rows, sequence)
        return f"change {id}: {how}"


def close_gap(rows, sequence):
    """Subtracts 1 from every sequence that is greater than `sequence`, so that the sequences have no gap."""
    # The sequences become negative first, so that no two entries have the same sequence at any moment.
    rows.run("UPDATE entry SET sequence = -sequence WHERE sequence > ?", sequence)
    rows.run("UPDATE entry SET sequence = -sequence - 1 WHERE sequence < -?", sequence)
    for table, column in (("change", "intent_sequence"), ("change", "outcome_sequence"), ("service_event", "sequence")):
        rows.run(f"UPDATE {table} SET {column} = {column} - 1 WHERE {column} > ?", sequence)


def insert(it):
    with it.rows() as rows:
        how = it.chance.choices([insert_copy, insert_entry, insert_statement, insert_personal], [6, 3, 2, 2])[0]
        return how(rows)


def insert_copy(rows):
    """Inserts a copy of a change or an event with another id."""
    table = rows.chance.choice(["change", "service_event"])
    source = rows.pick(table)
    id = rows.chance.choices([rows.one(f"SELECT max(id) + 1 FROM {table}"), 0, -rows.chance.randint(1, 99), FAR],
                             [8, 2, 2, 0.2])[0]
    end = rows.ledgers.size
    sequence = rows.chance.choice([end, end + 1, end + rows.chance.randrange(1000), rows.chance.randrange(end), -1])
    columns = {"id": id, "sequence": sequence} if table == "service_event" else {"id": id, "intent_sequence": sequence}
    if table == "change" and rows.dice(0.5):
        # A change that was recorded together with its outcome has only one entry, so the change's two sequences are equal.
        columns["outcome_sequence"] = sequence
    rows.copy_row(table, source, **columns)
    with_entry = rows.dice(0.4)
    if with_entry:
        salt, hash = rows.chance.randbytes(16), rows.chance.randbytes(32)
        rows.run(f"INSERT INTO entry (sequence, {'change' if table == 'change' else 'event'}, hash, salt) VALUES (?, ?, ?, ?)",
                 sequence, id, hash, salt)
    return f"{table} {source} as {id} with number {sequence}{', and an entry with another hash' if with_entry else ''}"


def insert_entry(rows):
    """Inserts a copy of an entry with another sequence."""
    source, end = rows.pick("entry"), rows.ledgers.size
    sequence = rows.chance.choices([end, end + 7, -1, FAR, (1 << 63) - 1], [6, 3, 3, 0.2, 0.2])[0]
    rows.copy_row("entry", source, sequence=sequence)
    return f"entry {source} as {sequence}"


def insert_statement(rows):
    """Inserts a forged row into `change_statement`: a statement that no person made about a change."""
    id = rows.pick("change")
    salt = rows.chance.randbytes(16)
    rows.run("INSERT INTO change_statement (change, salt, actor, reason) SELECT id, ?, actor, 'forged' FROM change WHERE id = ?",
             salt, id)
    return f"change_statement {id}"


def insert_personal(rows):
    """Inserts forged personal data for a change or an event that has no personal data."""
    table, of = rows.chance.choice([("change_personal", "change"), ("service_event_personal", "service_event")])
    key = HISTORY[table]
    free = [id for (id,) in rows.run(f"SELECT id FROM {of} WHERE id NOT IN (SELECT {key} FROM {table})")]
    if not free:
        raise Impossible
    id = rows.chance.choice(free)
    rows.run(f"INSERT INTO {table} ({key}, salt, ip_address) VALUES (?, ?, '192.0.2.66')", id, rows.chance.randbytes(16))
    return f"{table} {id}"


def swap(it):
    with it.rows() as rows:
        table = rows.table()
        first, second = rows.pick(table), rows.pick(table)
        if first == second:
            raise Impossible
        key, *others = COLUMNS[table]
        columns = others if rows.dice(0.5) else [rows.chance.choice(others)]
        if rows.dice(0.3):
            for old, new in ((first, -FAR), (second, first), (-FAR, second)):
                rows.run(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", new, old)
            return f"the numbers of {table} {first} and {second}"
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {key} = ?"
        one, other = rows.run(sql, first).fetchone(), rows.run(sql, second).fetchone()
        if one == other:
            raise Impossible
        for id, values in ((first, other), (second, one)):
            rows.run(f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE {key} = ?", *values, id)
        return f"{', '.join(columns) if len(columns) == 1 else 'all'} of {table} {first} and {second}"


def cut(it):
    with it.rows() as rows:
        end, (signed, checkpoint) = it.ledgers.size, it.ledgers.older_checkpoint
        how = it.chance.choice(["the same head", "an older head", "an older head, and entries after it", "no checkpoint", "no head"])
        older = how.startswith("an older head")
        size = signed if how == "an older head" else it.chance.randrange(signed + 1 if older else end // 2, end)
        rows.run("DELETE FROM entry WHERE sequence >= ?", size)
        for (id,) in rows.run("SELECT id FROM change WHERE intent_sequence >= ?", size).fetchall():
            rows.remove_rows_of(id)
        forget_outcomes(rows, size)
        for (id,) in rows.run("SELECT id FROM service_event WHERE sequence >= ?", size).fetchall():
            rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
            rows.run("DELETE FROM service_event WHERE id = ?", id)
        if older:
            rows.forger.set_head(rows.forger.rebuild(bytes(32)), checkpoint, it.ledgers.key, signed)
        elif how == "no checkpoint":
            rows.run("UPDATE head SET next_sequence = ?, checkpoint = NULL, verifier_key = NULL", it.chance.choice([0, size]))
        elif how == "no head":
            rows.run("DELETE FROM head")
        return f"all from entry {size} on, {how}"


def forget_outcomes(rows, size):
    rows.run("DELETE FROM change_statement WHERE change IN (SELECT id FROM change WHERE outcome_sequence >= ?)", size)
    rows.run("""UPDATE change SET result = 'pending', outcome_sequence = NULL, result_delay = NULL, http_status = NULL,
                error_code = NULL, error_message = NULL, retry_after = NULL, settler = NULL, graph_request_id = NULL,
                created_connector = NULL, created_name = NULL WHERE outcome_sequence >= ?""", size)
