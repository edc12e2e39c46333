"""Alters each file that a command or the server reads, and runs the command. The command must report the problem or succeed."""

import collections
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from alterations import altered
from reflogserver import FRAUD_CHECK, NEW_VENDOR, ROOT, Server, wait_for_checkpoint

# The exit codes that CommandLine.md lists.
EXIT_CODES = {0, 1, 2, 3, 64, 65, 70, 75}
# The error codes of answers with a status of 500 or more.
SERVER_CODES = {"busy", "ledgerUnavailable", "directoryUnavailable", "clockBehind", "outcomeUnknown", "notSent",
                "directoryRefused", "notProxied"}
# A command that takes longer than this number of seconds is counted as hung. The limit is high, because the machine can be
# busy.
HANG_SECONDS = 120
TRAP = re.compile(r"Fatal error|Crashed|Illegal instruction|Traceback|SIGILL|stack smashing|Assertion")
LISTENING = re.compile(r"listen\w* on (https?)://127\.0\.0\.1:(\d+)")
GRAPH = {"REFLOG_DIRECTORY": "graph", "REFLOG_GRAPH_URL": "http://127.0.0.1:9", "REFLOG_GRAPH_LOGIN_URL": "http://127.0.0.1:9",
         "REFLOG_GRAPH_TENANT": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", "REFLOG_GRAPH_CLIENT_ID": "reflog",
         "REFLOG_DATABASE": "graph.sqlite", "REFLOG_PORT": "0", "REFLOG_GRAPH_TIMEOUT": "0.2"}
EMBEDDED = {"REFLOG_DIRECTORY": "embedded", "REFLOG_PORT": "0"}
CERTIFICATE = GRAPH | {"REFLOG_GRAPH_CLIENT_CERTIFICATE": "both.pem"}
TLS = EMBEDDED | {"REFLOG_TLS_CERTIFICATE": "certificate.pem", "REFLOG_TLS_KEY": "key.pem"}
VERIFY, SERVE = ("verify",), ("serve",)
# The commands that read a ledger.
READERS = [VERIFY, ("history",), ("export",), ("export", "--format", "ocsf"), ("show", "3"), ("show", "3", "--proof", "out"),
           ("config",), ("status",), ("checkpoint", "--format", "json"), ("compact",), SERVE]
# The files, and the commands that read each file. A command is a tuple of arguments. A dictionary at the end of the tuple
# contains environment variables.
TARGETS = {
    "reflog.sqlite": READERS,
    "reflog.sqlite-wal": [VERIFY, ("history",), ("status",), SERVE],
    "reflog.sqlite.anchor": [VERIFY, SERVE],
    "reflog.sqlite.key": [SERVE],
    "reflog.sqlite.tokens": [SERVE, ("token", "list"), ("token", "create", "--role", "reader", "--name", "new"),
                             ("token", "revoke", "first-reader")],
    "reflog.sqlite.lock": [SERVE, VERIFY, ("compact",)],
    "reflog.sqlite.directory": [SERVE],
    "reflog.sqlite.directory.lock": [SERVE],
    "settings.json": [("serve", "--config", "settings.json")],
    "kept.checkpoint": [(*VERIFY, "--since", "kept.checkpoint"), (*VERIFY, "--anchor", "kept.checkpoint")],
    "history.csv": [(*VERIFY, "--manifest", "history.csv.manifest")],
    "history.csv.manifest": [(*VERIFY, "--manifest", "history.csv.manifest")],
    "history.jsonl": [(*VERIFY, "--manifest", "history.jsonl.manifest")],
    "history.jsonl.manifest": [(*VERIFY, "--manifest", "history.jsonl.manifest")],
    "state": [("export", "--server", "{url}", "--follow", "--state", "state", {"REFLOG_TOKEN": "{token}"})],
    "secret": [("serve", GRAPH | {"REFLOG_GRAPH_CLIENT_SECRET_FILE": "secret"})],
    "federated": [("serve", GRAPH | {"AZURE_FEDERATED_TOKEN_FILE": "federated"})],
    "both.pem": [("serve", CERTIFICATE)],
    "certificate.pem": [("serve", TLS)],
    "key.pem": [("serve", TLS)],
    "proof": [("verify_log.py", "--proof", "proof")],
    "records.jsonl": [("verify_log.py", "--records", "records.jsonl")],
}


class FileFuzz:
    """Alters copies of a folder that contains all files of TARGETS, and runs commands in the copies."""

    def __init__(self, server, seed):
        """`server` must run the program under test. Commands that need a server send their requests to `server`."""
        self.server, self.seed = server, seed
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reflog-files-"))
        self.pristine = self.folder / "pristine"
        self.pristine.mkdir()
        # Copy the program, because a build at the same time could replace the original file.
        self.binary = shutil.copy(server.binary, self.folder / "reflog")
        self.tried, self.codes, self.faults = collections.Counter(), collections.Counter(), []
        self.lock = threading.Lock()
        self.fill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self):
        """Writes a ledger, the files next to the ledger, and the other files of TARGETS into the unaltered folder."""
        with Server(self.binary) as source:
            for number in range(12):
                source.put("b2cUserFlows/B2C_1_signup/postFederationSignup", [FRAUD_CHECK, NEW_VENDOR, None][number % 3],
                           headers={"Reflog-Reason": "CHG0042"})
            source.request("POST", "/beta/reflog/holds", {"name": "CASE", "reason": "x"}, role="admin")
            checkpoint, self.key = wait_for_checkpoint(source)
            write = lambda name, text: (self.pristine / name).write_text(text)
            write("kept.checkpoint", checkpoint)
            self.log = self.pristine / "log"
            for path in ("checkpoint", "tile/0/000.p/{n}", "tile/entries/000.p/{n}"):
                path = path.format(n=checkpoint.split("\n")[1])
                (self.log / path).parent.mkdir(parents=True, exist_ok=True)
                connection = http.client.HTTPConnection("127.0.0.1", source.port)
                connection.request("GET", "/" + path)
                (self.log / path).write_bytes(connection.getresponse().read())
                connection.close()
            write("proof", source.request("GET", "/beta/auditLogs/connectorChanges/3?$format=tlog-proof").text)
            write("records.jsonl", source.request("GET", "/beta/auditLogs/connectorChanges/3?$format=record").text)
            for format in ("csv", "jsonl"):
                name = str(self.pristine / f"history.{format}")
                run = source.command("export", "--server", source.url, "--manifest", "--output", name, "--format", format,
                                     role="reader")
                assert run.returncode == 0, run.stderr
            for number in range(6):
                source.put("b2cUserFlows/B2C_1_signup/postFederationSignup", [FRAUD_CHECK, NEW_VENDOR][number % 2])
            self.token = source.tokens["operator"]
            # Kill the server, so that the newest commits are only in the `-wal` file.
            source.kill()
            for path in pathlib.Path(source.folder).glob("reflog.sqlite*"):
                shutil.copy(path, self.pristine / path.name)
        (self.pristine / "reflog.sqlite-shm").unlink(missing_ok=True)
        write("settings.json", json.dumps({"directory": "embedded", "database": "reflog.sqlite", "port": 0, "host": "127.0.0.1",
                                           "requireReason": "(CHG|INC)[0-9]+.*", "publicUrl": "https://reflog.contoso.example",
                                           "trustedProxies": "10.0.0.0/8,::1/128", "settleWindow": 1.5, "sample": False}))
        write("secret", "swordfish\n")
        write("federated", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl\n")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
                        "certificate.pem", "-days", "30", "-subj", "/CN=localhost"], cwd=self.pristine, check=True,
                       capture_output=True)
        write("both.pem", (self.pristine / "certificate.pem").read_text() + (self.pristine / "key.pem").read_text())
        write("state", self.new_state())

    def new_state(self):
        """Returns the content of a state file that a command wrote."""
        self.server.put("b2cUserFlows/B2C_1_signup/postFederationSignup", NEW_VENDOR)
        path = self.folder / "state"
        *arguments, variables = TARGETS["state"][0]
        process = self.start(arguments, self.folder, variables)
        deadline = time.monotonic() + HANG_SECONDS
        while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.terminate()
        process.communicate()
        return path.read_text()

    def environment(self, variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("REFLOG_", "AZURE_"))}
        return kept | {name: value.format(url=self.server.url, token=self.server.tokens["operator"])
                       for name, value in variables.items()}

    def start(self, arguments, folder, variables):
        command = [self.binary, *(argument.format(url=self.server.url) for argument in arguments)]
        if arguments[0] == "verify_log.py":
            command = [sys.executable, ROOT / "tools" / "verify_log.py", folder / "log", "--key", self.key, *arguments[1:]]
        return subprocess.Popen(command, cwd=folder, env=self.environment(variables), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, until):
        """Tries alterations in three threads. `until(number)` returns whether a thread ends after this number of trials."""
        threads = [threading.Thread(target=self.work, args=(number, until)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self, thread, until):
        chance = random.Random(f"files {self.seed}/{thread}")
        for number in range(10**9):
            if until(number) or len(self.faults) > 50:
                return
            # Draw the file first, so that every file is altered equally often.
            name = chance.choice(list(TARGETS))
            *arguments, last = chance.choice(TARGETS[name])
            variables = last if isinstance(last, dict) else EMBEDDED if arguments[:1] == [] and last == "serve" else {}
            arguments += [] if isinstance(last, dict) else [last]
            self.attempt(name, arguments, variables, altered((self.pristine / name).read_bytes(), chance))

    def attempt(self, name, arguments, variables, data):
        """Runs one command on one altered file."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.pristine, folder, dirs_exist_ok=True)
        (folder / name).write_bytes(data)
        code, output, faults = self.outcome(arguments, folder, variables)
        kept = tempfile.mkstemp(prefix=f"reflog-fault-{name}-")[1] if faults else None
        if kept:
            shutil.copy(folder / name, kept)
        with self.lock:
            self.tried[name] += 1
            self.codes[code] += 1
            self.faults += [f"{kept}, reflog {' '.join(arguments)}: {fault}; {output[-400:]!r}" for fault in faults]
        shutil.rmtree(folder, ignore_errors=True)

    def outcome(self, arguments, folder, variables):
        """Returns the exit code of a command, the output, and a list of the faults that were found."""
        process = self.start(arguments, folder, variables)
        runs_on = arguments[0] == "serve" or "--follow" in arguments
        answers = self.serve(process, arguments) if runs_on else []
        try:
            rest, _ = process.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, process.communicate()[0].decode(errors="replace"), ["hung"]
        output = getattr(process, "seen", "") + rest.decode(errors="replace")
        code = process.returncode
        faults = answers
        # `export --follow` runs until a signal ends the command, so for this command the exit code of SIGTERM is correct.
        if code not in EXIT_CODES and not (code == -signal.SIGTERM and "--follow" in arguments):
            faults = faults + [f"exit code {code}"]
        if TRAP.search(output):
            faults = faults + ["trap"]
        if code and code != -signal.SIGTERM and not output.strip():
            faults = faults + ["no message"]
        return code, output, faults

    def serve(self, process, arguments):
        """Waits until a server listens or ends, sends requests to the server, and stops the server. Returns the faults of the
        answers."""
        os.set_blocking(process.stdout.fileno(), False)
        process.seen, found, deadline = "", [], time.monotonic() + HANG_SECONDS
        follow_end = time.monotonic() + 1
        while process.poll() is None and time.monotonic() < deadline:
            process.seen += (process.stdout.read() or b"").decode(errors="replace")
            listening = LISTENING.search(process.seen)
            if listening and listening[1] == "http":
                found = self.ask(int(listening[2]))
            if listening or ("--follow" in arguments and time.monotonic() > follow_end):
                process.terminate()
                break
            time.sleep(0.02)
        os.set_blocking(process.stdout.fileno(), True)
        return found

    def ask(self, port):
        """Sends requests that read every file of a server. Returns the faults of the answers."""
        found = []
        for method, path, body in (
            ("GET", "/beta/auditLogs/connectorChanges?$top=5", None), ("GET", "/beta/auditLogs/serviceEvents?$top=5", None),
            ("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref", "{}"),
            ("GET", "/beta/reflog/status", None), ("GET", "/checkpoint", None), ("GET", "/readyz", None),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request(method, path, body, {"Authorization": "Bearer " + self.token, "Reflog-Reason": "CHG1"})
                answer = connection.getresponse()
                text = answer.read().decode(errors="replace")
                code = re.search(r'"code":"(\w+)"', text)
                # A server with an altered ledger is allowed to answer with a documented error. Any other error is a fault.
                if answer.status >= 500 and path != "/readyz" and (not code or code[1] not in SERVER_CODES | {"internalError"}):
                    found.append(f"{method} {path}: {answer.status} {text[:200]}")
            except (OSError, http.client.HTTPException) as error:
                found.append(f"{method} {path}: {error!r}")
            finally:
                connection.close()
        return found

    def control(self):
        """Returns whether the checks find a command that a signal ended, a wrong exit code, a missing message, and a fatal
        error."""
        plants = {"kill -SEGV $$": "exit code -11", "echo x; exit 4": "exit code 4", "exit 70": "no message",
                  "echo 'Fatal error: x'; exit 70": "trap"}
        found, binary = [], self.binary
        for number, (script, fault) in enumerate(plants.items()):
            program = self.folder / f"planted-{number}"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
            self.binary = str(program)
            found.append(fault in self.outcome(VERIFY, self.pristine, {})[2])
        self.binary = binary
        return all(found)
