import contextlib
import http.server
import json
import os
import pathlib
import subprocess
import threading
import unittest
import unittest.mock

from openidprovider import AUDIENCE, CLIENT_SECRET, OpenIDProvider
from reflogserver import NEW_VENDOR, TENANT, Graph, Server, graph_connector, graph_secret
from testparts import apart, sqlite_only

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
STATUS = "/beta/reflog/status"
CLIENT = "77d8c1f2-9a0b-4c3d-8e5f-6a7b8c9d0e1f"
UTF16 = "it is UTF-16 text; save it as UTF-8."


class Peer:
    """An HTTP server on loopback that records each request, and sends the answer that the function `answer(handler, body)`
    returns.

    The answer is a status, a dictionary of headers and a body.
    """

    def __init__(self, answer):
        self.requests = []
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                peer.requests.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = answer(self, body)
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(content)), "Content-Type": "application/json"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def trap():
    """Returns a server that must not receive a request."""
    return Peer(lambda *_: (200, {}, b'{"access_token":"x","expires_in":3600,"value":[],"keys":[]}'))


def redirect_to(target, status=307):
    """Returns a server that redirects every request to the same path of another server."""
    return Peer(lambda handler, _: (status, {"Location": target.url + handler.path}, b""))


@apart(seconds=10, cores=0.6)
class Redirects(unittest.TestCase):
    """No client follows a redirect, because the other server must not get a token or a secret."""

    def test_no_command_follows_a_redirect(self):
        for status in (301, 302, 303, 307, 308):
            with trap() as other, redirect_to(other, status) as front:
                environment = os.environ | {"REFLOG_TOKEN": "canary-token"}
                for command in (["history"], ["export"], ["set", SIGNUP, NEW_VENDOR], ["rollback", "1"], ["backup", "x"]):
                    done = subprocess.run([Server().binary, *command, "--server", front.url], capture_output=True, text=True,
                                          env=environment, timeout=60)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(f"reflog: {front.url} redirects to {other.url}/", done.stderr)
                    self.assertNotIn("canary", done.stderr)
                self.assertEqual(other.requests, [])
                self.assertEqual(len(front.requests), 5)

    def test_neither_the_login_nor_graph_can_redirect_a_secret_or_a_token(self):
        token = json.dumps({"access_token": "canary-graph", "expires_in": 3600}).encode()
        with trap() as other, redirect_to(other) as front:
            is_login = lambda handler: handler.path.endswith("/token")
            with Peer(lambda handler, _: (200, {}, token) if is_login(handler)
                      else (307, {"Location": other.url + handler.path}, b"")) as graph:
                for login in (front, graph):
                    settings = {"DIRECTORY": "graph", "GRAPH_URL": graph.url, "GRAPH_LOGIN_URL": login.url, "SAMPLE": None,
                                "GRAPH_TENANT": TENANT, "GRAPH_CLIENT_ID": "reflog", "GRAPH_CLIENT_SECRET": "canary-secret"}
                    with Server(**settings) as server:
                        answer = server.put(SIGNUP, NEW_VENDOR)
                        self.assertEqual((answer.status, answer.code), (503, "directoryUnavailable"))
                        self.assertNotIn("canary", server.log)
            self.assertIn(b"canary-secret", front.requests[0][3])
            self.assertEqual(other.requests, [])

    def test_no_document_and_no_code_of_an_openid_provider_is_redirected(self):
        with trap() as other, OpenIDProvider() as provider:
            for path in ("/.well-known/openid-configuration", "/keys"):
                def answer(handler, _):
                    if handler.path == path:
                        return 307, {"Location": other.url + handler.path}, b""
                    document = {"issuer": front.url, "jwks_uri": front.url + "/keys"}
                    return 200, {}, json.dumps(document).encode()
                with Peer(answer) as front, Server(AUTH_MODE="token,entra", ENTRA_ISSUER=front.url, ENTRA_AUDIENCE=AUDIENCE) as server:
                    server.tokens["entra"] = provider.token(provider.claims(["Reflog.Read"], iss=front.url))
                    self.assertEqual(server.request("GET", STATUS, role="entra").status, 503)
                    self.assertIn("Reflog does not follow a redirect", server.log)
            self.assertEqual(other.requests, [])

    def test_the_token_endpoint_cannot_redirect_the_client_secret(self):
        from browser import Browser
        with trap() as other:
            def answer(handler, _):
                if handler.path == "/token":
                    return 307, {"Location": other.url + "/token"}, b""
                return 200, {}, json.dumps({"issuer": front.url, "jwks_uri": front.url + "/keys", "token_endpoint": front.url + "/token",
                                            "authorization_endpoint": front.url + "/authorize"}).encode()
            with Peer(answer) as front:
                server = Server(AUTH_MODE="token,entra", ENTRA_ISSUER=front.url, ENTRA_AUDIENCE=AUDIENCE, ENTRA_CLIENT_ID=CLIENT,
                                ENTRA_CLIENT_SECRET=CLIENT_SECRET)
                server.settings["PUBLIC_URL"] = f"http://127.0.0.1:{server.port}"
                with server:
                    browser = Browser(server)
                    location = browser.send("GET", "/sign-in/entra").headers["location"]
                    state = dict(part.split("=") for part in location.split("?")[1].split("&"))["state"]
                    self.assertEqual(browser.send("GET", f"/sign-in/entra/return?code=x&state={state}").status, 503)
                    self.assertNotIn(CLIENT_SECRET, server.log)
            self.assertEqual(other.requests, [])


@apart(seconds=10, cores=0.6)
class Files(unittest.TestCase):
    """Tests of the permissions, the byte order marks and the encodings of files with secrets."""

    def file(self, folder, name, content, mode=0o600):
        path = pathlib.Path(folder, name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return str(path)

    def refusal(self, server, **settings):
        """Starts a server that must refuse to start. Returns the message of the server."""
        variables = server.variables | {"REFLOG_" + name: value for name, value in settings.items()}
        done = subprocess.run([server.binary, "serve", "--port", "0", "--database", server.database], capture_output=True, text=True,
                              env=server.environment() | variables, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    @sqlite_only("the tokens are in the database")
    def test_a_file_of_reflog_that_other_users_can_access_stops_the_start(self):
        with Server() as server:
            server.put(SIGNUP, NEW_VENDOR)
            server.stop()
            for suffix in (".key", ".tokens", ".first-tokens"):
                path = server.files + suffix
                for mode in (0o640, 0o604, 0o620, 0o602):
                    os.chmod(path, mode)
                    message = self.refusal(server)
                    self.assertRegex(message, rf"reflog: .*{path} can't be used: other users .*chmod 600\.\n")
                    self.assertEqual(message.count("\n"), 1, message)
                os.chmod(path, 0o600)
            server.start()
            self.assertEqual(server.put(SIGNUP, None).status, 204)

    def test_a_secret_file_that_other_users_can_read_causes_a_warning(self):
        with Graph() as graph:
            server = Server(graph=graph, GRAPH_CLIENT_SECRET=None)
            path = self.file(server.folder, "secret", graph_secret(), 0o644)
            server.settings["GRAPH_CLIENT_SECRET_FILE"] = path
            with server:
                warning = (f"Every user of this machine can read the secret in {path} (REFLOG_GRAPH_CLIENT_SECRET_FILE). Remove this "
                           "permission with chmod o-r.")
                self.assertEqual(server.request("GET", STATUS).json["warnings"], [warning])
                shown = server.command("status", "--server", server.url, role="reader").stdout
                self.assertIn(f"warnings               {warning}\n", shown)
                self.assertIn(f" warning reflog: [reflog] {warning}\n", server.log)
                os.chmod(path, 0o640)
                self.assertEqual(server.request("GET", STATUS).json["warnings"], [])
                self.assertIn("warnings               none\n", server.command("status", "--server", server.url, role="reader").stdout)

    def test_byte_order_marks_and_windows_line_breaks_are_ignored_and_utf_16_is_refused(self):
        with Graph() as graph:
            server = Server(graph=graph, GRAPH_CLIENT_SECRET=None)
            with contextlib.ExitStack() as stack:
                stack.callback(server.__exit__)
                secret = self.file(server.folder, "secret", b"\xef\xbb\xbf" + graph_secret().encode() + b"\r\n")
                server.settings["GRAPH_CLIENT_SECRET_FILE"] = secret
                server.start()
                self.assertEqual(server.put(SIGNUP, graph_connector("Loyalty")).status, 204)
                server.stop()
                self.file(server.folder, "secret", graph_secret().encode("utf-16"))
                self.assertEqual(self.refusal(server), f"reflog: The credential file {secret} can't be read: {UTF16}\n")
                del server.settings["GRAPH_CLIENT_SECRET_FILE"]

                key = pathlib.Path(server.files + ".key")
                text = key.read_bytes()
                key.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
                server.settings["GRAPH_CLIENT_SECRET"] = "\ufeff" + graph_secret() + "\r\n"
                server.settings["GRAPH_TIMEOUT"] = "5\r"
                server.start()
                self.assertEqual(server.put(SIGNUP, None).status, 204)
                server.stop()
                key.write_bytes(text.decode().encode("utf-16"))
                self.assertEqual(self.refusal(server), f"reflog: The signing key {key} can't be used: {UTF16}\n")

    def test_a_configuration_file_can_have_a_byte_order_mark(self):
        with Server() as server:
            server.stop()
            config = json.dumps({"directory": "embedded", "port": 0, "entraClientSecret": "x"}).replace(",", ",\r\n")
            path = self.file(server.folder, "config.json", "\ufeff" + config, 0o644)
            done = subprocess.run([server.binary, "serve", "--config", path], capture_output=True, text=True, timeout=60,
                                  env=server.environment())
            self.assertIn("Sign-in with Entra needs", done.stderr)
            self.file(server.folder, "config.json", config.encode("utf-16"))
            done = subprocess.run([server.binary, "serve", "--config", path], capture_output=True, text=True, timeout=60,
                                  env=server.environment())
            self.assertEqual(done.stderr, f"reflog: The configuration file {path} is not JSON: it is UTF-16 text; save it as UTF-8 at "
                                          "byte 0.\n")

    def test_tls_files_can_come_from_windows(self):
        with Server() as server:
            server.stop()
            key, certificate = (os.path.join(server.folder, name) for name in ("key.pem", "certificate.pem"))
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1", "-keyout",
                            key, "-out", certificate], check=True, capture_output=True)
            for path in (key, certificate):
                text = pathlib.Path(path).read_bytes()
                pathlib.Path(path).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
            with open(os.path.join(server.folder, "tls.log"), "wb") as log:
                process = subprocess.Popen([server.binary, "serve", "--port", "0", "--database", server.database], stderr=log,
                                           env=server.environment() | server.variables | {
                                               "REFLOG_TLS_KEY": key, "REFLOG_TLS_CERTIFICATE": certificate})
            try:
                text = lambda: pathlib.Path(server.folder, "tls.log").read_text()
                for _ in range(600):
                    if "listens on https" in text() or process.poll() is not None:
                        break
                    threading.Event().wait(0.05)
                self.assertIn("listens on https", text())
            finally:
                process.kill()
                process.wait()
            pathlib.Path(key).write_bytes(pathlib.Path(key).read_text("utf-8-sig").encode("utf-16"))
            self.assertIn(f"can't be read: {UTF16}", self.refusal(server, TLS_KEY=key, TLS_CERTIFICATE=certificate))

    def test_a_token_with_a_line_break_works_and_a_token_with_other_characters_is_refused(self):
        with Server() as server:
            token = server.tokens["operator"]
            for text, code in ((token + "\r", 0), ("\ufeff" + token + "\r\n", 0), (token + " x", 64), ("", 64), ("tökén", 64)):
                done = subprocess.run([server.binary, "set", SIGNUP, "--none"], capture_output=True, text=True, timeout=60,
                                      env=server.environment("operator") | {"REFLOG_TOKEN": text})
                self.assertEqual(done.returncode, code, done.stderr)
                if code:
                    self.assertIn("REFLOG_TOKEN is not a token", done.stderr)
                    self.assertIn("Nothing was sent", done.stderr)


class Destinations(unittest.TestCase):
    def test_a_token_is_sent_only_over_tls_or_to_this_machine(self):
        with Server() as server:
            environment = server.environment("operator")
            local = server.url.replace("127.0.0.1", "LOCALHOST")
            for url, settings, code, text in (
                    (local, {}, 0, ""), (server.url.replace("http", "HTTP"), {}, 0, ""),
                    ("http://reflog.invalid:1", {}, 64, "in clear text over the network"),
                    ("http://reflog.invalid:1", {"REFLOG_PLAIN_HTTP": "true"}, 75, "can't be reached"),
                    ("http://127.0.0.1.reflog.invalid:1", {}, 64, "in clear text over the network"),
                    (f"http://localhost:x@127.0.0.1:{server.port}", {}, 64, ""),
                    (f"http://localhost@127.0.0.1:{server.port}", {}, 64, "contains a user"),
                    ("https://reflog.invalid:1", {}, 75, "can't be reached")):
                done = subprocess.run([server.binary, "history", "--server", url], capture_output=True, text=True, timeout=60,
                                      env=environment | settings)
                self.assertEqual((done.returncode, text in done.stderr), (code, True), (url, done.stderr))

    def test_no_message_contains_the_password_of_a_url(self):
        server = Server()
        self.addCleanup(server.__exit__)
        for url in ("http://ada:s3cret@127.0.0.1:1", "https://ada:s3cret@reflog.invalid:1", "ftp://ada:s3cret@127.0.0.1",
                    "ada:s3cret@127.0.0.1", "http:/ada:s3cret@127.0.0.1"):
            for arguments, variables in ((["--server", url], {}), ([], {"REFLOG_SERVER": url})):
                for token in ({}, {"REFLOG_TOKEN": "reflog_x"}):
                    for verb in (["history"], ["status"], ["verify"], ["set", SIGNUP, "--none"], ["backup", os.path.join(server.folder, "x")]):
                        done = subprocess.run([server.binary, *verb, *arguments], capture_output=True, text=True, timeout=60,
                                              env=server.environment() | variables | token)
                        self.assertEqual(done.returncode, 64, (verb, url, done.stderr))
                        self.assertNotIn("s3cret", done.stdout + done.stderr)

    def test_no_message_contains_the_password_of_a_database(self):
        server = Server()
        self.addCleanup(server.__exit__)
        for text in ("postgresql://ada:s3cret@reflog.invalid/db", "mysql://ada:s3cret@reflog.invalid/db",
                     "postgresql:ada:s3cret@reflog.invalid", "host=reflog.invalid password=s3cret",
                     "password = s3cret sslmode = disable", "sslmode=disable sslpassword='s3cret'"):
            for arguments in (["history", "--database", text], ["verify", "--database", text], ["compact", "--database", text],
                              ["export", "--database", text], ["migrate-ledger", text, os.path.join(server.folder, "x")],
                              ["serve", "--directory", "embedded", "--port", "0", "--database", text]):
                done = subprocess.run([server.binary, *arguments], capture_output=True, text=True, timeout=60, cwd=server.folder,
                                      env=server.environment())
                self.assertNotEqual(done.returncode, 0, arguments)
                self.assertNotIn("s3cret", done.stdout + done.stderr, arguments)
        self.assertEqual([name for name in os.listdir(server.folder) if "s3cret" in name], [])

    def test_settings_with_urls_must_be_secure(self):
        server = Server()
        self.addCleanup(server.__exit__)
        for url in ("http://localhost:x@login.example", "http://127.0.0.1.evil", "http://a.example", "https://user@a.example",
                    "https://a.example?x", r"https:\\a.example"):
            for setting in ("GRAPH_URL", "GRAPH_LOGIN_URL", "ENTRA_ISSUER", "ENTRA_JWKS_URL"):
                variables = {"DIRECTORY": "graph", "GRAPH_TENANT": TENANT, "GRAPH_CLIENT_ID": "r", "GRAPH_CLIENT_SECRET": "s",
                             "AUTH_MODE": "entra", "ENTRA_AUDIENCE": AUDIENCE, "ENTRA_ISSUER": "https://issuer.example", setting: url}
                done = subprocess.run([server.binary, "serve", "--port", "0", "--database", server.database], capture_output=True,
                                      text=True, timeout=60,
                                      env=server.environment() | {"REFLOG_" + name: value for name, value in variables.items()})
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn(f"REFLOG_{setting} must be an https URL", done.stderr)
