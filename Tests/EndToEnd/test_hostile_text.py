import http.server
import json
import re
import subprocess
import threading
import unicodedata
import unittest

from reflogserver import NEW_VENDOR, TENANT, Server, ServerTestCase

REF = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"

# A log line that only the server itself may write.
FORGED = "2026-11-28T14:14:09+0000 info reflog: checkpoint=forged [ReflogService] checkpoint"
HOSTILE = "\x1b[2J\nreflog: forged \x9b31m"


def hidden(text):
    """Returns the characters in a text with which it could control a terminal. Line feeds are left out."""
    return [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") and letter != "\n"]


class HostileText(ServerTestCase):
    """A text from an attacker can't hide or forge a part of Reflog's output."""

    def test_a_combining_mark_does_not_expose_the_query_of_a_url(self):
        for url in ("https://api.contoso.example/x?\u0301code=canary-1", "https://api.contoso.example/x#canary-1"):
            body = {"displayName": "Canary", "targetUrl": url, "authenticationConfiguration":
                    {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"}}
            self.server.request("POST", "/beta/identity/apiConnectors", body)
        body["targetUrl"] = "https://user:canary-1@api.contoso.example/x"
        self.assertEqual(self.server.request("POST", "/beta/identity/apiConnectors", body).status, 400)
        self.assertNotIn("canary-1", json.dumps(self.server.history()))

    def test_a_request_cannot_forge_a_line_of_the_log(self):
        self.server.request("GET", "/beta/auditLogs/connectorChanges?x%0Aforged-line%1b[31m=1")
        self.assertFalse([line for line in self.server.log.splitlines() if line.startswith("forged-line")])
        self.assertNotIn("\x1b", self.server.log)

    def test_a_body_with_very_many_members_is_refused(self):
        body = "{" + ",".join(f'"m{number}":1' for number in range(6000)) + "}"
        answer = self.server.request("PUT", REF, raw=body)
        self.assertEqual((answer.status, answer.code), (400, "badRequest"))

    def test_an_answer_contains_the_ids_of_all_changes_of_its_request(self):
        reference = {"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{NEW_VENDOR}"}
        answer = self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": "B2C_1_several", "userFlowType": "signUp", "userFlowTypeVersion": 3,
            "apiConnectorConfiguration": {"postFederationSignup": reference, "PostAttributeCollection": {"Id": NEW_VENDOR}},
        })
        self.assertEqual(answer.status, 201)
        self.assertEqual(len(answer.change.split(", ")), 2)
        strict = {"id": "B2C_1_strict", "apiConnectorConfiguration": {"postFederationSignup": reference | {"zz": 1}}}
        self.assertEqual(self.server.request("POST", "/beta/identity/b2cUserFlows", strict).status, 400)
        patch = self.server.request("PATCH", "/beta/identity/b2cUserFlows/B2C_1_several", {"userFlowType": "signIn"})
        self.assertEqual(patch.status, 400)

    def test_no_message_of_the_command_line_controls_the_terminal(self):
        for hostile in ("\x1b[2J\x9b31m\x7f", "a\u202eb\u200b\u2028", "a\nreflog: forged"):
            for arguments in (("set", "b2cUserFlows", hostile, "postFederationSignup", "--none"), ("set", hostile, "--none"),
                              ("show", hostile), (hostile,), (f"--{hostile}",), ("history", "--filter", hostile + " eq 1"),
                              ("history", "--server", "http://127.0.0.1:1/" + hostile), ("history", "--since", hostile),
                              ("history", f"--since={hostile}"), ("history", "--step", hostile + "/a/b/c"),
                              ("history", "--database", hostile), ("rollback", "--step", f"b2cUserFlows/{hostile}X/y"),
                              ("token", "revoke", hostile, "--database", self.server.database), ("history", "--result", hostile),
                              ("serve", "--directory", hostile), ("serve", "--config", hostile), ("backup", hostile + "/x"),
                              ("verify", "--database", hostile), ("export", "--output", hostile + "/x")):
                done = self.server.command(*arguments, role="operator")
                self.assertNotEqual(done.returncode, 0, arguments)
                self.assertEqual(hidden(done.stderr + done.stdout), [], arguments)
                self.assertFalse([line for line in done.stderr.splitlines() if line.startswith("reflog: forged")], arguments)


class HostilePeer(http.server.BaseHTTPRequestHandler):
    """Answers every request with the status and the JSON body that `answer` returns."""

    protocol_version = "HTTP/1.1"

    def handle_any(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.answer()
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 302:
            self.send_header("Location", "http://a.example/\x9b31m")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = handle_any

    def log_message(self, *_):
        pass

    @classmethod
    def start(cls, case):
        """Starts a server that stops at the end of a test, and returns the server's URL."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), cls)
        case.addCleanup(server.server_close)
        case.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"


class HostileGraph(HostilePeer):
    def answer(self):
        if self.path.endswith("/token"):
            return 200, {"access_token": "x", "expires_in": 3600}
        if self.command == "PUT":
            return 400, {"error": {"code": "Bad\n" + FORGED, "message": "\x1b[2J\x9bhello\n" + FORGED + "x" * 9000}}
        return 200, {"postFederationSignup": None, "value": []}


class HostileServer(HostilePeer):
    def answer(self):
        status = 302 if "onfigurations" in self.path else 400 if self.command == "PUT" else 200
        item = {"id": HOSTILE, "reason": HOSTILE, "kind": HOSTILE, "result": HOSTILE, "activityDateTime": HOSTILE,
                "before": {"state": "connector", "displayName": HOSTILE}, "after": {"state": HOSTILE},
                "flowType": HOSTILE, "flowId": HOSTILE, "step": HOSTILE}
        return status, {"value": [item], "error": {"code": HOSTILE, "message": HOSTILE}, "directory": HOSTILE} | item


class HostileAnswers(unittest.TestCase):
    """Texts that a directory sends to Reflog, or that a server sends to the command line, can't forge lines in the server's
    log, control a terminal, or alter the history."""

    def test_the_text_of_a_directorys_error_is_shown_on_one_line_and_recorded_with_a_limit(self):
        url = HostileGraph.start(self)
        server = self.enterContext(Server(DIRECTORY="graph", SAMPLE=None, GRAPH_URL=url, GRAPH_LOGIN_URL=url, GRAPH_TENANT=TENANT,
                                          GRAPH_CLIENT_ID="reflog", GRAPH_CLIENT_SECRET="s"))
        done = server.command("set", "B2C_1_signup/postFederationSignup", NEW_VENDOR, role="operator")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        self.assertIn("hello", done.stderr)
        self.assertEqual(hidden(done.stderr + server.log), [])
        lines = [line for line in server.log.splitlines() if "checkpoint=" in line]
        self.assertFalse([line for line in lines if line.startswith(FORGED)])
        # A program that reads the log skips the text in quotes.
        values = [re.findall(r' (\S+?)=(".*?"|\S+)', line.split(" [ReflogHTTP] ", 1)[0]) for line in lines]
        self.assertFalse([line for line in values if ("checkpoint", "forged") in line])
        refused = next(line for line in server.log.splitlines() if "request refused" in line)
        self.assertIn(f'code="Bad\ufffd{FORGED}"', refused)
        status = server.history()[-1]["status"]
        self.assertLess(len(status["message"]), 4200)
        self.assertIn("\x1b[2J", status["message"])
        self.assertEqual(hidden(server.command("show", "1", "--database", server.database).stdout), [])

    def test_no_answer_of_a_server_controls_the_terminal(self):
        url = HostileServer.start(self)
        server = Server()
        self.addCleanup(server.__exit__)
        for command in (["history"], ["show", "1"], ["status"], ["config"], ["set", "B2C_1_a/preTokenIssuance", "--none"]):
            done = subprocess.run([server.binary, *command, "--server", url], capture_output=True, text=True, timeout=60,
                                  env=server.environment() | {"REFLOG_TOKEN": "x"})
            self.assertRegex(done.stdout + done.stderr, "\ufffd" + r"\[2J|redirects to http://a.example/" + "\ufffd")
            self.assertEqual(hidden(done.stderr + done.stdout), [], command)
            self.assertFalse([line for line in (done.stderr + done.stdout).splitlines() if line.startswith("reflog: forged")])
