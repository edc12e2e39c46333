import http.client
import itertools
import sqlite3

from reflogserver import Answer, ServerTestCase
from testparts import sqlite_only

FLOW, STEP = "B2C_1_signup", "postFederationSignup"
HOSTILE = [
    "", ".", "..", "%2e%2e", "%2E", "%2f", "%2F..%2F", "%5c", "%252f", "%00", "a%00b", "\\", "a;b", "a?b", "a b", "a%20b", "a+b",
    "'", "%27", "a'--", "(x)", "{x}", "$ref", "%24ref", "*", "**", "a:b", "a@b", "é", "%C3%A9", "e%CC%81", "%E2%80%AE",
    "%EF%BB%BF", "%F0%9F%98%80", "%C0%AF", "%C1%81", "%E0%80%AF", "%FF", "%ED%A0%80", "%zz", "%", "%2", "ａ", "%EF%BD%81",
    "\u212a", "\u017f", "\u0130", "a" * 129, "a" * 65536, "%61" * 200, "\t", "\u200b", "<img src=x>", "../" * 20 + "etc/passwd",
]


class Identifiers(ServerTestCase):
    """Reflog either refuses a segment of a path, or always records the segment with the same spelling."""

    def send(self, method, path, body=b"{}", role="operator"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            # Turn off the check of paths in Python's client, because the check would refuse some of these paths.
            connection._validate_path = lambda path: None
            connection._encode_request = lambda line: line.encode("utf-8", "surrogatepass")
            connection.putrequest(method, path, skip_accept_encoding=True)
            connection.putheader("Authorization", "Bearer " + self.server.tokens[role])
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def test_hostile_segments_are_refused_in_every_position_of_a_path(self):
        before = len(self.server.history())
        for text in HOSTILE:
            for path in (f"/beta/identity/b2cUserFlows/{text}/apiConnectorConfiguration/{STEP}/$ref",
                         f"/beta/identity/b2cUserFlows/{FLOW}/apiConnectorConfiguration/{text}/$ref",
                         f"/beta/identity/{text}/{FLOW}/apiConnectorConfiguration/{STEP}/$ref"):
                if any(c in path for c in (" ", "\t")):
                    continue
                answer = self.send("PUT", path)
                self.assertIn(answer.status, (400, 404, 501), (path[:120], answer.text[:200]))
                self.assertIsNone(answer.change, path[:120])
        self.assertEqual(len(self.server.history()), before)

    def test_hostile_connector_ids_are_refused(self):
        for text in HOSTILE:
            if any(c in text for c in (" ", "\t", "?")) or text in ("", "."):
                continue
            answer = self.send("GET", f"/beta/identity/apiConnectors/{text}", b"")
            self.assertIn(answer.status, (400, 404, 501), text[:100])
            body = b'{"@odata.id": "https://graph.microsoft.com/beta/identity/apiConnectors/%s"}' % text.encode().replace(
                b"\\", b"\\\\").replace(b"\t", b"\\t")
            answer = self.send("PUT", f"/beta/identity/b2cUserFlows/{FLOW}/apiConnectorConfiguration/{STEP}/$ref", body)
            self.assertIn(answer.status, (400, 404, 413), text[:100])

    @sqlite_only("it opens the ledger's file")
    def test_every_spelling_of_a_path_means_the_same_step(self):
        paths = []
        for version, identity, kind, flow, configuration, step, ref in itertools.product(
            ("beta", "BETA"), ("identity", "Identity"), ("b2cUserFlows", "B2CUSERFLOWS"), (FLOW, FLOW.upper(), "%42" + FLOW[1:]),
            ("apiConnectorConfiguration", "APICONNECTORCONFIGURATION"), (STEP, STEP.lower(), STEP.upper()), ("$ref", "%24REF"),
        ):
            paths.append(f"/{version}/{identity}/{kind}/{flow}/{configuration}/{step}/{ref}")
        changes = []
        for path in paths[::5]:
            # A caller with the role reader gets 403 for every spelling.
            self.assertEqual(self.send("PUT", path, role="reader").status, 403, path)
            changes.append(int(self.send("PUT", path).change))
        ledger = sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)
        seen = ledger.execute("SELECT DISTINCT flow_type, flow_id, step FROM change_details WHERE id >= ?",
                              (min(changes),)).fetchall()
        ledger.close()
        self.assertEqual([(kind, flow.upper(), step) for kind, flow, step in seen], [("b2cUserFlows", FLOW.upper(), STEP)])
        shown = {(c["flowType"], c["flowId"], c["step"]) for c in self.server.history() if int(c["id"]) >= min(changes)}
        self.assertEqual(shown, set(seen))
        self.assertEqual(len([line for line in self.server.log.splitlines() if "B2CUSERFLOWS" in line and "change " in line]), 0)
