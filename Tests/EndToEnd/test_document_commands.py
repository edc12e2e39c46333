import contextlib
import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from articles import ARTICLES, README, article, blocks, section
from reflogserver import (
    BINARY, LOYALTY, NEW_VENDOR, ROOT, TENANT, Graph, Port, Server, eventually, graph_connector, graph_secret,
    wait_for_checkpoint,
)
from testparts import sqlite_only

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
# The first line in each code block that must run with an admin's token.
AS_ADMIN = "# With an admin's token:\n"
# The Python interpreter that tools/test installs.
PYTHON = ROOT / ".build" / "sdk" / "bin" / "python"
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 30, 0.7


def path(*folders):
    """Returns a value for PATH with `folders`, the folder of the program and the folder of the Python that runs these tests."""
    return os.pathsep.join(map(str, [*folders, BINARY.parent, pathlib.Path(sys.executable).parent, os.environ["PATH"]]))


def environment(**variables):
    """Returns this process's environment without Reflog's variables. Sets PATH and adds `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    return kept | {"PATH": path(), **variables}


def without_times(text):
    """Returns the lines of an output. Removes spaces at the ends of lines, and replaces every time with a fixed time."""
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"
    return re.sub(r"\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d{6}Z)?", r"2026-11-23\g<1>09:15:02", lines)


def pattern(shown):
    """Returns a regular expression for an output that a document shows. `…` in the document is any text."""
    return r"\A" + re.escape(without_times(shown)).replace("…", ".*") + r"\Z"


def run(script, folder, variables):
    """Runs a bash script. The script ends at the first command that fails."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=variables, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
    )


class Articles(unittest.TestCase):
    """Every code block with the language `sh` in an article runs. The blocks of an article run in order, in one folder."""

    @sqlite_only("the articles are about a ledger in a file")
    def test_the_commands_of_every_article_run(self):
        tested = []
        for document in ARTICLES:
            scripts = [block.text for block in blocks(document.read_text()) if block.language == "sh"]
            if not scripts:
                continue
            tested.append(document.stem)
            with self.subTest(article=document.stem), Server() as server, tempfile.TemporaryDirectory() as folder:
                os.symlink(ROOT / "tools", os.path.join(folder, "tools"))
                server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"})
                server.put(SIGNUP, LOYALTY, role="reader")
                wait_for_checkpoint(server)
                parts = []
                for number, script in enumerate(scripts, 1):
                    role = "admin" if script.startswith(AS_ADMIN) else "operator"
                    parts.append(f"echo '[block {number}]'\nexport REFLOG_TOKEN={server.tokens[role]}\n{script}")
                done = run("\n".join(parts), folder, environment(REFLOG_SERVER=server.url, REFLOG_DATABASE=server.database))
                self.assertEqual(done.returncode, 0, done.stdout)
        self.assertGreater(len(tested), 4)

    def test_the_example_for_microsofts_sdk_runs(self):
        (example,) = [block.text for block in blocks(article("Deployment")) if block.language == "python"]
        connector = graph_connector("Loyalty")
        with Graph() as graph, Server(graph=graph, SETTLE_WINDOW=1) as server:
            done = subprocess.run(
                [PYTHON, "-c", example.replace(NEW_VENDOR, connector)], capture_output=True, text=True, timeout=120,
                env=environment(REFLOG_SERVER=server.url, REFLOG_TOKEN=server.tokens["operator"]),
            )
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(graph.reference("b2xUserFlows/B2X_1_partner/postFederationSignup"), connector)


class Readme(unittest.TestCase):
    """The commands in the README do what the README describes.

    A script replaces `swift`. The script only prints the folder of the program that is already built.
    """

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="reflog-readme-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "swift").write_text(f'#!/bin/sh\ncase "$*" in *--show-bin-path*) echo "{BINARY.parent}" ;; esac\n')
        (programs / "swift").chmod(0o755)
        self.path = path(programs)

    def block(self, text):
        """Returns the block with the language `sh` that contains a text. Only one block may contain the text."""
        (found,) = [block.text for block in blocks(README.read_text()) if block.language == "sh" and text in block.text]
        return found

    @contextlib.contextmanager
    def serving(self, script, **variables):
        """Runs a script whose last command starts a server, and yields the server's URL."""
        port = Port()
        self.addCleanup(port.close)
        # `exec` replaces the shell with the server, so that the server gets the signal.
        script = script.replace("\nreflog serve", "\nexec reflog serve")
        self.assertIn("exec reflog serve", script)
        with open(self.folder / "log", "wb") as log:
            server = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment(PATH=self.path, REFLOG_PORT=str(port.number), **variables),
            )
        try:
            eventually(lambda: server.poll() is not None or self.is_ready(port.number))
            self.assertIsNone(server.poll(), (self.folder / "log").read_text())
            yield f"http://127.0.0.1:{port.number}"
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(timeout=120), 0)
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()

    def is_ready(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def test_the_programs_of_the_two_commands_exist(self):
        # Check only that these two programs exist. sidebyside.py already runs tools/start, and tools/test would run this test
        # again.
        for program in ("start", "test"):
            self.assertIn(f"\ntools/{program} ", README.read_text())
            self.assertTrue(os.access(ROOT / "tools" / program, os.X_OK))

    def test_the_commands_of_the_tour_have_the_shown_output(self):
        # The README shows the output of a command in a separate block, directly after the command.
        serve, listens, settings, *steps = blocks(section(README.read_text(), "## A tour in five minutes"))
        self.assertEqual([block.language for block in (serve, listens, settings, *steps)], ["sh", "text", "sh"] + ["sh", "text"] * 5)
        with self.serving(serve.text) as url:
            self.assertIn(listens.text.replace("http://127.0.0.1:8080", url), (self.folder / "log").read_text())
            lines = (self.folder / "reflog.sqlite.first-tokens").read_text().splitlines()
            token = dict(line.split() for line in lines)["operator"]
            # Replace the parts that a reader also replaces: the token, and the port if 8080 is in use.
            self.assertIn("reflog_…", settings.text)
            preparation = settings.text.replace("reflog_…", token).replace("http://127.0.0.1:8080", url)
            for command, shown in zip(steps[::2], steps[1::2], strict=True):
                with self.subTest(command=command.text):
                    done = run(preparation + command.text, self.folder, environment(PATH=self.path))
                    self.assertEqual(done.returncode, 0, done.stdout)
                    self.assertRegex(without_times(done.stdout), re.compile(pattern(shown.text), re.DOTALL))

    def test_the_commands_for_microsoft_graph_work(self):
        (self.folder / "secret").write_text(graph_secret() + "\n")
        connector = graph_connector("Loyalty")
        served = self.block("REFLOG_DIRECTORY=graph")
        for placeholder, value in (("TENANT_ID", TENANT), ("CLIENT_ID", "reflog"),
                                   ("/run/secrets/reflog", str(self.folder / "secret"))):
            self.assertIn(f"={placeholder}", served)
            served = served.replace(f"={placeholder}", f"={value}")
        with Graph() as graph, self.serving(served, REFLOG_GRAPH_URL=graph.url, REFLOG_GRAPH_LOGIN_URL=graph.url) as url:
            script = self.block("reflog token create").replace(NEW_VENDOR, connector)
            done = run(script, self.folder / "graph", environment(PATH=self.path, REFLOG_SERVER=url))
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("HTTP/1.1 204", done.stdout)
            self.assertEqual(graph.reference(SIGNUP), connector)
