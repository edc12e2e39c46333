"""Starts pgbouncer, a program that shares a few connections to a PostgreSQL server among many clients.

The settings are the settings in the article about PostgreSQL. So if the tests pass, Reflog needs no more settings than the
article describes. In the article's transaction mode, each transaction of a client can use a different connection to the server.
"""

import configparser
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import packages
from articles import article, blocks, section

PROGRAM = "/usr/sbin/pgbouncer"
START_SECONDS = 120


def documented_settings():
    """Returns the settings of pgbouncer in the article about PostgreSQL."""
    (text,) = [block.text for block in blocks(section(article("PostgreSQL"), "### pgbouncer")) if block.language == "ini"]
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return dict(parser["pgbouncer"])


class PgBouncer:
    """A pgbouncer in front of a `PostgreSQLServer`, with its socket in a temporary folder.

    Ctrl-C in a terminal stops pgbouncer, unless `has_own_group` is true.
    """

    def __init__(self, server, has_own_group=False):
        self.server, self.has_own_group = server, has_own_group
        self.process = self.folder = None

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
        """Starts pgbouncer. When this method returns, pgbouncer accepts connections."""
        if not os.path.exists(PROGRAM):
            packages.install("pgbouncer")
        # The folder is in /tmp: a Unix socket's path has at most 107 bytes, and the user of the server must reach the folder.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reflog-pgbouncer-", dir="/tmp"))
        users = self.folder / "users"
        users.write_text("".join(f'"{role}" ""\n' for role in self.server.passwords))
        # Without `listen_addr`, pgbouncer listens only on the Unix socket. `listen_port` is a part of the socket's name.
        # `max_client_conn` is high, because many tests run at the same time.
        settings = documented_settings() | {
            "listen_port": self.server.port, "unix_socket_dir": self.folder, "auth_type": "trust", "auth_file": users,
            "max_client_conn": 2000,
        }
        file = self.folder / "pgbouncer.ini"
        file.write_text(f"[databases]\n* = host={self.server.folder} port={self.server.port}\n[pgbouncer]\n" + "".join(
            f"{name} = {value}\n" for name, value in settings.items()))
        for path in (self.folder, users, file):
            os.chown(path, self.server.user.pw_uid, self.server.user.pw_gid)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([PROGRAM, file], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            process_group=0 if self.has_own_group else None, **self.server.as_user)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("pgbouncer did not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:])
            time.sleep(0.05)

    def is_ready(self):
        command = [self.server.programs / "pg_isready", "--host", self.folder, "--port", str(self.server.port), "--username",
                   "postgres"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def stop(self):
        """Stops pgbouncer, and deletes pgbouncer's folder."""
        if self.process is not None and self.process.poll() is None:
            # At SIGTERM, pgbouncer ends immediately.
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.process = None
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def dsn(self, role="reflog_service", database="postgres"):
        """Returns the URL with which a client reaches a database through pgbouncer."""
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.server.port}"
