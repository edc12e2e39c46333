"""Mutations that imitate valid history.

The mutations sign the log again, restore an older copy, append entries, replace the head row of the log, and forge purges
and erasures.
"""

import json

from ledgerfile import COLUMNS, HISTORY
from mutation import Impossible


def sign_again(it):
    with it.rows() as rows:
        description = forge(rows)
        return f"{description}, {sign(rows)}"


def sign(rows):
    """Signs the log with a new key. Returns a text for the description of the mutation.

    At random, the signature contains the ID of the new key or, as a forgery, the ID of the true key.
    """
    own = rows.dice(0.5)
    rows.forger.sign(rows.forger.rebuild(rows.chance.randbytes(32)), None if own else rows.ledgers.key)
    return f"signed {'by a key of the same name' if own else 'in the name of the true key'}"


def rebuild(it):
    with it.rows() as rows:
        descriptions = [forge(rows) for _ in range(it.chance.randint(1, 3))]
        log = rows.forger.rebuild(it.chance.randbytes(32))
        if rows.dice(0.5):
            rows.forger.set_head(log, *rows.one("SELECT checkpoint, verifier_key FROM head"))
        return "; ".join(descriptions)


def forge(rows):
    """Edits a column that is part of a signed record, and recomputes the hashes of the row's entries."""
    table, id, description = rows.edit(("change", "change_personal", "change_statement", "service_event"))
    owner = "service_event" if table == "service_event" else "change"
    for (left,) in rows.run(f"SELECT id FROM {owner} WHERE id = ?", id).fetchall():
        try:
            rows.forger.rehash(owner, left)
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            raise Impossible from error
    return description


def roll_back(it):
    it.roll_back()
    return "the whole file"


def purge(it):
    with it.rows() as rows:
        return it.chance.choice([purge_change, purge_event, empty_newest, erase, erase, replace_personal])(rows)


def purge_change(rows):
    """Deletes a change and the salts of the change's entries, like a purge. Inserts a row that refers to a purge event."""
    id = rows.pick("change")
    rows.remove_rows_of(id)
    rows.run("UPDATE entry SET salt = NULL, change = 0 WHERE change = ?", id)
    event = pick_event(rows, "purged")
    rows.run("INSERT INTO purged_change VALUES (?, ?, ?)", id, id, event)
    return f"change {id}, purged according to event {event}"


def empty_newest(rows):
    """Deletes the newest change or event, and the salts of the entries of this change or event, like a purge."""
    table, column = rows.chance.choice([("change", "change"), ("service_event", "event")])
    id = rows.one(f"SELECT max(id) FROM {table}")
    if table == "change":
        rows.remove_rows_of(id)
    else:
        rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
        rows.run("DELETE FROM service_event WHERE id = ?", id)
    rows.run(f"UPDATE entry SET salt = NULL, {column} = 0 WHERE {column} = ?", id)
    return f"{table} {id}, the newest, its entries emptied"


def purge_event(rows):
    id = rows.pick("service_event")
    rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
    rows.run("UPDATE entry SET salt = NULL, event = 0 WHERE event = ?", id)
    event = pick_event(rows, "purged")
    rows.run("DELETE FROM service_event WHERE id = ?", id)
    rows.run("INSERT INTO purged_event VALUES (?, ?, ?)", id, id, event)
    return f"service_event {id}, purged according to event {event}"


def pick_event(rows, kind):
    """Returns the id of an event that the mutation uses to justify a deletion.

    The event is either an existing event of any kind, or a forged event of the given kind.
    """
    if rows.dice(0.5):
        return rows.pick("service_event")
    id = rows.one("SELECT max(id) + 1 FROM service_event")
    sequence = rows.ledgers.size if rows.dice(0.5) else rows.chance.randrange(rows.ledgers.size)
    rows.copy_row("service_event", id - 1, id=id, sequence=sequence, kind=kind)
    return id


def erase(rows):
    """Erases the personal data of a row, although no person requested an erasure."""
    table, id = store_hash(rows)
    reason = ", reason = NULL" if "reason" in COLUMNS[table] else ""
    rows.run(f"UPDATE {table} SET salt = NULL, actor_name = NULL, ip_address = NULL{reason} WHERE {HISTORY[table]} = ?", id)
    recorded = rows.dice(0.5)
    if recorded:
        rows.run(f"UPDATE {table} SET erased_event = ? WHERE {HISTORY[table]} = ?", pick_event(rows, "erased"), id)
    return f"{table} {id}, erased {'with a record of it' if recorded else 'without a record'}"


def replace_personal(rows):
    """Stores the hash of a row's true personal data in the row, like an erasure. Then replaces the personal data."""
    table, id = store_hash(rows)
    salt = ", salt = NULL" if rows.dice(0.5) else ""
    rows.run(f"UPDATE {table} SET ip_address = '192.0.2.66'{salt} WHERE {HISTORY[table]} = ?", id)
    return f"{table} {id}, replaced next to the hash of the true data"


def store_hash(rows):
    """Stores the hash of a row's true personal data in the row, like an erasure. Returns the table and the row's key."""
    table = rows.chance.choice(["change_personal", "change_personal", "change_statement", "service_event_personal"])
    erased = [row[0] for row in rows.ledgers.history[table] if row[COLUMNS[table].index("erased_hash")] is not None]
    id = rows.chance.choice(erased) if erased and rows.dice(0.3) else rows.pick(table)
    hash = rows.forger.personal(table, id)
    rows.run(f"UPDATE {table} SET erased_hash = ? WHERE {HISTORY[table]} = ?", hash, id)
    return table, id


def forge_head(it):
    """Alters only the head row of the log: the size, the checkpoint, the tree or the signature."""
    with it.rows() as rows:
        size, older = rows.ledgers.size, rows.ledgers.older_checkpoint
        how = it.chance.choice(["size", "older", "older checkpoint", "tree", "signature", "signer", "origin"])
        if how == "size":
            rows.run("UPDATE head SET next_sequence = ?", it.chance.choice([size - 1, size + 1, older[0], 0]))
        elif how == "older":
            rows.forger.set_head(rows.forger.rebuild(bytes(32)), older[1], rows.ledgers.key, older[0])
        elif how == "older checkpoint":
            rows.run("UPDATE head SET checkpoint = ?", older[1])
        elif how == "tree":
            rows.run("UPDATE head SET frontier = ?", it.chance.randbytes(len(rows.one("SELECT frontier FROM head"))))
        elif how == "signature":
            # Keep the checkpoint's text, and replace the checkpoint's signature with the signature of an older checkpoint.
            text, _ = rows.one("SELECT checkpoint FROM head").split("\n\n")
            rows.run("UPDATE head SET checkpoint = ?", f"{text}\n\n" + older[1].split("\n\n")[1])
        elif how == "signer":
            return sign(rows)
        else:
            rows.run("UPDATE head SET checkpoint = replace(checkpoint, (SELECT origin FROM ledger), 'log.example/another')")
        return how


def append(it):
    """Appends a row, and an entry with the row's hash, after the last signed entry. Sometimes also forges the head, so that the
    head covers the entry."""
    with it.rows() as rows:
        table, at = it.chance.choice([("change", "intent_sequence"), ("service_event", "sequence")])
        source, sequence = rows.pick(table), it.ledgers.size
        id = rows.one(f"SELECT max(id) + 1 FROM {table}")
        rows.copy_row(table, source, id=id, **{at: sequence})
        if table == "change":
            rows.run("UPDATE change SET outcome_sequence = ? WHERE id = ? AND outcome_sequence IS NOT NULL", sequence, id)
        rows.run(f"INSERT INTO entry (sequence, {'change' if table == 'change' else 'event'}, hash, salt) VALUES (?, ?, ?, ?)",
                 sequence, id, bytes(32), it.chance.randbytes(16))
        rows.forger.rehash(table, id)
        return f"{table} {source} as {id}" + move_head(rows)


def move_head(rows):
    """At random, keeps the head, or forges the head so that it covers the appended entries. Returns a text for the
    description."""
    how = rows.chance.choice(["", ", counted", ", signed"])
    if how == ", counted":
        rows.forger.set_head(rows.forger.rebuild(bytes(32)), *rows.one("SELECT checkpoint, verifier_key FROM head"))
    elif how == ", signed":
        how = ", " + sign(rows)
    return how


def append_deletion(it):
    """Deletes a change or personal data. Appends an event that justifies the deletion, and an entry with the event's hash.

    A deletion of a change is justified with the newest request for a purge. A deletion of personal data is justified with the
    newest request for an erasure.
    """
    with it.rows() as rows:
        if rows.dice(0.5):
            id = rows.pick("change")
            asked = json.loads(rows.one("SELECT details FROM service_event WHERE kind = 'purgeAsked' ORDER BY id DESC LIMIT 1"))
            entries = sorted({row[0] for row in rows.run("SELECT sequence FROM entry WHERE change = ?", id)})
            event = rows.forger.append_event(
                "purged", {"purge": asked["purge"], "entries": ",".join(map(str, entries)), "changes": str(id)},
                rows.chance.randbytes(16))
            rows.remove_rows_of(id)
            rows.run("UPDATE entry SET salt = NULL, change = 0 WHERE change = ?", id)
            rows.run("INSERT INTO purged_change VALUES (?, ?, ?)", id, id, event)
            return f"change {id}, purged according to event {event}" + move_head(rows)
        id = rows.pick("change_personal")
        if rows.one("SELECT salt FROM change_personal WHERE change = ?", id) is None:
            raise Impossible
        hash = rows.forger.personal("change_personal", id)
        asked, details = rows.one("SELECT id, details FROM service_event WHERE kind = 'erasureAsked' ORDER BY id DESC LIMIT 1")
        entry = rows.one("SELECT intent_sequence FROM change WHERE id = ?", id)
        event = rows.forger.append_event("erased", {"asked": asked, "entries": str(entry)} | json.loads(details),
                                         rows.chance.randbytes(16))
        rows.run("UPDATE change_personal SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL, erased_hash = ?, "
                 "erased_event = ? WHERE change = ?", hash, event, id)
        return f"personal data of change {id}, erased according to event {event}" + move_head(rows)
