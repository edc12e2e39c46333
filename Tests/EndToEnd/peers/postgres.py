"""PostgreSQL with an audit trigger and with pgbench as the client. This is a common audit log, without a web server.

Each change is one UPDATE. A trigger appends a row to an audit table that has four indexes. Each commit is durable.
"""

import contextlib
import math
import os
import pathlib
import pwd
import re
import shutil
import signal

from peers import ADDRESSES
from peers.processes import Child, run

# The number is only a part of the name of the socket in the cluster's folder. The server does not listen on a TCP port.
PORT = 5432

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "256MB", "max_connections": "200", "listen_addresses": "",
}


def binaries():
    """Returns the folder with the programs of the newest PostgreSQL that Debian's packages installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if not found:
        raise SystemExit("There is no PostgreSQL in /usr/lib/postgresql.")
    return found[-1]


class Postgres:
    """A new cluster in the temporary folder. PostgreSQL refuses to run as root, so root runs PostgreSQL as `postgres`."""

    def __init__(self, bench):
        self.bench, self.port = bench, PORT
        self.folder = os.path.join(bench.folder, "postgres")
        self.account = {}

    def prepare(self):
        """Creates the cluster if it does not exist."""
        if os.path.exists(self.folder):
            return
        os.mkdir(self.folder, 0o700)
        if os.getuid() == 0:
            entry = pwd.getpwnam("postgres")
            self.account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chmod(self.bench.folder, 0o711)
            shutil.chown(self.folder, entry.pw_uid, entry.pw_gid)
        run(binaries() / "initdb", "-D", self.folder + "/data", "-U", "reflog", "-A", "trust", "--locale=C", "-E", "UTF8",
            cwd="/", **self.account)

    @contextlib.contextmanager
    def running(self):
        """Runs the cluster with empty tables."""
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [binaries() / "postgres", "-D", self.folder + "/data", "-p", self.port, "-k", self.folder, *settings]
        # SIGINT requests PostgreSQL's fast shutdown.
        with Child(command, self.bench.log("postgres"), stop=signal.SIGINT, cwd="/", **self.account) as server:
            ready = pathlib.Path(self.folder, "data", "postmaster.pid")
            server.wait_until(lambda: ready.exists() and "ready" in ready.read_text())
            self.query("-v", f"addresses={ADDRESSES}", "-f", HERE / "postgres.sql")
            yield self

    def client(self, program):
        """Returns the first arguments of a command that connects to this cluster."""
        return [binaries() / program, "-h", self.folder, "-p", self.port, "-U", "reflog"]

    def query(self, *arguments):
        return run(*self.client("psql"), "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1", *arguments)

    def recorded(self):
        """Returns the number of rows in the audit table."""
        return int(self.query("-c", "SELECT count(*) FROM audit"))


class PgBench:
    name = "pgbench"
    title = "PostgreSQL with an audit trigger, pgbench"

    # "simple" is pgbench's default. With "prepared", PostgreSQL parses and plans each statement only once.
    PROTOCOLS = ("simple", "prepared")

    def __init__(self, bench, postgres):
        self.bench, self.postgres = bench, postgres

    def prepare(self):
        self.postgres.prepare()

    def measure(self):
        figures, made = {}, 0
        with self.postgres.running() as postgres:
            for clients in (64, 1):
                for protocol in self.PROTOCOLS:
                    rate, count = self.run(clients, protocol)
                    figures[f"pgbench.{clients}.{protocol}"] = rate
                    made += count
            recorded = postgres.recorded()
        if recorded != made:
            raise SystemExit(f"pgbench made {made} changes but the audit table has {recorded}.")
        return figures

    def run(self, clients, protocol):
        """Runs pgbench. Returns the number of changes per second, and the number of all changes."""
        output = run(
            *self.postgres.client("pgbench"), "-n", "-M", protocol, "-f", HERE / "pgbench.sql", "-c", clients,
            "-j", min(2, clients), "-D", "number=0", "-D", f"addresses={ADDRESSES}", "-T", math.ceil(self.bench.seconds), "postgres",
        )
        rate = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)[1]
        return float(rate), int(re.search(r"actually processed: (\d+)", output)[1])
