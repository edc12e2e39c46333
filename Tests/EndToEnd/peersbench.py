"""Compares Reflog with its peers. Each round measures all peers once, one after another. Compare only figures of one round."""

import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

import peerstable
from peers.bare import Bare
from peers.csvexport import CSVExport
from peers.fdatasync import Fdatasync
from peers.postgres import PgBench, Postgres, binaries
from peers.processes import run
from peers.reflog import Reflog
from peers.simplehistory import SimpleHistory
from peers.starlette import AsyncPG

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = "curl gcc libc6-dev libsqlite3-dev postgresql python3-venv sqlite3 strace wrk"
NAMES = ("fdatasync", "bare", "reflog", "pgbench", "django", "starlette", "csv")


class Bench:
    """The settings that all peers use: the programs, the temporary folder, and the length of a measurement."""

    def __init__(self, options):
        self.binary = program(options.binary, "reflog")
        self.bare_binary = self.generator = None
        if "bare" not in options.without:
            self.bare_binary = program(options.bare_binary, "ReflogBare", "bare")
        self.ledger = options.ledger
        if "csv" not in options.without and not self.ledger:
            self.generator = program(ROOT / ".build" / "release" / "ReflogGenerate", "ReflogGenerate", "csv")
        self.changes, self.seconds = options.changes, options.seconds
        self.venv = ROOT / ".build" / "peers"
        self.folder = tempfile.mkdtemp(prefix="reflog-peers-", dir=options.folder)

    def log(self, name):
        return os.path.join(self.folder, name + ".log")

    def peers(self, without):
        """Returns the peers in the order in which they are measured."""
        postgres = Postgres(self)
        peers = [Fdatasync(self), Bare(self), Reflog(self), PgBench(self, postgres), SimpleHistory(self),
                 AsyncPG(self, postgres), CSVExport(self)]
        return [peer for peer in peers if peer.name not in without]


def program(path, product, name=None):
    """Returns the path of a program as text. Ends the run if the program is not built."""
    if pathlib.Path(path).exists():
        return str(path)
    hint = f", or skip it: --without {name}" if name else ""
    raise SystemExit(f"{path} does not exist. Build it: swift build --configuration release --product {product}{hint}")


def measure(options):
    """Runs all rounds, prints the table and writes the file of `--json`."""
    # A signal raises SystemExit, so that all programs are stopped and the temporary folder is removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    bench = Bench(options)
    # The peers create their own temporary folders in this folder.
    tempfile.tempdir = bench.folder
    try:
        refuse_memory(bench.folder)
        install()
        peers = bench.peers(options.without)
        for peer in peers:
            say(f"preparing: {peer.title}")
            peer.prepare()
        described = machine()
        rounds = []
        for number in range(options.rounds):
            found = {}
            for peer in peers:
                say(f"round {number + 1} of {options.rounds}: {peer.title}")
                found |= peer.measure()
            rounds.append(found)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    report(options, described, rounds)


def report(options, described, rounds):
    print(", ".join(described.values()))
    print(f"{len(rounds)} rounds, {options.seconds:g} seconds for each load\n")
    print(peerstable.text(rounds))
    if options.json:
        document = {"machine": described, "seconds": options.seconds, "rounds": rounds,
                    "rows": [row.json for row in peerstable.rows(rounds)]}
        pathlib.Path(options.json).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def refuse_memory(folder):
    """Ends the run if the folder is in memory. In memory, fdatasync is too fast, and the figures would be wrong."""
    kind = run("stat", "--file-system", "--format", "%T", folder).strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{folder} is in memory ({kind}). Name a folder on a disk: --folder PATH")


def install():
    """Installs the programs and packages that are missing."""
    command = f". tools/lib.sh; need {PACKAGES}; need_peers"
    if subprocess.run(["bash", "-euc", command], cwd=ROOT, stdout=sys.stderr).returncode:
        raise SystemExit("Not everything that the peers need could be installed.")


def machine():
    """Describes the machine and the versions of the programs, because the figures depend on them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout.split()
    return {
        "cores": f"{os.cpu_count()} cores",
        "memory": f"{memory:.1f} GiB",
        "load": f"load average {os.getloadavg()[0]:.1f} before the first round",
        "system": f"{platform.system()} {platform.release()}",
        "postgres": run(binaries() / "postgres", "--version").strip(),
        "sqlite": "SQLite " + run("sqlite3", "--version").split()[0],
        "wrk": " ".join(wrk[:2]),
    }


def say(text):
    print(text, file=sys.stderr, flush=True)
