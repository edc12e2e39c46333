"""Alters copies of a signed ledger. Compares the findings of `reflog verify` with the differences that this program finds."""

import concurrent.futures
import multiprocessing
import random
import signal
import sqlite3
import tempfile
import time

import bytemutations
import forgeries
import rowmutations
import schemamutations
from mutatedledgers import Ledgers
from mutation import Impossible
from mutationreport import Report
from mutationverdict import judge
from postgresqlledgers import PostgreSQLLedgers

# The kinds of mutations. Each kind has a function that makes the mutation, and a weight that determines how often the kind is
# drawn. If you change the order or a weight, the same seed creates different mutations.
KINDS = {
    "a bit in a page": (bytemutations.flip_bit, 45),
    "a bit in the -wal": (bytemutations.flip_wal_bit, 8),
    "the -wal cut": (bytemutations.cut_wal, 2),
    "a row edited": (rowmutations.edit, 17),
    "a row deleted": (rowmutations.delete, 5),
    "a row inserted": (rowmutations.insert, 5),
    "rows swapped": (rowmutations.swap, 4),
    "the tail cut": (rowmutations.cut, 3),
    "re-signed with another key": (forgeries.sign_again, 4),
    "the tree rebuilt": (forgeries.rebuild, 3),
    "rolled back to an older copy": (forgeries.roll_back, 1),
    "a purge or an erasure forged": (forgeries.purge, 2),
    "appended after the signed end": (forgeries.append, 1),
    "a purge or an erasure forged after the signed end": (forgeries.append_deletion, 2),
    "the head forged": (forgeries.forge_head, 2),
}
# The kinds of mutations for a ledger in PostgreSQL. These mutations change rows or the schema, but no bytes of files.
POSTGRESQL_KINDS = {name: kind for name, kind in KINDS.items() if kind[0].__module__ != "bytemutations"} | {
    "an index that lacks a row": (schemamutations.hide_from_index, 5),
    "two rows with one key": (schemamutations.double, 3),
    "a computed column altered": (schemamutations.alter_computed, 4),
    "an index altered": (schemamutations.alter_index, 5),
    "a view altered": (schemamutations.alter_view, 5),
    "a table altered": (schemamutations.alter_table, 6),
    "a relation hidden by another": (schemamutations.shadow, 3),
    "a trigger or a setting altered": (schemamutations.alter_unchecked, 2),
}


class Trials:
    """Makes and judges mutations. A mutation depends only on the seed and on its number, so you can repeat each mutation."""

    def __init__(self, ledgers, kinds, seed, only=None):
        self.ledgers, self.seed = ledgers, seed
        self.kinds = {only: kinds[only]} if only else kinds

    def run(self, number):
        chance = random.Random(f"{self.seed} {number}")
        name = chance.choices(list(self.kinds), [weight for _, weight in self.kinds.values()])[0]
        started = time.monotonic()
        while True:
            with self.ledgers.mutation(chance) as it:
                try:
                    description = self.kinds[name][0](it)
                except (Impossible, sqlite3.IntegrityError):
                    continue
                return judge(it, number, name, description, started)


TRIALS = None


def run_one(number):
    return TRIALS.run(number)


def ignore_interrupts():
    """Ignores SIGINT in a worker process. The main process handles SIGINT and shows the report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run(binary, generator, mutations=10000, changes=10000, seed=1, jobs=2, only=None, numbers=None):
    """Creates a ledger and mutates copies of the ledger.

    Returns whether `reflog verify` found every altered history and always ended without a crash or a hang.
    """
    with tempfile.TemporaryDirectory(prefix="reflog-mutations-") as folder:
        return check(Ledgers(folder, binary, generator, changes, seed), KINDS, mutations, seed, jobs, only, numbers)


def run_postgresql(binary, mutations=1000, changes=200, seed=1, jobs=2, only=None, numbers=None):
    """Does the same work as `run` with a ledger in PostgreSQL. The kinds of mutations are those in POSTGRESQL_KINDS."""
    with (tempfile.TemporaryDirectory(prefix="reflog-mutations-") as folder,
          PostgreSQLLedgers(folder, binary, changes, seed) as ledgers):
        return check(ledgers, POSTGRESQL_KINDS, mutations, seed, jobs, only, numbers)


def check(ledgers, kinds, mutations, seed, jobs, only=None, numbers=None):
    print(f"seed {seed}: {ledgers.summary}", flush=True)
    broken, report = ledgers.controls(), trials(ledgers, kinds, numbers or range(mutations), seed, jobs, only)
    report.show(seed)
    return not broken and not report.failures


def trials(ledgers, kinds, numbers, seed, jobs, only=None):
    """Makes the mutations with these numbers in several processes. Returns the report about the mutations."""
    global TRIALS
    report, TRIALS = Report(), Trials(ledgers, kinds, seed, only)
    with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), ignore_interrupts) as pool:
        try:
            for done, verdict in enumerate(pool.map(run_one, numbers), 1):
                report.add(verdict)
                if done % 500 == 0:
                    print(f"{done} mutations, {report.failure_count} failures", flush=True)
        except KeyboardInterrupt:
            print("interrupted: the report covers the mutations made so far", flush=True)
            pool.shutdown(cancel_futures=True)
    return report
