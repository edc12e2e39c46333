"""Compares the history in a ledger with the requests that clients sent, and returns the problems as a list of texts."""

import collections
import dataclasses

from referencelog import ReferenceLog, encoded, tree_hash

# A client's request, and the answer to the request. The status is None if no answer arrived. `key` is the request's
# Idempotency-Key. `code` is the error code in the answer. The code is None if the answer is not an error.
Attempt = collections.namedtuple("Attempt", "correlation address target status change key code", defaults=(None, None))


@dataclasses.dataclass
class Record:
    """The content of a ledger: rows of the view change_details, entries as (sequence, hash), and the head row's values."""
    changes: list[dict]
    entries: list[tuple[int, bytes]]
    size: int
    checkpoint: str

    @property
    def results(self):
        return collections.Counter(row["result"] for row in self.changes)


def problems(record, attempts, reference):
    """Returns the problems of a complete history. The function `reference` returns the directory's reference at an address."""
    changes = record.changes
    found = unrecorded(changes, attempts)
    found += [f"change {row['id']} is still pending" for row in changes if row["result"] == "pending"]
    last = {}
    for row in changes:
        if row["result"] != "applied" or row["subject"] != "step":
            continue
        address = address_of(row)
        before = (row["before_state"], row["before_connector_id"])
        if address in last and last[address] != before:
            found.append(f"the chain of {address} is broken at change {row['id']}")
        last[address] = (row["after_state"], row["after_connector_id"])
    found += [f"the directory has another reference at {address}" for address, (_, connector) in last.items()
              if connector != reference(address)]
    drifts = [row["id"] for row in changes if row["kind"] == "drift"]
    found += [f"change {id} is a drift, but no change was made without Reflog" for id in drifts]
    return found + unsigned(record)


def unrecorded(changes, attempts):
    """Returns the acknowledged changes that are lost or altered, and the requests that were recorded or applied twice."""
    found = []
    by_id = {row["id"]: row for row in changes}
    by_correlation = collections.Counter(row["correlation_id"] for row in changes if row["correlation_id"])
    # A client can repeat a request with the same idempotency key. Each repetition has a new correlation id.
    correlations = collections.defaultdict(set)
    for attempt in attempts:
        correlations[attempt.key or attempt.correlation].add(attempt.correlation)
    for attempt in attempts:
        if attempt.status != 204:
            continue
        row = by_id.get(int(attempt.change))
        if row is None:
            found.append(f"acknowledged change {attempt.change} is lost")
        elif row["correlation_id"] not in correlations[attempt.key or attempt.correlation] or (
            row["result"], row["after_connector_id"], address_of(row)) != ("applied", attempt.target, attempt.address):
            found.append(f"change {attempt.change} is not what was acknowledged")
        if not attempt.key and by_correlation[attempt.correlation] != 1:
            found.append(f"{attempt.correlation} occurs {by_correlation[attempt.correlation]} times")
    found += [f"{attempt.correlation} occurs {by_correlation[attempt.correlation]} times" for attempt in attempts
              if (attempt.key or attempt.status != 204) and by_correlation[attempt.correlation] > 1]
    applied = collections.Counter(row["correlation_id"] for row in changes if row["result"] == "applied")
    keys = {attempt.key for attempt in attempts if attempt.key}
    times = {key: sum(applied[correlation] for correlation in correlations[key]) for key in keys}
    return found + [f"the request with the key {key} was applied {count} times" for key, count in times.items() if count > 1]


def unsigned(record):
    """Returns the problems of the log: gaps between the entries, or a checkpoint that does not cover all entries."""
    if [sequence for sequence, _ in record.entries] != list(range(len(record.entries))):
        return ["the entries have gaps"]
    log = ReferenceLog([hash for _, hash in record.entries])
    signed = [str(record.size), encoded(tree_hash(log.leaves))]
    is_signed = record.size == len(record.entries) and record.checkpoint.split("\n")[1:3] == signed
    return [] if is_signed else ["the head is not signed over all entries"]


def address_of(row):
    return f"{row['flow_type']}/{row['flow_id']}/{row['step']}"
