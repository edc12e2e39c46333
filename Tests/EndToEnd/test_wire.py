"""Tests of the bytes that clients send and receive: versions of HTTP, expectations, hosts, targets, methods, and framing."""

import json
import re
import socket
import time
import unittest

from reflogserver import FRAUD_CHECK, NEW_VENDOR, ServerTestCase

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
REF = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
CHANGES = "/beta/auditLogs/connectorChanges"
BODY = json.dumps({"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{FRAUD_CHECK}"}).encode()


class Wire:
    """A connection to the server. Sends bytes, and reads one answer after the other."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def more(self):
        """Reads more bytes, and returns whether bytes arrived. If the connection has ended, no bytes arrive."""
        piece = self.socket.recv(65536)
        self.rest += piece
        return bool(piece)

    def answer(self, method="GET"):
        """Returns the version, the status, the headers and the body of the next answer. The header names are in lower case."""
        while b"\r\n\r\n" not in self.rest:
            assert self.more(), f"the connection ended: {self.rest!r}"
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        version, status = first.split(" ")[0], int(first.split(" ")[1])
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        if method == "HEAD" or status in (204, 304) or status < 200:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while (size := int(self.until(b"\r\n"), 16)) > 0:
                body += self.exactly(size)
                self.exactly(2)
            self.exactly(2)
        elif "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        else:
            while self.more():
                pass
            body, self.rest = self.rest, b""
        return version, status, headers, body

    def exactly(self, count):
        while len(self.rest) < count:
            assert self.more(), "the connection ended"
        part, self.rest = self.rest[:count], self.rest[count:]
        return part

    def until(self, mark):
        while mark not in self.rest:
            assert self.more(), "the connection ended"
        part, _, self.rest = self.rest.partition(mark)
        return part

    def is_silent(self, seconds=0.5):
        """Returns whether the connection stays open and no bytes arrive for this number of seconds."""
        self.socket.settimeout(seconds)
        try:
            return not self.rest and self.more() and False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(60)

    def has_ended(self):
        return not self.rest and not self.more()


class WireTestCase(ServerTestCase):
    @property
    def token(self):
        return self.server.tokens["operator"]

    @property
    def fields(self):
        return f"Host: 127.0.0.1:{self.server.port}\r\nAuthorization: Bearer {self.token}\r\n"

    def wire(self):
        return Wire(self.server.port)

    def count(self):
        return len(self.server.history())

    def put(self, more="", body=BODY, version="1.1"):
        return f"PUT {REF} HTTP/{version}\r\n{self.fields}Content-Length: {len(body)}\r\n{more}\r\n".encode()

    def livez(self, more="", version="1.1"):
        return f"GET /livez HTTP/{version}\r\n{self.fields}{more}\r\n"


class Expectations(WireTestCase):
    """A client that sends `Expect: 100-continue` sends the body only after an answer."""

    def test_the_server_requests_a_body_that_it_reads(self):
        for value in ("100-continue", "100-Continue"):
            with self.wire() as wire:
                wire.send(self.put(f"Expect: {value}\r\n"))
                self.assertEqual(wire.answer()[:3], ("HTTP/1.1", 100, {}))
                wire.send(BODY)
                self.assertEqual(wire.answer()[1], 204)
                wire.send(self.livez())
                self.assertEqual(wire.answer()[1], 200)

    def test_a_request_that_is_refused_without_its_body_gets_only_the_refusal(self):
        long, expected = "x" * 40, "Expect: 100-continue\r\n"
        for what, head, status in (
            ("no token", self.put("Expect: 100-continue\r\n").replace(self.token.encode(), b"none"), 401),
            ("two hosts", self.put("Host: b\r\nExpect: 100-continue\r\n"), 400),
            ("no such path", self.put(expected).replace(REF.encode(), b"/beta/reflog/nothing"), 404),
            ("no such flow type", self.put(expected).replace(b"b2cUserFlows", b"userFlows"), 501),
            ("a method that the path does not have", self.put(expected).replace(REF.encode(), b"/beta/reflog/tokens"), 405),
            ("a part that is not forwarded", self.put(expected).replace(b"apiConnectorConfiguration", b"x"), 501),
            ("a request for admins", self.put(expected).replace(b"PUT " + REF.encode(), b"POST /beta/reflog/tokens"), 403),
            ("an invalid key", self.put(expected + "Idempotency-Key: a b\r\n"), 400),
        ):
            with self.subTest(what), self.wire() as wire:
                wire.send(head)
                _, found, headers, _ = wire.answer()
                self.assertEqual((found, headers["connection"]), (status, "close"))
                # A client could leave the body out and send another request in place of the body. The server must not read that
                # request.
                wire.send(self.put() + BODY + long.encode())
                self.assertTrue(wire.has_ended())

    def test_other_expectations_are_refused(self):
        before = self.count()
        for value in ("200-ok", "100-continue, x", "", "100"):
            with self.wire() as wire:
                wire.send(self.put(f"Expect: {value}\r\n") + BODY)
                self.assertEqual(wire.answer()[1], 417)
        self.assertEqual(self.count(), before)

    def test_a_refusal_that_is_recorded_needs_the_body(self):
        reader = self.server.tokens["reader"].encode()
        with self.wire() as wire:
            wire.send(self.put("Expect: 100-continue\r\n").replace(self.token.encode(), reader))
            self.assertEqual(wire.answer()[1], 100)
            before = self.count()
            wire.send(BODY)
            self.assertEqual(wire.answer()[1], 403)
        self.assertEqual(self.count(), before + 1)

    def test_a_request_that_does_not_use_its_body_is_carried_out_once(self):
        before = self.count()
        with self.wire() as wire:
            wire.send(self.put("Expect: 100-continue\r\n").replace(b"PUT", b"DELETE", 1))
            _, status, headers, _ = wire.answer()
            self.assertEqual((status, headers["connection"]), (204, "close"))
        self.assertEqual(self.count(), before + 1)

    def test_the_server_also_requests_the_body_of_a_repeated_request(self):
        before = self.count()
        for _ in range(2):
            with self.wire() as wire:
                wire.send(self.put("Expect: 100-continue\r\nIdempotency-Key: wire-1\r\n"))
                self.assertEqual(wire.answer()[1], 100)
                wire.send(BODY)
                self.assertEqual(wire.answer()[1], 204)
        self.assertEqual(self.count(), before + 1)

    def test_a_body_that_has_already_arrived_needs_no_100_continue(self):
        with self.wire() as wire:
            wire.send(self.put("Expect: 100-continue\r\n") + BODY)
            self.assertEqual(wire.answer()[1], 204)
            wire.send(f"GET /livez HTTP/1.1\r\n{self.fields}Expect: 100-continue\r\n\r\n")
            self.assertEqual(wire.answer()[1], 200)

    def test_100_continue_is_sent_after_the_answers_to_earlier_requests(self):
        with self.wire() as wire:
            wire.send(self.livez() + self.put("Expect: 100-continue\r\n").decode())
            self.assertEqual([wire.answer()[1], wire.answer()[1]], [200, 100])
            wire.send(BODY)
            self.assertEqual(wire.answer()[1], 204)

    def test_http_1_0_has_no_expectations(self):
        with self.wire() as wire:
            wire.send(self.put("Expect: 100-continue\r\n", version="1.0"))
            self.assertTrue(wire.is_silent())
            wire.send(BODY)
            self.assertEqual(wire.answer()[:2], ("HTTP/1.0", 204))


class HTTP10(WireTestCase):
    """Answers to HTTP/1.0 are never chunked. The connection ends after an answer, unless the client sends `keep-alive`."""

    STREAMS = ("?$format=csv", "?$format=jsonl", "?$format=ocsf")

    def test_an_answer_has_the_bytes_of_http_1_1_without_chunks(self):
        self.server.put(STEP, FRAUD_CHECK)
        for path in (*[CHANGES + query for query in self.STREAMS], CHANGES + "?$top=2", "/metrics", "/openapi.json"):
            for connection in ("", "Connection: keep-alive\r\n"):
                with self.subTest(path=path, connection=connection), self.wire() as wire:
                    wire.send(f"GET {path} HTTP/1.0\r\n{self.fields}{connection}\r\n")
                    version, status, headers, body = wire.answer()
                    self.assertEqual((version, status), ("HTTP/1.0", 200))
                    self.assertNotIn("transfer-encoding", headers)
                    streams = path.endswith(self.STREAMS)
                    self.assertEqual("content-length" in headers, not streams)
                    kept = bool(connection) and not streams
                    self.assertEqual(headers["connection"], "keep-alive" if kept else "close")
                    if path != "/metrics":
                        self.assertEqual(body, self.server.request("GET", path).bytes)
                    if kept:
                        wire.send(f"GET /livez HTTP/1.0\r\n{self.fields}\r\n")
                        self.assertEqual(wire.answer()[1], 200)
                    self.assertTrue(wire.has_ended())

    def test_a_request_without_host_has_links_to_the_address_of_the_server(self):
        self.server.put(STEP, FRAUD_CHECK)
        with self.wire() as wire:
            wire.send(f"GET {REF} HTTP/1.0\r\nAuthorization: Bearer {self.token}\r\n\r\n")
            self.assertEqual(json.loads(wire.answer()[3])["@odata.id"],
                             f"{self.server.url}/beta/identity/apiConnectors/{FRAUD_CHECK}")

    def test_a_change_without_keep_alive_ends_the_connection(self):
        with self.wire() as wire:
            wire.send(self.put(version="1.0") + BODY)
            version, status, headers, _ = wire.answer()
            self.assertEqual((version, status, headers["connection"]), ("HTTP/1.0", 204, "close"))
            self.assertTrue(wire.has_ended())

    def test_a_request_that_does_not_wait_for_the_earlier_answer_has_no_effect_or_gets_an_answer(self):
        before = self.count()
        with self.wire() as wire:
            keep = "Connection: keep-alive\r\n"
            wire.send(f"GET {CHANGES}?$format=csv HTTP/1.0\r\n{self.fields}{keep}\r\n".encode()
                      + self.put(keep, version="1.0") + BODY)
            self.assertEqual(wire.answer()[1:3:2] and 200, 200)
            self.assertTrue(wire.has_ended())
        self.assertEqual(self.count(), before)

    def test_a_client_that_closes_its_side_still_gets_the_answer(self):
        with self.wire() as wire:
            wire.send("GET /livez HTTP/1.0\r\n\r\n")
            wire.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(wire.answer()[1], 200)


class Connections(WireTestCase):
    """HTTP/1.1 keeps the connection unless one side ends it."""

    def test_the_connection_ends_only_as_the_answer_states(self):
        for more in ("Connection: close\r\n", "Connection: Close\r\n", "Connection: close, TE\r\n", "Connection: TE,CLOSE\r\n",
                     # The server supports no upgrade of the protocol. After a request for an upgrade, the server reads
                     # no more requests.
                     "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                     "Connection: upgrade\r\nUpgrade: websocket\r\n"):
            with self.subTest(more), self.wire() as wire:
                wire.send(self.livez(more))
                _, status, headers, _ = wire.answer()
                self.assertEqual((status, headers["connection"]), (200, "close"))
                self.assertTrue(wire.has_ended())

    def test_a_change_with_an_upgrade_is_made_once(self):
        before = self.count()
        with self.wire() as wire:
            wire.send(self.put("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n") + BODY)
            self.assertEqual(wire.answer()[1], 204)
        self.assertEqual(self.count(), before + 1)

    def test_pipelined_requests_are_answered_in_order(self):
        before = self.count()
        with self.wire() as wire:
            wire.send(self.put() + BODY + f"GET {REF} HTTP/1.1\r\n{self.fields}\r\n".encode() + self.put() + BODY
                      + f"HEAD {CHANGES} HTTP/1.1\r\n{self.fields}\r\n".encode() + f"GET /nothing HTTP/1.1\r\n{self.fields}\r\n".encode()
                      + f"GET {CHANGES}?$format=csv HTTP/1.1\r\n{self.fields}\r\n".encode() + self.livez("Connection: close\r\n").encode())
            methods = ("PUT", "GET", "PUT", "HEAD", "GET", "GET", "GET")
            self.assertEqual([wire.answer(method)[1] for method in methods], [204, 200, 204, 200, 404, 200, 200])
            self.assertTrue(wire.has_ended())
        self.assertEqual(self.count(), before + 2)

    def test_many_pipelined_requests_are_all_answered(self):
        with self.wire() as wire:
            wire.send(self.livez() * 500)
            for _ in range(500):
                self.assertEqual(wire.answer()[1], 200)

    def test_requests_after_a_closing_request_have_no_effect(self):
        before = self.count()
        with self.wire() as wire:
            wire.send(self.livez("Connection: close\r\n").encode() + self.put() + BODY)
            self.assertEqual(wire.answer()[1], 200)
        time.sleep(0.2)
        self.assertEqual(self.count(), before)


class Bodies(WireTestCase):
    """Tests of bodies in chunks, and of bodies with a wrong length in the headers."""

    def chunked(self, chunks, trailer=""):
        head = f"PUT {REF} HTTP/1.1\r\n{self.fields}Transfer-Encoding: chunked\r\n\r\n".encode()
        return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + f"0\r\n{trailer}\r\n".encode()

    def test_a_body_in_chunks_is_read(self):
        for size in (1, 7, len(BODY)):
            with self.wire() as wire:
                wire.send(self.chunked([BODY[at:at + size] for at in range(0, len(BODY), size)], "Trailer: x\r\n") + self.livez().encode())
                self.assertEqual([wire.answer("PUT")[1], wire.answer()[1]], [204, 200])

    def test_the_server_also_waits_for_a_chunked_body(self):
        with self.wire() as wire:
            head, _, rest = self.chunked([BODY]).partition(b"\r\n\r\n")
            wire.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
            self.assertEqual(wire.answer()[1], 100)
            wire.send(rest)
            self.assertEqual(wire.answer()[1], 204)

    def test_a_body_with_another_transfer_coding_is_refused(self):
        before = self.count()
        for coding in (b"gzip, chunked", b"deflate,chunked", b"chunked, chunked"):
            with self.wire() as wire:
                wire.send(self.chunked([BODY]).replace(b"Transfer-Encoding: chunked", b"Transfer-Encoding: " + coding))
                self.assertEqual(wire.answer()[1], 400, coding)
        self.assertEqual(self.count(), before)

    def test_the_size_of_a_chunked_body_is_limited(self):
        with self.wire() as wire:
            wire.send(self.chunked([b" " * 1024] * 65))
            self.assertEqual(wire.answer()[1], 413)

    def test_a_body_whose_length_is_not_certain_changes_nothing(self):
        before = self.count()
        put, host = f"PUT {REF} HTTP/1.1\r\n{self.fields}", self.fields
        for what, data in (
            ("both lengths", f"{put}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            ("two lengths", f"{put}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}} "),
            ("a length with a sign", f"{put}Content-Length: +2\r\n\r\n{{}}"),
            ("a space in front of the colon", f"{put}Content-Length : 2\r\n\r\n{{}}"),
            ("a folded header", f"{put}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{{}}"),
            ("a bad chunk size", f"{put}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"),
            ("an unknown encoding", f"{put}Transfer-Encoding: gzip\r\n\r\n{{}}"),
            ("only line feeds", put.replace("\r\n", "\n") + "Content-Length: 2\n\n{}"),
            ("HTTP/2.0", f"PUT {REF} HTTP/2.0\r\n{host}Content-Length: 2\r\n\r\n{{}}"),
            ("HTTP/0.9", f"PUT {REF}\r\n\r\n"),
        ):
            with self.subTest(what), self.wire() as wire:
                wire.send(data)
                self.assertEqual(wire.answer()[1], 400)
                self.assertTrue(wire.has_ended())
        self.assertEqual(self.count(), before)

    def test_chunks_in_http_1_0_end_the_connection(self):
        with self.wire() as wire:
            wire.send(f"PUT {REF} HTTP/1.0\r\n{self.fields}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "2\r\n{}\r\n0\r\n\r\n" + self.livez("Connection: keep-alive\r\n", "1.0"))
            _, status, headers, _ = wire.answer()
            self.assertEqual((status, headers["connection"]), (204, "close"))
            self.assertTrue(wire.has_ended())


class Hosts(WireTestCase):
    """A request states one valid host, in `Host` or in its target."""

    def ask(self, target, hosts):
        with self.wire() as wire:
            lines = "".join(f"Host:{host}\r\n" for host in hosts)
            wire.send(f"GET {target} HTTP/1.1\r\n{lines}Authorization: Bearer {self.token}\r\n\r\n")
            return wire.answer()

    def test_a_missing_second_or_invalid_host_is_refused(self):
        for hosts in ([], [" a", " b"], [" a", " a"], [" a b"], [" user@a"], [" a/b"], [""], [" a:b"], [" \"<script>"], [" a,b"]):
            for target in (REF, "/livez", "/", "/nothing"):
                self.assertEqual(self.ask(target, hosts)[1], 400, (hosts, target))
        self.assertEqual(self.ask(f"http://a{REF}", [" a", " b"])[1], 400)
        answer = json.loads(self.ask(REF, [])[3])["error"]
        self.assertEqual((answer["target"], answer["message"]),
                         ("Host", "The request needs exactly one Host header, with a host and perhaps a port."))

    def test_links_use_the_host(self):
        self.server.put(STEP, FRAUD_CHECK)
        for host in ("reflog.example", "reflog_1:8080", "[::1]:80", "127.0.0.1"):
            link = json.loads(self.ask(REF, [" " + host])[3])["@odata.id"]
            self.assertEqual(link, f"http://{host}/beta/identity/apiConnectors/{FRAUD_CHECK}")

    def test_the_host_of_an_absolute_target_is_used(self):
        self.server.put(STEP, FRAUD_CHECK)
        for target, hosts in ((f"http://proxied.example:81{REF}", [" a"]), (f"HTTP://proxied.example:81{REF}", [" a"]),
                              (f"https://proxied.example:81{REF}", []), (f"http://proxied.example:81{REF.replace('$', '%24')}", [" a"])):
            _, status, _, body = self.ask(target, hosts)
            self.assertEqual((status, json.loads(body)["@odata.id"]),
                             (200, f"http://proxied.example:81/beta/identity/apiConnectors/{FRAUD_CHECK}"), target)
        for target in ("http://a", "http://a?x=1", "http://a/"):
            self.assertEqual(self.ask(target, [" a"])[1], 303, target)
        link = json.loads(self.ask(f"http://proxied.example{CHANGES}?$top=1&$filter=id%20gt%20'0'", [" a"])[3])
        self.assertIn("proxied.example", link["@odata.context"])

    def test_any_other_target_is_refused(self):
        for target, status in (("ftp://a/livez", 400), ("mailto:/livez", 400), ("http:///livez", 400), ("http://u@a/livez", 400),
                               ("http://a b/livez", 400), ("livez", 400), ("*", 400), ("http:/livez", 400)):
            self.assertEqual(self.ask(target, [" a"])[1], status, target)
        with self.wire() as wire:
            wire.send(f"OPTIONS * HTTP/1.1\r\n{self.fields}\r\n" + self.livez())
            self.assertEqual([wire.answer()[1], wire.answer()[1]], [405, 200])
        with self.wire() as wire:
            wire.send(f"CONNECT a:80 HTTP/1.1\r\n{self.fields}\r\n")
            self.assertEqual((wire.answer()[1], wire.has_ended()), (405, True))


class Heads(WireTestCase):
    """The answer to HEAD is the answer to GET without the body."""

    PAGES = ("/", "/flows", "/export", "/evidence", "/integrity", "/sign-in", "/nothing", "/livez", "/readyz", "/checkpoint", "/metrics")

    def paths(self):
        """Returns every path that the method GET supports. If possible, the ids in the path exist."""
        change = self.server.put(STEP, NEW_VENDOR).change
        values = {"version": "beta", "flowType": "b2cUserFlows", "flow": "B2C_1_signup", "step": "postFederationSignup",
                  "change": change, "id": change, "connector": FRAUD_CHECK}
        document = self.server.request("GET", "/openapi.json").json
        for path, methods in document["paths"].items():
            if "get" in methods:
                filled = re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), "0"), path)
                yield filled
        yield from (*self.PAGES, REF, CHANGES + "?$format=csv", CHANGES + "?$format=jsonl", "/tile/0/000.p/1", CHANGES + "?$top=0")

    def test_the_answer_to_head_has_the_headers_of_the_answer_to_get(self):
        kept = ("content-type", "etag", "location", "allow", "content-disposition")
        paths = sorted(set(self.paths()))
        self.assertGreater(len(paths), 30)
        for path in paths:
            with self.subTest(path), self.wire() as wire:
                wire.send(f"GET {path} HTTP/1.1\r\n{self.fields}\r\n")
                _, status, headers, _ = wire.answer()
                # If the answer to HEAD had a body, the answer to the next request could not be read.
                wire.send(f"HEAD {path} HTTP/1.1\r\n{self.fields}\r\n" + self.livez())
                _, head_status, head, _ = wire.answer("HEAD")
                self.assertEqual(head_status, status)
                self.assertEqual({name: head.get(name) for name in kept}, {name: headers.get(name) for name in kept})
                # An answer to HEAD can leave out the length. The length of /metrics is not compared, because the length changes
                # with every request.
                if "content-length" in head and path != "/metrics":
                    self.assertEqual(head["content-length"], headers.get("content-length"))
                self.assertEqual("content-length" in head, headers.get("content-length", "0") != "0")
                self.assertEqual(wire.answer()[1::2], (200, self.server.request("GET", "/livez").bytes))


class Reasons(WireTestCase):
    """A reason is recorded exactly as the caller wrote the reason, or the request is refused."""

    def send(self, value):
        with self.wire() as wire:
            wire.send(self.put().removesuffix(b"\r\n") + b"Reflog-Reason: " + value + b"\r\n\r\n" + BODY)
            _, status, headers, _ = wire.answer()
            change = headers.get("reflog-change-id")
            return status, change and self.server.request("GET", f"{CHANGES}/{change}").json["reason"]

    def test_utf_8_is_recorded(self):
        for value, reason in ((b"Gr%C3%B6%C3%9Fe", "Größe"), ("Größe".encode(), "Größe"), (b"CHG 1 + 2", "CHG 1 + 2"),
                              (b"50%25 rollout", "50% rollout"), ("日本 %E6%9C%AC".encode(), "日本 本"), (b"%f0%9f%9a%80", "🚀")):
            self.assertEqual(self.send(value), (204, reason), value)

    def test_a_reason_in_an_invalid_form_is_refused_and_not_recorded(self):
        before = self.count()
        for value in ("Größe".encode("latin-1"), "Größe".encode("cp437"), b"50% rollout", b"%ff", b"%C3", b"a%00b", b"\xff\xfea\x01",
                      b"%ED%A0%80", b"\xc3", b"%", b"%EF%BF%BD", "lost \ufffd".encode(), b"a\r\nReflog-Reason: b"):
            self.assertEqual(self.send(value)[0], 400, value)
        for body in ({"reason": "lost \ufffd"},):
            self.assertEqual(self.server.request("POST", f"{CHANGES}/1/rollback", body).status, 400)
        self.assertEqual(self.count(), before)


class MissingTokens(WireTestCase):
    def test_the_answer_names_the_tokens_that_this_server_accepts(self):
        for path in (CHANGES, REF, "/metrics", "/beta/nothing"):
            answer = self.server.request("GET", path, role=None)
            self.assertEqual((answer.status, answer.json["error"]["message"]),
                             (401, "The request has no valid token. Send an API token of this server as 'Authorization: Bearer …'."))


class Tokens(WireTestCase):
    """The name of a token contains only visible characters, and no two names look alike."""

    def create(self, name):
        return self.server.request("POST", "/beta/reflog/tokens", {"name": name, "role": "reader"}, role="admin")

    def test_a_name_is_trimmed_visible_and_unlike_all_others(self):
        made = self.create("  Release bot ")
        self.assertEqual((made.status, made.json["name"]), (201, "Release bot"))
        for name in ("release BOT", "Release bоt", "Ｒelease bot", "RELEASE B0T"):
            answer = self.create(name)
            self.assertEqual(answer.status, 400, name)
            self.assertIn("can be confused with the name of the token Release bot", answer.json["error"]["message"])
        for name in ("", " ", "a\u200bb", "a\u202eb", "a\nb", "a\u00a0b", "a  b", "\u2800", "a\ufffdb"):
            self.assertEqual(self.create(name).status, 400, ascii(name))

    def test_a_token_with_the_name_of_a_person_is_shown_as_a_token(self):
        token = self.create("Adele Vance").json
        self.server.tokens["adele"] = self.server.request(
            "POST", "/beta/reflog/tokens", {"name": "Grady Archie", "role": "operator"}, role="admin").json["token"]
        change = self.server.put(STEP, FRAUD_CHECK, role="adele").change
        actor = self.server.request("GET", f"{CHANGES}/{change}").json["initiatedBy"]
        self.assertEqual((actor["type"], actor["user"], actor["token"]["displayName"]), ("token", None, "Grady Archie"))
        for command in (["history"], ["show", change], ["config"]):
            run = self.server.command(*command, "--server", self.server.url, role="operator")
            self.assertIn("token Grady Archie", run.stdout, run.stderr)
        self.assertEqual(token["name"], "Adele Vance")


if __name__ == "__main__":
    unittest.main()
