"""Starts the real `reflog` program on a free port in a temporary folder, and sends requests to the program."""

import functools
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import postgresqldatabase

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The folder of the build. tools/lib.sh sets BUILD_FOLDER for the build with PostgreSQL.
BUILD = pathlib.Path(os.environ.get("BUILD_FOLDER", ROOT / ".build"))
BINARY = BUILD / "debug" / "reflog"

# The connectors of the sample tenant.
FRAUD_CHECK = "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01"
NEW_VENDOR = "8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"
INVITATION_CODES = "c05b2e9d-6f48-4a73-b1d2-0e8f7a3c9403"
LOYALTY = "e7d83f16-94ab-4d5c-a2e0-16b7c8d9f504"
PARTNER_APPROVAL = "1b92c4ef-70d3-4e86-95fb-d3a4b5c6e705"

# The tenant id of the fake Graph.
TENANT = "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"


def graph_secret():
    """Returns the client secret that the fake Graph accepts from Reflog's application."""
    import misbehavinggraph
    return misbehavinggraph.SECRET


def graph_connector(name):
    """Returns the id of the connector with this name in the fake Graph."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


class Port:
    """A reserved port on loopback. Until this object is closed, the system assigns the port to no other program.

    This object binds a socket to the port, but the socket does not listen. So a server that sets SO_REUSEADDR can listen on
    the port. A program that requests any free port, or opens a connection from any free port, receives a different port.
    """

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.number = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


def eventually(condition, seconds=120):
    """Waits until a function returns a true value, and returns that value. The time limit is long enough for a busy machine."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"the condition did not become true within {seconds} s")
        time.sleep(0.05)
    return found


class Answer:
    """An HTTP response: the status, the headers and the body. The names of the headers are in lower case."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.bytes = response.read()

    @property
    def text(self):
        return self.bytes.decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def code(self):
        return self.json["error"]["code"]

    @property
    def change(self):
        return self.headers.get("reflog-change-id")


class Graph:
    """The fake Microsoft Graph of misbehavinggraph.py, in a separate process. Tests control the process over HTTP."""

    def __init__(self, **options):
        self.folder = tempfile.mkdtemp(prefix="reflog-graph-")
        self.record_path = os.path.join(self.folder, "record.jsonl")
        self.options = options

    def __enter__(self):
        program = pathlib.Path(__file__).with_name("misbehavinggraph.py")
        flags = [part for name, value in self.options.items() for part in
                 ([f"--{name}"] if value is True else [f"--{name}", str(value)])]
        self.process = subprocess.Popen([sys.executable, program, "--record", self.record_path, *flags],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def control(self, **command):
        """Changes how the fake Graph behaves, and returns the state of the fake Graph."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("POST", "/control", json.dumps(command))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    @property
    def record(self):
        """All events in the record of the fake Graph, oldest first."""
        with open(self.record_path) as lines:
            return [json.loads(line) for line in lines]

    def reference(self, address):
        """Returns the id of the connector that the step at an address calls, or None if the step calls no connector."""
        return self.control()["references"].get(address)


class Server:
    """A Reflog server with the sample tenant, or in front of a fake Graph.

    `with Server() as server:` starts the server. At the end of the block, the server is stopped and its folder is removed.
    `settings` are environment variables, without the prefix `REFLOG_`.

    `database` is the value of --database: the path of a file, or the URL of a new PostgreSQL database if the tests use a
    PostgreSQL server.
    """

    def __init__(self, binary=BINARY, graph=None, **settings):
        self.binary = str(binary)
        self.graph = graph
        self.settings = settings
        self.folder = tempfile.mkdtemp(prefix="reflog-test-")
        self.postgresql = postgresqldatabase.Database() if postgresqldatabase.VARIABLE in os.environ else None
        self.database = self.postgresql.url if self.postgresql else os.path.join(self.folder, "reflog.sqlite")
        self.process = self.reservation = None
        self.chosen_files = None
        self.tokens = {}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            if self.reservation:
                self.reservation.close()
            if self.postgresql:
                self.postgresql.drop()
            shutil.rmtree(self.folder, ignore_errors=True)

    @functools.cached_property
    def port(self):
        """The server's port. The port is also reserved while the server does not run."""
        self.reservation = Port()
        return self.reservation.number

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return pathlib.Path(self.folder, "log").read_text()

    def start(self):
        """Starts the server, and returns when /readyz answers 200."""
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, self.binary, "serve", "--port", str(self.port), *self.database_flags],
                stdout=subprocess.DEVNULL, stderr=log, env=self.environment() | self.variables, cwd=self.working_folder,
            )
        deadline = time.monotonic() + 120
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the server did not start:\n" + self.log)
            time.sleep(0.02)
        if not self.tokens and os.path.exists(self.files + ".first-tokens"):
            with open(self.files + ".first-tokens") as lines:
                self.tokens = dict(line.split() for line in lines)

    @property
    def files(self):
        """The path of the files next to the ledger, without an ending such as `.key`. A SQLite ledger is at the same path."""
        if self.chosen_files:
            return self.chosen_files
        return os.path.join(self.folder, "reflog.sqlite") if self.is_postgresql else self.database

    @files.setter
    def files(self, path):
        self.chosen_files = path

    @property
    def is_postgresql(self):
        return self.database.startswith(("postgresql://", "postgres://"))

    @property
    def database_flags(self):
        """The flags that contain the path of the ledger. A URL is in a variable instead, because other users can read a
        program's flags."""
        return [] if self.is_postgresql else ["--database", self.database]

    # A command that runs the program, for example a tracer with its arguments. If the list is empty, the program runs directly.
    wrapper = []
    # The folder in which the program runs, and in which it creates files with relative paths. If the value is None, the program
    # runs in the folder in which the tests run.
    working_folder = None

    @property
    def variables(self):
        """The environment variables that contain the server's settings."""
        settings = {"DIRECTORY": "embedded", "SAMPLE": "true"}
        if self.graph:
            settings = {
                "DIRECTORY": "graph", "GRAPH_URL": self.graph.url, "GRAPH_LOGIN_URL": self.graph.url,
                "GRAPH_TENANT": TENANT, "GRAPH_CLIENT_ID": "reflog", "GRAPH_CLIENT_SECRET": graph_secret(),
                # The default limit is too low for the tests, because one caller sends all reads of a test.
                "GRAPH_CALLER_READS_PER_MINUTE": 100_000,
            }
        if self.is_postgresql:
            settings |= {"DATABASE": self.database, "FILES": self.files, "ACCEPT_NO_STANDBY": "true"}
        settings |= self.settings
        return {"REFLOG_" + name: str(value) for name, value in settings.items() if value is not None}

    def is_ready(self):
        try:
            return self.request("GET", "/readyz", role=None).status == 200
        except OSError:
            return False

    def stop(self):
        """Stops the server with a signal, and returns the server's exit code."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def compact(self):
        """Stops the server, removes the copies of deleted rows from the ledger, and starts the server again."""
        assert self.stop() == 0
        if self.postgresql:
            postgresqldatabase.psql(self.postgresql.url_of(postgresqldatabase.OWNER), "VACUUM FULL")
        else:
            run = self.command("compact", "--database", self.database)
            assert run.returncode == 0, run.stderr
        self.start()

    def environment(self, role=None):
        """Returns this process's environment with the variables of this ledger, but without other variables of Reflog.

        With a role, adds the server's URL and a token.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
        if self.is_postgresql:
            kept.update(REFLOG_FILES=self.files)
        if role:
            kept.update(REFLOG_SERVER=self.url, REFLOG_TOKEN=self.tokens[role])
        return kept

    def request(self, method, path, body=None, role="operator", headers=None, raw=None):
        """Sends a request. The body of the request is `body`, converted to JSON, or `raw`, unchanged."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            fields = dict(headers or {})
            if role:
                fields["Authorization"] = "Bearer " + self.tokens[role]
            if body is not None:
                raw = json.dumps(body)
            if raw is not None:
                fields.setdefault("Content-Type", "application/json")
            connection.request(method, path, raw.encode() if isinstance(raw, str) else raw, fields)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def put(self, address, connector, role="operator", headers=None):
        """Points `flowType/flow/step` at a connector, or disables the step if the connector is None."""
        flow, step = address.rsplit("/", 1)
        body = {} if connector is None else {
            "@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{connector}"
        }
        return self.request("PUT", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}/$ref", body, role, headers)

    def reference(self, address):
        """Returns the connector's id that the directory has at an address, or None if the step calls no connector."""
        flow, step = address.rsplit("/", 1)
        answer = self.request("GET", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}")
        assert answer.status in (200, 204), answer.text
        return answer.json["id"] if answer.status == 200 else None

    def history(self):
        """Returns all changes as they are recorded, oldest first.

        Reads page by page, and follows the link to the next page in each answer. Leaves out the members that other changes
        add, because exported files do not have them.
        """
        path, changes = "/beta/auditLogs/connectorChanges?$top=1000", []
        while path:
            page = self.request("GET", path).json
            changes += page["value"]
            path = page.get("@odata.nextLink", "").removeprefix(self.url)
        added = ("rolledBackBy", "calledBy", "knownNames")
        return [{name: value for name, value in change.items() if name not in added} for change in changes[::-1]]

    def command(self, *arguments, role=None):
        """Runs a `reflog` command, and returns the completed process."""
        return subprocess.run(
            [self.binary, *arguments], capture_output=True, text=True, env=self.environment(role), timeout=120
        )


def wait_for_checkpoint(server):
    """Waits until a checkpoint over all entries is published and stored in the anchor. Returns the checkpoint and the log's
    vkey."""
    anchor = pathlib.Path(server.settings.get("ANCHOR", server.files + ".anchor"))

    def published():
        status = server.request("GET", "/beta/reflog/status", role="reader").json
        answer = server.request("GET", "/checkpoint", role=None)
        # Compare the two answers, because an entry can be appended between the two requests. The newest sequence is None if the
        # ledger is empty.
        newest = status["newestSequence"]
        is_complete = answer.status == 200 and newest is not None and answer.text.split("\n")[1] == str(newest + 1)
        # Also check the anchor, because the server first publishes a checkpoint and then writes the anchor.
        is_anchored = is_complete and anchor.exists() and anchor.read_text() == answer.text
        return is_anchored and status["verifierKey"] and (answer.text, status["verifierKey"])
    return eventually(published)


class ServerTestCase(unittest.TestCase):
    """Tests that share one server."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
