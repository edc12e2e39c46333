import json
import os
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import unittest

from reflogserver import BINARY, FRAUD_CHECK, NEW_VENDOR, Port, Server, ServerTestCase

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


class CommandLine(ServerTestCase):
    """The commands, formats and exit codes of the command line."""

    def run_command(self, *arguments, role="operator"):
        return self.server.command(*arguments, role=role)

    def test_set_and_rollback_change_the_step_and_a_repeat_gives_the_same_rollback(self):
        done = self.run_command("set", *STEP.split("/"), NEW_VENDOR, "--reason", "trial, “quoted”", "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        change = json.loads(done.stdout)
        self.assertEqual((change["reason"], change["after"]["connectorId"]), ("trial, “quoted”", NEW_VENDOR))

        plan = self.run_command("rollback", "--step", STEP, "--dry-run", "--format", "json")
        self.assertEqual(json.loads(plan.stdout)["rollbackOf"], change["id"])
        self.assertEqual(self.server.reference(STEP), NEW_VENDOR)

        back = json.loads(self.run_command("rollback", "--step", STEP, "--format", "json").stdout)
        self.assertEqual((back["kind"], back["rollbackOf"]), ("rollback", change["id"]))
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

        again = json.loads(self.run_command("rollback", change["id"], "--format", "json").stdout)
        self.assertEqual(again["id"], back["id"])

        twice = self.run_command("rollback", "--step", STEP)
        self.assertEqual(twice.returncode, 1)
        self.assertIn("is itself a rollback", twice.stderr)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

        over = self.run_command("set", *STEP.split("/"), "--none")
        self.assertEqual(over.returncode, 0)
        self.assertEqual(self.run_command("rollback", change["id"], "--dry-run").returncode, 1)
        self.assertEqual(self.run_command("rollback", change["id"], "--dry-run", "--force").returncode, 0)
        stopped = self.run_command("rollback", change["id"])
        self.assertEqual(stopped.returncode, 1)
        self.assertIn("changeSuperseded", stopped.stderr)
        self.assertEqual(self.run_command("rollback", change["id"], "--force").returncode, 0)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

    def test_json_output_is_the_body_of_the_same_request(self):
        for command, path in (
            (["history", "--top", "2"], "/beta/auditLogs/connectorChanges?$top=2"),
            (["config"], "/beta/auditLogs/connectorConfigurations"),
            (["status"], "/beta/reflog/status"),
        ):
            body = self.server.request("GET", path).json
            asked = self.run_command(*command, "--format", "json", "--server", self.server.url)
            self.assertEqual(json.loads(asked.stdout), body)
            read = self.run_command(*command, "--format", "json", "--database", self.server.database)
            links = ("@odata.context", "@odata.nextLink")
            self.assertEqual(json.loads(read.stdout), {name: body[name] for name in body if name not in links})

    def test_every_failure_has_its_exit_code_and_a_message(self):
        cases = [
            (["show", "4711", "--server", self.server.url], 2),
            (["show", "4711", "--database", self.server.database], 2),
            (["rollback", "4711"], 2),
            (["set", *STEP.split("/"), "00000000-0000-0000-0000-000000000000"], 2),
            (["show", "zero"], 64),
            (["set", "c2bUserFlows", "a", "b", "--none"], 64),
            (["set", *STEP.split("/")], 64),
            (["set", *STEP.split("/"), "x", "--none"], 64),
            (["rollback"], 64),
            (["history", "--server", self.server.url, "--database", self.server.database], 64),
            (["token", "revoke", "missing", "--database", self.server.database], 2),
            (["rollback", "4711", "--dry-run"], 2),
            (["history", "--top", "0"], 64),
            (["history", "--filter", "x"], 64),
            (["unknown"], 64),
            (["history", "--database", "/nowhere/reflog.sqlite"], 1),
            (["history", "--server", "ftp://x"], 64),
            (["history", "--server", "http://127.0.0.1:1"], 75),
            (["rollback", "--step", "b2xUserFlows/B2X_1_partner_signup/postFederationSignup"], 2),
            (["token", "list", "--database", os.path.join(self.server.folder, "none.sqlite")], 1),
            (["--help"], 0),
        ]
        for arguments, code in cases:
            with self.subTest(arguments):
                done = self.run_command(*arguments)
                self.assertEqual(done.returncode, code, done.stderr)
                if code:
                    self.assertTrue(done.stderr)

    def test_a_reader_may_not_set(self):
        done = self.run_command("set", *STEP.split("/"), NEW_VENDOR, role="reader")
        self.assertEqual(done.returncode, 1)
        self.assertIn("forbidden", done.stderr)

    def test_invalid_settings_stop_the_start(self):
        config = os.path.join(self.server.folder, "config.json")
        with open(config, "w") as file:
            file.write('{"directory":"embedded","hots":"0.0.0.0"}')
        for arguments, text in (
            (["serve"], "--directory"),
            (["serve", "--directory", "toy"], "toy"),
            (["serve", "--directory", "embedded", "--port", "70000"], "port"),
            (["serve", "--config", config], "hots"),
            (["serve", "--nonsense"], "--nonsense"),
        ):
            done = self.run_command(*arguments)
            self.assertEqual(done.returncode, 64)
            self.assertIn(text, done.stderr)

    def test_a_second_server_on_the_same_ledger_ends_with_a_clear_message(self):
        done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", self.server.database)
        self.assertEqual(done.returncode, 1)
        self.assertIn("in use by another Reflog process", done.stderr)

    def test_a_port_in_use_is_named(self):
        with Server() as other:
            other.stop()
            done = self.run_command("serve", "--directory", "embedded", "--port", str(self.server.port), "--database",
                                 other.database)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"Reflog can't listen on 127.0.0.1:{self.server.port}: Address already in use.", done.stderr)

    def test_a_ledger_whose_directory_is_missing_is_not_served(self):
        with Server() as other:
            other.stop()
            os.remove(other.database + ".directory")
            done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", other.database)
            self.assertEqual(done.returncode, 1)
            self.assertIn("exists, but its directory", done.stderr)
            self.assertFalse(os.path.exists(other.database + ".directory"))

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([self.server.binary, "history", "--database", self.server.database], stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=self.server.environment(), timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("can't be written", done.stderr)

    def test_first_tokens_are_not_written_into_an_existing_file(self):
        with tempfile.TemporaryDirectory() as folder:
            database = os.path.join(folder, "reflog.sqlite")
            with open(database + ".first-tokens", "w"):
                pass
            done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", database)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(os.path.getsize(database + ".first-tokens"), 0)

    def test_only_the_owner_can_access_the_files(self):
        for suffix in ("", ".directory", ".tokens", ".first-tokens", ".lock"):
            mode = stat.S_IMODE(os.stat(self.server.database + suffix).st_mode)
            self.assertEqual(mode & 0o077, 0, suffix)

    def test_no_secret_is_stored_or_logged(self):
        canary = "canary-4f0c"
        self.server.request("POST", "/beta/identity/apiConnectors", {
            "displayName": "Canary", "targetUrl": f"https://api.contoso.example/x?code={canary}-query",
            "authenticationConfiguration": {
                "@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": canary + "-password",
            },
        })
        secrets = [canary + "-password", *(token.split("_")[2] for token in self.server.tokens.values())]
        for suffix in ("", "-wal", ".directory", ".directory-wal", ".tokens"):
            path = self.server.database + suffix
            if not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                stored = file.read()
            for secret in secrets + ([canary + "-query"] if "directory" not in suffix else []):
                self.assertNotIn(secret.encode(), stored, path)
        for secret in secrets + [canary + "-query"]:
            self.assertNotIn(secret, self.server.log)


class Stopping(unittest.TestCase):
    def test_sigterm_ends_the_server_with_0_and_leaves_a_complete_file(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            self.assertEqual(server.stop(), 0)
            self.assertFalse(os.path.exists(server.database + "-wal"))
            shown = server.command("history", "--database", server.database, "--format", "json")
            self.assertEqual(len(json.loads(shown.stdout)["value"]), 1)


class BrokenConnections(unittest.TestCase):
    """The command line tells a server that can't be reached from a server that ended the connection."""

    def run_against(self, behave):
        """Runs a command that changes and a command that reads against a listener, and returns both runs."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                while True:
                    try:
                        connection, _ = listener.accept()
                    except OSError:
                        return
                    with connection:
                        behave(connection)
            threading.Thread(target=serve, daemon=True).start()
            environment = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
            environment.update(REFLOG_SERVER=f"http://127.0.0.1:{listener.getsockname()[1]}", REFLOG_TOKEN="x")
            runs = [subprocess.run([BINARY, *command], capture_output=True, text=True, env=environment, timeout=120)
                    for command in (["set", *STEP.split("/"), "--none"], ["history", "--server", environment["REFLOG_SERVER"]])]
            listener.shutdown(socket.SHUT_RDWR)
            return runs

    def test_a_connection_that_ends_is_not_a_server_that_cannot_be_reached(self):
        def reset(connection):
            connection.recv(65536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        for behave in (reset, lambda connection: connection.recv(65536)):
            change, read = self.run_against(behave)
            self.assertEqual((change.returncode, read.returncode), (75, 75))
            for run in (change, read):
                self.assertIn("did not answer", run.stderr)
                self.assertNotIn("can't be reached", run.stderr)
            self.assertIn("The result is unknown. Check `reflog history`.", change.stderr)
            self.assertIn("Try again.", read.stderr)

    def test_a_server_that_does_not_listen_cannot_be_reached(self):
        port = Port()
        self.addCleanup(port.close)
        run = Server().command("history", "--server", f"http://127.0.0.1:{port.number}")
        self.assertEqual(run.returncode, 75)
        self.assertIn("can't be reached", run.stderr)
