import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import unittest.mock

from reflogserver import TENANT, Graph, Server, graph_secret, graph_connector

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
LOYALTY = graph_connector("Loyalty")
CREDENTIAL = {"GRAPH_CLIENT_ID": "reflog", "GRAPH_CLIENT_SECRET": "s"}


class Credentials(unittest.TestCase):
    """Reflog gets a token from the login endpoint with each kind of credential."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="reflog-credential-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.graph = self.enterContext(Graph())

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def login(self):
        return [event for event in self.graph.record if event["event"] == "login"][-1]

    def test_a_secret_in_a_file_is_read_again_when_it_changes(self):
        path = self.file("secret", "wrong\n")
        with Server(graph=self.graph, GRAPH_CLIENT_SECRET=None, GRAPH_CLIENT_SECRET_FILE=path) as server:
            wrong = server.put(SIGNUP, LOYALTY)
            self.file("secret", graph_secret() + "\n")
            right = server.put(SIGNUP, LOYALTY)
            self.assertNotIn("wrong", wrong.text + server.log)
        self.assertEqual((wrong.status, wrong.code, right.status), (503, "directoryUnavailable", 204))

    def test_a_federated_token_is_sent_to_the_login(self):
        path = self.file("token", "federated.token.here\n")
        server = Server(graph=self.graph, GRAPH_CLIENT_SECRET=None)
        others = server.variables | {"AZURE_FEDERATED_TOKEN_FILE": path}
        with unittest.mock.patch.object(Server, "variables", others), server:
            self.assertEqual(server.put(SIGNUP, LOYALTY).status, 204)
        self.assertEqual(self.login()["assertion"], "federated.token.here")

    def test_a_certificate_signs_a_valid_assertion(self):
        key, certificate = os.path.join(self.folder, "key.pem"), os.path.join(self.folder, "certificate.pem")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=reflog", "-days", "1", "-keyout", key,
                     "-out", certificate)
        both = self.file("both.pem", "".join(pathlib.Path(path).read_text() for path in (certificate, key)))
        with Server(graph=self.graph, GRAPH_CLIENT_SECRET=None, GRAPH_CLIENT_CERTIFICATE=both) as server:
            self.assertEqual(server.put(SIGNUP, LOYALTY).status, 204)

        header, claims, signature = self.login()["assertion"].split(".")
        decoded = [base64.urlsafe_b64decode(part + "==") for part in (header, claims, signature)]
        self.assertEqual(json.loads(decoded[0])["alg"], "PS256")
        der = self.openssl("x509", "-in", certificate, "-outform", "DER")
        digest = self.openssl("dgst", "-sha256", "-binary", input=der)
        self.assertEqual(json.loads(decoded[0])["x5t#S256"], base64.urlsafe_b64encode(digest).decode().rstrip("="))
        assertion = json.loads(decoded[1])
        self.assertEqual((assertion["iss"], assertion["sub"]), ("reflog", "reflog"))
        self.assertEqual(assertion["aud"], f"{self.graph.url}/{TENANT}/oauth2/v2.0/token")
        # OpenSSL verifies the signature.
        public = self.file("public.pem", self.openssl("x509", "-in", certificate, "-noout", "-pubkey").decode())
        signed = os.path.join(self.folder, "signature")
        with open(signed, "wb") as file:
            file.write(decoded[2])
        self.openssl("dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-verify", public,
                     "-signature", signed, input=f"{header}.{claims}".encode())

    def openssl(self, *arguments, input=None):
        return subprocess.run(["openssl", *arguments], input=input, capture_output=True, check=True).stdout


class InvalidSettings(unittest.TestCase):
    """Reflog does not start with invalid settings."""

    def refusal(self, **settings):
        with tempfile.TemporaryDirectory() as folder:
            variables = {"REFLOG_" + name: str(value) for name, value in settings.items()}
            path = os.path.join(folder, "x.sqlite")
            run = subprocess.run([Server().binary, "serve", "--port", "0", "--database", path], capture_output=True,
                                 text=True, env={"PATH": os.environ["PATH"]} | variables, timeout=120)
            self.assertFalse(os.path.exists(path), "a file was made")
            self.assertEqual(len(run.stderr.strip().splitlines()), 1, run.stderr)
            self.assertEqual(run.returncode, 64, run.stderr)
            return run.stderr

    def test_settings_that_cannot_work_stop_the_start_with_one_line(self):
        # The Swift tests of settings contain a table with the error message for each invalid setting.
        graph = {"DIRECTORY": "graph", "GRAPH_TENANT": TENANT}
        for text, settings in (
            ("No directory is set. Use --directory graph, or --directory embedded to try Reflog.", {}),
            ("/nowhere can't be read", graph | {"GRAPH_CLIENT_ID": "x", "GRAPH_CLIENT_CERTIFICATE": "/nowhere"}),
            ("https", graph | CREDENTIAL | {"GRAPH_URL": "http://graph.example"}),
            ("wrong type", graph | CREDENTIAL | {"SETTLE_WINDOW": "long"}),
            ("REFLOG_GRAPH_SECRET", graph | CREDENTIAL | {"GRAPH_SECRET": "x"}),
        ):
            with self.subTest(settings):
                self.assertIn(text, self.refusal(**settings))

    def test_a_ledger_of_another_directory_is_not_served(self):
        with Server() as server:
            server.stop()
            run = subprocess.run(
                [server.binary, "serve", "--port", "0", "--database", server.database], capture_output=True, text=True,
                env=server.environment() | {"REFLOG_DIRECTORY": "graph", "REFLOG_GRAPH_TENANT": TENANT,
                                            "REFLOG_GRAPH_CLIENT_ID": "x", "REFLOG_GRAPH_CLIENT_SECRET": "y",
                                            "REFLOG_ACCEPT_NO_STANDBY": "true"}, timeout=120)
            self.assertEqual(run.returncode, 1)
            self.assertIn("serves the embedded directory", run.stderr)
