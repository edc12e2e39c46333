import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from forger import Forger, seed_of
from ledgerfile import triggers_dropped
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, eventually
from testparts import apart, sqlite_only

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CHANGES = "/beta/auditLogs/connectorChanges"


def connections(port):
    """Returns the remote addresses of the open connections to a local port."""
    found = []
    with open("/proc/net/tcp") as lines:
        for line in list(lines)[1:]:
            local, remote, state = line.split()[1:4]
            if int(local.split(":")[1], 16) == port and state == "01":
                found.append("127.0.0.1:" + str(int(remote.split(":")[1], 16)))
    return found


class TLSServer(Server):
    """A server with TLS. The test also checks over TLS whether the server is ready."""

    def is_ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def get(self, path):
        return self.send("GET", path)[:2]

    def send(self, method, path, body=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", body, method=method,
                                         headers={"Authorization": "Bearer " + self.tokens.get("operator", "")})
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.status, answer.read().decode(), answer.headers

    def handshake(self, version, ciphers=None):
        """Returns the cipher suite of a connection with this version of TLS, or None if the server accepts no suite."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            try:
                with context.wrap_socket(plain) as connection:
                    return connection.cipher()[0]
            except ssl.SSLError:
                return None

    def certificate(self):
        return ssl.get_server_certificate(("127.0.0.1", self.port))


@apart(seconds=16)
class TLS(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="reflog-tls-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.key, self.certificate = os.path.join(self.folder, "key.pem"), os.path.join(self.folder, "certificate.pem")
        self.make()

    def make(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
                        "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)

    def test_the_server_uses_tls_1_2_or_later_and_its_links_are_https(self):
        with TLSServer(TLS_CERTIFICATE=self.certificate, TLS_KEY=self.key) as server:
            self.assertIn(f'"@odata.context":"https://127.0.0.1:{server.port}/beta', server.get(CHANGES)[1])
            self.assertIsNone(server.handshake(ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"))
            self.assertIsNotNone(server.handshake(ssl.TLSVersion.TLSv1_3))
            for suite in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
                self.assertEqual(server.handshake(ssl.TLSVersion.TLSv1_2, suite), suite)
            # The server must refuse these suites. A key exchange with RSA has no forward secrecy, and CBC has known attacks.
            for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "ECDHE-RSA-AES128-SHA",
                          "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256", "kRSA", "SHA1"):
                self.assertIsNone(server.handshake(ssl.TLSVersion.TLSv1_2, suite + ":@SECLEVEL=0"), suite)

    def test_every_answer_over_tls_requires_tls_for_later_requests(self):
        with TLSServer(TLS_CERTIFICATE=self.certificate, TLS_KEY=self.key) as server:
            for path in ("/livez", "/sign-in", CHANGES, CHANGES + "?$format=csv", "/checkpoint"):
                self.assertEqual(server.send("GET", path)[2]["Strict-Transport-Security"], "max-age=31536000", path)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                server.get("/beta/nothing")
            self.assertEqual(refused.exception.headers["Strict-Transport-Security"], "max-age=31536000")
            path = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
            self.assertEqual(server.send("PUT", path, b"{}")[0], 204)

    def test_a_certificate_that_changes_is_read_again(self):
        with TLSServer(TLS_CERTIFICATE=self.certificate, TLS_KEY=self.key) as server:
            first = server.certificate()
            self.make()
            eventually(lambda: server.certificate() != first)
            self.assertEqual(server.get("/livez")[0], 200)

    def test_a_certificate_is_read_again_after_sighup(self):
        with TLSServer(TLS_CERTIFICATE=self.certificate, TLS_KEY=self.key) as server:
            first = server.certificate()
            self.make()
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: "read the certificate and the log level again" in server.log)
            self.assertNotEqual(server.certificate(), first)

    def test_an_invalid_key_stops_the_start_and_is_not_printed(self):
        with open(self.key, "w") as file:
            file.write("no key at all, canary-secret")
        server = Server(TLS_CERTIFICATE=self.certificate, TLS_KEY=self.key)
        run = subprocess.run([server.binary, "serve", "--port", "0", "--database", self.folder + "/x"], capture_output=True,
                             text=True, env=server.environment() | server.variables, timeout=120)
        self.assertEqual(run.returncode, 64)
        self.assertIn("the key must belong to the certificate", run.stderr)
        self.assertNotIn("canary", run.stderr)


class Proxies(unittest.TestCase):
    """Reflog uses a proxy's headers only if the proxy is trusted."""

    def address(self, server, **headers):
        answer = server.put(STEP, None, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return server.request("GET", f"{CHANGES}/{answer.change}").json["initiatedBy"]["ipAddress"]

    def test_no_proxy_is_trusted_by_default(self):
        with Server() as server:
            self.assertEqual(self.address(server, X_Forwarded_For="203.0.113.9"), "127.0.0.1")
            self.assertEqual(self.address(server, Forwarded="for=203.0.113.9"), "127.0.0.1")

    def test_a_trusted_proxy_names_the_client_and_a_client_cannot_forge_its_address(self):
        with Server(TRUSTED_PROXIES="127.0.0.0/8,10.0.0.0/8", PUBLIC_URL="https://reflog.contoso.example") as server:
            self.assertEqual(self.address(server, X_Forwarded_For="203.0.113.9"), "203.0.113.9")
            # Reflog ignores the first address, because a client could forge it. The trusted proxies added the other addresses.
            self.assertEqual(self.address(server, X_Forwarded_For="1.1.1.1, 203.0.113.9, 10.1.2.3"), "203.0.113.9")
            self.assertEqual(self.address(server, Forwarded='for=1.1.1.1, for="[2001:db8::7]:4711";proto=https'), "2001:db8::7")
            self.assertEqual(self.address(server, X_Forwarded_For="nonsense, 203.0.113.9"), "203.0.113.9")
            for lie in ({"X_Forwarded_For": "<script>"}, {"Forwarded": "for=6.6.6.6, for=unknown"},
                        {"X_Forwarded_For": "6.6.6.6, fe80::1%eth0"}, {"X_Forwarded_For": "6.6.6.6,"},
                        {"X_Forwarded_For": "203.0.113.9", "Forwarded": "for=6.6.6.6"}):
                self.assertEqual(self.address(server, **lie), "127.0.0.1", lie)
            self.assertEqual(self.address(server, X_Forwarded_For="6.6.6.6, unknown, 10.1.2.3"), "10.1.2.3")
            page = server.request("GET", CHANGES + "?$top=1").json
            self.assertTrue(page["@odata.nextLink"].startswith("https://reflog.contoso.example/beta/"))
            own = server.put(STEP, NEW_VENDOR).status, server.request(
                "PUT", f"/beta/identity/{STEP.rsplit('/', 1)[0]}/apiConnectorConfiguration/postFederationSignup/$ref",
                {"@odata.id": f"https://reflog.contoso.example/beta/identity/apiConnectors/{NEW_VENDOR}"}).status
            self.assertEqual(own, (204, 204))


    def test_every_link_has_the_scheme_and_the_host_of_the_client(self):
        flow = "/beta/identity/b2cUserFlows/B2C_1_signup"
        for headers in ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "reflog.example"},
                        {"X-Forwarded-Proto": "https", "Host": "reflog.example"},
                        {"Forwarded": "for=203.0.113.7;proto=https;host=reflog.example"}):
            with Server(TRUSTED_PROXIES="127.0.0.1") as server:
                server.put(STEP, FRAUD_CHECK)
                server.put(STEP, NEW_VENDOR)

                def ask(method, path, body=None, role="operator"):
                    answer = server.request(method, path, body, role, headers)
                    self.assertIn(answer.status, (200, 201, 202, 303), (method, path, answer.text))
                    self.assertEqual(answer.headers["strict-transport-security"], "max-age=31536000")
                    return answer
                asOf = server.history()[0]["activityDateTime"]
                links = {
                    "nextLink": ask("GET", CHANGES + "?$top=1").json["@odata.nextLink"],
                    "context": ask("GET", CHANGES).json["@odata.context"],
                    "events": ask("GET", "/beta/auditLogs/serviceEvents?$top=1").json["@odata.nextLink"],
                    "id": ask("GET", flow + "/apiConnectorConfiguration/postFederationSignup/$ref").json["@odata.id"],
                    "connectors": ask("GET", "/beta/identity/apiConnectors").json["@odata.context"],
                    "location of a rollback": ask("POST", "/beta/auditLogs/connectorConfigurations/rollback",
                                                  {"asOf": asOf, "reason": "x"}).headers["location"],
                    "manifest": ask("GET", CHANGES + "?$format=csv&manifest=true").headers["reflog-manifest"],
                    "openapi": ask("GET", "/openapi.json").json["servers"][0]["url"] + "/",
                    "new flow": ask("POST", "/beta/identity/b2cUserFlows", {
                        "id": "another", "userFlowType": "signUp", "userFlowTypeVersion": 3}).headers["location"],
                }
                for name, link in links.items():
                    self.assertTrue(link.startswith("https://reflog.example/"), (name, link))
                # The URL of a redirect contains no host, so the browser sends the next request to the same host. The cookie is
                # `Secure`, so the browser sends it only over TLS.
                self.assertTrue(ask("GET", "/").headers["location"].startswith("/sign-in?"))
                signed_in = server.request("POST", "/sign-in", role=None, raw="token=" + server.tokens["reader"], headers={
                    **headers, "Content-Type": "application/x-www-form-urlencoded"})
                self.assertRegex(signed_in.headers["set-cookie"], r"^__Host-reflog_session=.*; Secure")

    def test_forwarding_headers_that_cannot_be_read_are_counted(self):
        with Server(TRUSTED_PROXIES="127.0.0.1") as server:
            def count():
                return int(server.request("GET", "/metrics").text.split("\nreflog_unreadable_forwarding_total ")[1].split()[0])
            self.assertEqual(count(), 0)
            self.assertEqual(self.address(server, Forwarded="x"), "127.0.0.1")
            self.assertEqual(self.address(server, Forwarded="x", X_Forwarded_For="203.0.113.9"), "203.0.113.9")
            self.assertEqual(self.address(server, Forwarded="for=1.1.1.1", X_Forwarded_For="203.0.113.9"), "127.0.0.1")
            self.assertEqual(self.address(server, X_Forwarded_For="203.0.113.9"), "203.0.113.9")
            self.assertEqual(self.address(server, X_Forwarded_For="2001:DB8:0:0:0:0:0:7"), "2001:db8::7")
            self.assertEqual(count(), 3)
        with Server() as server:
            self.assertEqual(self.address(server, Forwarded="x"), "127.0.0.1")
            self.assertIn("\nreflog_unreadable_forwarding_total 0\n", server.request("GET", "/metrics").text)

    def test_a_connection_to_an_ipv6_listener_has_its_ipv4_address(self):
        with Server(HOST="::", PLAIN_HTTP="true") as server:
            self.assertEqual(self.address(server), "127.0.0.1")


class Reasons(unittest.TestCase):
    def test_every_change_needs_a_reason_that_matches(self):
        with Server(REQUIRE_REASON="(CHG|INC)[0-9]{4,}") as server:
            for headers in ({}, {"Reflog-Reason": "because"}, {"Reflog-Reason": "CHG0042%20and%20more"}):
                answer = server.put(STEP, None, headers=headers)
                self.assertEqual((answer.status, answer.code), (400, "badRequest"))
                self.assertIn("(CHG|INC)[0-9]{4,}", answer.json["error"]["message"])
            self.assertEqual(server.history(), [])
            change = server.put(STEP, None, headers={"Reflog-Reason": "CHG0042"}).change
            path = f"{CHANGES}/{change}/rollback"
            self.assertEqual(server.request("POST", path, {}).status, 400)
            self.assertEqual(server.request("POST", path, {"reason": "INC12345"}).status, 200)


@sqlite_only("it edits the ledger's file")
class Clock(unittest.TestCase):
    def test_a_clock_that_is_earlier_than_the_last_entry_blocks_changes_unless_it_is_accepted(self):
        with Server() as server:
            server.put(STEP, None)
            server.stop()
            # Create a ledger in which the newest entry is from the future, as if the clock had been an hour ahead.
            with triggers_dropped(server.database) as ledger:
                forger = Forger(ledger)
                forger.append_event("stop", {}, os.urandom(16), later=3_600_000_000)
                forger.sign(forger.rebuild(seed_of(server.files + ".key")))
            server.start()
            behind = server.put(STEP, NEW_VENDOR)
            self.assertEqual((behind.status, behind.code), (503, "clockBehind"))
            self.assertIn("retry-after", behind.headers)
            server.stop()
            server.settings["ACCEPT_CLOCK"] = "true"
            server.start()
            self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
            kinds = [e["kind"] for e in server.request("GET", "/beta/auditLogs/serviceEvents").json["value"]]
            self.assertIn("clockAccepted", kinds)
            server.stop()
            run = server.command("verify", "--database", server.database, "--anchor", server.files + ".anchor")
            self.assertEqual(run.returncode, 0, run.stdout)


@apart(seconds=85, cores=0.1)
class Limits(unittest.TestCase):
    def test_hundreds_of_slow_clients_do_not_block_other_clients(self):
        with Server() as server:
            slow = []
            self.addCleanup(lambda: [connection.close() for connection in slow])
            token = server.tokens["operator"].encode()
            for number in range(600):
                # The slow clients and the operator have different addresses, because each address may use only a share of the
                # connections.
                source = f"127.0.0.{2 + number % 3}"
                connection = socket.create_connection(("127.0.0.1", server.port), source_address=(source, 0))
                # One third of the clients never completes the headers of the request. Another third never completes the body.
                # The last third never reads the answer.
                connection.sendall((
                    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                    b"PUT /beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref "
                    b"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\nContent-Length: 100\r\n\r\n{",
                    b"GET /beta/auditLogs/connectorChanges?$format=csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + token + b"\r\n\r\n",
                )[number % 3])
                slow.append(connection)
            times = []
            for _ in range(50):
                start = time.monotonic()
                self.assertEqual(server.put(STEP, None).status, 204)
                times.append(time.monotonic() - start)
            # The time limits for slow clients are 30 s. A request that had to wait for a slow client would take about 30 s.
            self.assertLess(max(times), 25)

    def test_an_unfinished_request_is_closed(self):
        with Server() as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            connection.settimeout(120)
            ended = threading.Event()

            def trickle():
                while not ended.wait(1):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return
            threading.Thread(target=trickle, daemon=True).start()
            start = time.monotonic()
            try:
                self.assertEqual(connection.recv(100), b"")
            except ConnectionError:
                pass
            ended.set()
            self.assertGreater(time.monotonic() - start, 20)

    def test_a_client_that_reads_no_answer_is_disconnected(self):
        with Server() as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 400)
            eventually(lambda: f"127.0.0.1:{connection.getsockname()[1]}" not in connections(server.port))

    def test_too_long_or_too_many_headers_are_refused(self):
        with Server() as server:
            for head in (b"X-Long: " + b"x" * 40_000, b"\r\n".join(b"X-%d: x" % number for number in range(300))):
                with socket.create_connection(("127.0.0.1", server.port)) as connection:
                    connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
                    self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 400"))

    def test_every_answer_has_the_security_headers(self):
        with Server() as server:
            for path in ("/", "/livez", CHANGES, "/beta/nothing"):
                headers = server.request("GET", path).headers
                self.assertEqual((headers["x-content-type-options"], headers["x-frame-options"], headers["cache-control"]),
                                 ("nosniff", "DENY", "no-store"), path)


class PlainHTTP(unittest.TestCase):
    def test_plain_http_on_a_public_address_needs_a_flag(self):
        with tempfile.TemporaryDirectory() as folder:
            for host, text in (("0.0.0.0", "--plain-http"), ("::", "--plain-http"), ("192.0.2.1", "--plain-http")):
                run = Server().command("serve", "--directory", "embedded", "--host", host, "--port", "0", "--database", folder + "/x")
                self.assertEqual(run.returncode, 64)
                self.assertIn(text, run.stderr)
