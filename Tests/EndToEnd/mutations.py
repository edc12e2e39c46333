"""Alters copies of a signed ledger, and holds what `reflog verify` says of each against what another reader sees in it."""

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
from mutatedledgers import Ledgers
from mutation import Impossible, Mutation
from mutationreport import Report
from mutationverdict import judge

# What makes a mutation of each kind, and how often. What a seed draws rests on their order and weights.
KINDS = {
    "a bit in a page": (bytemutations.turn_bit, 45),
    "a bit in the -wal": (bytemutations.turn_wal_bit, 8),
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
    "appended behind what is signed": (forgeries.append, 1),
    "a purge or an erasure forged behind what is signed": (forgeries.lose, 2),
    "the head forged": (forgeries.forge_head, 2),
}


class Trials:
    """Makes mutations one after another, each from the seed and its number alone, and has them judged."""

    def __init__(self, ledgers, seed, only=None):
        self.ledgers, self.seed = ledgers, seed
        self.kinds = {name: KINDS[name] for name in ([only] if only else KINDS)}

    def run(self, number):
        chance = random.Random(f"{self.seed} {number}")
        name = chance.choices(list(self.kinds), [weight for _, weight in self.kinds.values()])[0]
        started = time.monotonic()
        while True:
            with tempfile.TemporaryDirectory(dir=self.ledgers.folder) as folder:
                it = Mutation(self.ledgers, folder, chance)
                try:
                    description = self.kinds[name][0](it)
                except (Impossible, sqlite3.IntegrityError):
                    continue
                return judge(it, number, name, description, started)


TRIALS = None


def run_one(number):
    return TRIALS.run(number)


def leave_interrupts():
    """To the process that shows the report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run(binary, generator, mutations=10000, changes=10000, seed=1, jobs=2, only=None, numbers=None):
    """Makes a ledger and mutates it; returns whether all that altered history was found, and nothing broke."""
    global TRIALS
    with tempfile.TemporaryDirectory(prefix="reflog-mutations-") as folder:
        ledgers = Ledgers(folder, binary, generator, changes, seed)
        print(f"seed {seed}: {len(ledgers.said['change'])} changes, {ledgers.size} entries; the older copy has "
              f"{ledgers.older_checkpoint[0]}, the -wal {len(ledgers.wal.commits) - 1} commits", flush=True)
        broken, report = ledgers.controls(), Report()
        TRIALS = Trials(ledgers, seed, only)
        with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), leave_interrupts) as pool:
            try:
                for done, verdict in enumerate(pool.map(run_one, numbers or range(mutations)), 1):
                    report.add(verdict)
                    if done % 500 == 0:
                        print(f"{done} mutations, {report.failure_count} failures", flush=True)
            except KeyboardInterrupt:
                print("interrupted: what was done until now", flush=True)
                pool.shutdown(cancel_futures=True)
        report.show(seed)
    return not broken and not report.failures
