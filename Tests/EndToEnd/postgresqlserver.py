"""Starts a PostgreSQL server in a temporary folder, on a free port on loopback and on a Unix socket.

The server has the roles reflog_owner and reflog_service. Connections through the socket need no password: only the user who
started the server can reach the socket's folder. Connections over TCP need the password of the role.

    postgresqlserver.py [--pgbouncer] COMMAND …

This program starts new servers and runs COMMAND, for example `swift test`. The command's environment variable
REFLOG_TEST_POSTGRESQL contains the URL of a server, see postgresqldatabase.py. With --pgbouncer, Reflog connects to the server
through pgbouncer. The servers are stopped when the command ends.
"""

import contextlib
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import packages
from pgbouncer import PgBouncer
from postgresqldatabase import OWNER, POOLER, SERVICE, TEMPLATE, VARIABLE, SQLError, psql
from reflogserver import Port

MIGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "migrations"
ROLES = (OWNER, SERVICE)
# The oldest version of PostgreSQL that Reflog supports.
OLDEST = 15
START_SECONDS = 120
# A Unix socket's path has at most 107 bytes, and PostgreSQL's own user must reach the folder. So the folder is in /tmp.
FOLDER = "/tmp"
# A folder in memory, and the free space in bytes that the databases of the tests need. A commit in this folder does not wait
# for a disk. So the tests are fast although Reflog requires the setting `fsync = on`.
MEMORY, MEMORY_BYTES = "/dev/shm", 4 << 30


def programs():
    """Returns the folder of PostgreSQL's programs. Installs Debian's package if the programs are missing."""
    if not (found := installed()):
        packages.install("postgresql")
        found = installed()
    if not found:
        raise FileNotFoundError(f"PostgreSQL {OLDEST} or later is not installed. Install the package postgresql.")
    return found


def installed():
    folders = [pathlib.Path(path).parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    supported = [folder for folder in folders if int(folder.parent.name) >= OLDEST]
    return max(supported, key=lambda folder: int(folder.parent.name), default=None)


class PostgreSQLServer:
    """A PostgreSQL server with a separate data folder. `settings` contains settings of postgresql.conf and their values.

    Ctrl-C in a terminal stops the server, unless `has_own_group` is true. `roles` are created at the first start. If `in_memory`
    is true, the data folder is in memory, provided that the memory has enough space.
    """

    def __init__(self, has_own_group=False, roles=ROLES, in_memory=False, **settings):
        self.has_own_group = has_own_group
        self.roles = roles
        self.in_memory = in_memory
        self.settings = settings
        self.process = None
        self.folder = None
        self.passwords = {role: secrets.token_hex(16) for role in ("postgres", *ROLES)}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts the server. When this method returns, the server accepts connections.

        The first start creates the data folder and the roles.
        """
        self.programs = programs()
        is_new = self.folder is None
        if is_new:
            parent = MEMORY if self.in_memory and has_space(MEMORY, MEMORY_BYTES) else FOLDER
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reflog-postgresql-", dir=parent))
            self.reserved = Port()
            self.port = self.reserved.number
            self.create_data()
        self.launch()
        if is_new:
            self.create_roles()

    def create_roles(self):
        for role in self.roles:
            self.psql(f"CREATE ROLE {role} LOGIN PASSWORD '{self.passwords[role]}'")

    def create_data(self):
        password = self.folder / "password"
        password.write_text(self.passwords["postgres"])
        for path in (self.folder, password):
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        subprocess.run(
            [self.programs / "initdb", "--pgdata", self.data, "--username", "postgres", "--encoding", "UTF8", "--locale", "C.UTF-8",
             "--auth-local", "trust", "--auth-host", "scram-sha-256", "--pwfile", password],
            check=True, stdout=subprocess.DEVNULL, **self.as_user,
        )
        password.unlink()

    def launch(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder} | self.settings
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([self.programs / "postgres", "-D", self.data, *flags], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, process_group=0 if self.has_own_group else None,
                                            **self.as_user)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:])
            time.sleep(0.05)

    def is_ready(self):
        command = [self.programs / "pg_isready", "--host", self.folder, "--port", str(self.port), "--username", "postgres"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def stop(self):
        """Stops the server, and deletes the server's folder."""
        if self.process is not None and self.process.poll() is None:
            # SIGINT requests PostgreSQL's fast shutdown, which ends all connections.
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        self.process = None
        if self.folder is not None:
            self.reserved.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def kill(self):
        """Kills all processes of the server with SIGKILL, and starts the server again on the same data folder."""
        # Stop the main process first, so that it starts no process after the list of its processes was read.
        self.process.send_signal(signal.SIGSTOP)
        processes = children(self.process.pid)
        self.process.kill()
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                # The process has already ended, because the main process ended.
                pass
        self.process.wait()
        # A start fails as long as a process of the killed server uses the shared memory.
        deadline = time.monotonic() + START_SECONDS
        while any(os.path.exists(f"/proc/{process}") for process in processes):
            if time.monotonic() > deadline:
                raise RuntimeError("A killed process of PostgreSQL did not end.")
            time.sleep(0.01)
        self.start()

    def create_database(self, name):
        """Creates a database that belongs to reflog_owner, and applies the migrations in the database."""
        self.psql(f"CREATE DATABASE {name} OWNER {OWNER}")
        for migration in sorted(MIGRATIONS.glob("postgresql-*.sql")):
            self.psql(f"BEGIN;\n{migration.read_text()}\nCOMMIT;", role=OWNER, database=name)

    def dsn(self, role="reflog_service", database="postgres", *, tcp=False):
        """Returns the URL of a database for libpq: through the Unix socket, or over TCP with the password of the role."""
        if tcp:
            return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.port}"

    def set(self, **settings):
        """Changes settings of the running server. The value None restores the default."""
        for name, value in settings.items():
            self.psql(f"ALTER SYSTEM RESET {name}" if value is None else f"ALTER SYSTEM SET {name} = '{value}'")
        self.psql("SELECT pg_reload_conf()")
        # The main process reads the new settings a moment later. Wait until a new connection has the new settings.
        for name, value in settings.items():
            deadline = time.monotonic() + START_SECONDS
            while value is not None and self.psql(f"SHOW {name}") != str(value):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not change {name}.")
                time.sleep(0.05)

    def psql(self, sql, role="postgres", database="postgres"):
        """Runs SQL statements until one fails. Returns the rows as text: one row per line, with | between the columns.

        Each statement is a transaction, unless the SQL contains BEGIN. Raises SQLError if a statement fails.
        """
        return psql(self.dsn(role, database), sql)

    @property
    def data(self):
        return self.folder / "data"

    @property
    def user(self):
        """The user who runs the server. If root runs the tests, this is `postgres`, because PostgreSQL refuses to run as root."""
        return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())

    @property
    def as_user(self):
        options = {"cwd": "/"}
        if os.getuid() == 0:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return options


class PostgreSQLStandby(PostgreSQLServer):
    """A standby server that receives all changes of another server by streaming replication."""

    def __init__(self, primary, name, **settings):
        super().__init__(**settings)
        self.primary, self.name, self.passwords = primary, name, primary.passwords

    def create_data(self):
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        subprocess.run(
            [self.programs / "pg_basebackup", "--pgdata", self.data, "--checkpoint", "fast", "--write-recovery-conf", "--dbname",
             f"host={self.primary.folder} port={self.primary.port} user=postgres application_name={self.name}"],
            check=True, stdout=subprocess.DEVNULL, **self.as_user,
        )

    def create_roles(self):
        """Does nothing, because the standby has the roles of the other server."""

    def pause(self):
        """Stops the process that receives changes, so that the standby confirms no transaction."""
        self.receivers = [process for process in children(self.process.pid) if "walreceiver" in title(process)]
        for process in self.receivers:
            os.kill(process, signal.SIGSTOP)

    def resume(self):
        for process in self.receivers:
            os.kill(process, signal.SIGCONT)


def has_space(folder, count):
    """Returns whether a folder exists and has this number of free bytes."""
    return os.path.isdir(folder) and shutil.disk_usage(folder).free >= count


def title(process):
    """Returns the title of a process of PostgreSQL. The title contains the task of the process."""
    return pathlib.Path(f"/proc/{process}/cmdline").read_text(errors="replace")


def children(parent):
    """Returns the ids of the processes that a process started."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            # The name of the program is in parentheses and can contain spaces. The state and the parent's id follow the name.
            fields = pathlib.Path(path).read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(path.split("/")[2]))
    return found


@contextlib.contextmanager
def serving_tests(with_pgbouncer=False):
    """Starts servers for many tests, and yields the environment variables that contain their URLs.

    The second server is for Swift tests. Its commits wait for a standby server that does not exist. With `with_pgbouncer`, one
    of the variables contains the URL of a pgbouncer in front of the first server.
    """
    with contextlib.ExitStack() as stack:
        # Each ledger keeps about ten connections open, and many tests run at the same time.
        server = stack.enter_context(PostgreSQLServer(has_own_group=True, in_memory=True, max_connections=1000))
        waiting = stack.enter_context(PostgreSQLServer(has_own_group=True, in_memory=True, roles=(),
                                                       synchronous_standby_names="missing"))
        server.create_database(TEMPLATE)
        variables = {VARIABLE: server.dsn("postgres"), f"{VARIABLE}_WAITING": waiting.dsn("postgres")}
        if with_pgbouncer:
            variables[POOLER] = stack.enter_context(PgBouncer(server, has_own_group=True)).dsn("postgres")
        yield variables


def main(command):
    with_pgbouncer = command[:1] == ["--pgbouncer"]
    command = command[1:] if with_pgbouncer else command
    with serving_tests(with_pgbouncer) as variables:
        process = subprocess.Popen(command, env=os.environ | variables)
        # Ignore SIGINT, because the server must run until the command has ended. A terminal also sends SIGINT to the command.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        signal.signal(signal.SIGTERM, lambda number, frame: process.send_signal(number))
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
