import contextlib
import csv
import io
import os
import re
import sqlite3
import subprocess
import urllib.parse

from reflogserver import ServerTestCase
from testparts import sqlite_only

STEP = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
AWKWARD = [
    "plain", "comma, in it", 'quote " in it', '"quoted"', "line\nbreak", "carriage\r\nreturn", "emoji 🔁 and ümläut",
    "=HYPERLINK(\"https://evil.example\")", "+1", "-1", "@sum", "\ttab first", " spaces ", "'apostrophe", 'a"\u0301,=b',
    "=\u0301x", "x,\u0301y",
]


def text(value):
    return "" if value is None else str(value)


def erasure(prefix, erased):
    """Returns the cells about an erasure. `erased` is None if no data was erased."""
    return {prefix + "EventId": (erased or {}).get("eventId"), prefix + "DateTime": (erased or {}).get("dateTime")}


def cells_of(change):
    """Computes the CSV cells of a change from the change's JSON. Returns a dictionary from the names of columns to cells."""
    before, after, actor, status = change["before"], change["after"], change["initiatedBy"], change["status"]
    token = actor["token"] or {}
    return {name: text(value) for name, value in {
        **{name: change[name] for name in (
            "id", "sequence", "activityDateTime", "tenantId", "subject", "flowType", "flowId", "step", "kind", "result",
            "resultDateTime", "reason", "correlationId", "requestId", "graphRequestId", "rollbackOf", "rollbackTo",
            "batchId", "lastVerifiedDateTime")},
        "beforeState": before["state"], "beforeConnectorId": before.get("connectorId"),
        "beforeConnectorName": before.get("displayName"), "afterState": after["state"],
        "afterConnectorId": after.get("connectorId"), "afterConnectorName": after.get("displayName"),
        "actorType": actor["type"], "actorProof": actor["proof"], "actorId": token.get("id"),
        "actorName": token.get("displayName"), "actorUserPrincipalName": None, "clientAppId": None,
        "ipAddress": actor["ipAddress"], "httpStatus": status["http"], "errorCode": status["code"],
        "errorMessage": status["message"], "settledBy": status["settledBy"],
        **erasure("erased", change["erased"]), **erasure("statementErased", status["erased"]),
        "overrideEventId": (change["override"] or {}).get("eventId"), "overrideReason": (change["override"] or {}).get("reason"),
        **erasure("overrideErased", (change["override"] or {}).get("erased")),
    }.items()}


def label(name, id, state):
    """Returns a reference in the form of the view `history`."""
    return f"{name} ({id})" if name else id or state


def cells_of_row(row):
    """Returns a dictionary from the columns of the view `history` to the cells of a row. Leaves out the changed properties."""
    return {column: text(row[column]) for column in row.keys() if column != "changed_properties"}


def row_of(cells):
    """Computes a row of the view `history` from the CSV cells of a change. Returns a dictionary from columns to values."""
    renamed = {"activity_date_time": "time", "result_date_time": "result_time", "last_verified_date_time": "last_verified_time",
               "actor_user_principal_name": "user_principal_name", "erased_date_time": "erased_time",
               "statement_erased_date_time": "statement_erased_time",
               "override_erased_date_time": "override_erased_time"}
    columns = {re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name): cell for name, cell in cells.items()}
    shown = {renamed.get(column, column): cell for column, cell in columns.items()}
    for side in ("before", "after"):
        shown[side] = label(shown.pop(f"{side}_connector_name"), shown[f"{side}_connector_id"], shown.pop(f"{side}_state"))
    return shown


class CSVTests(ServerTestCase):
    """The CSV that Python and SQLite read contains the same history as the JSON that a client reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        authentication = {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"}
        for name in AWKWARD:
            connector = server.request("POST", "/beta/identity/apiConnectors", {
                "displayName": name, "targetUrl": "https://api.contoso.example/a?key=1",
                "authenticationConfiguration": authentication,
            }).json["id"]
            answer = server.put(STEP, connector, headers={"Reflog-Reason": urllib.parse.quote(name)})
            assert answer.status == 204, answer.text
        server.request("POST", "/beta/auditLogs/connectorChanges/2/rollback", {"force": True, "reason": "a,\"b\"\r\n=c"})
        cls.expected = [cells_of(change) for change in server.history()]

    def export(self, query):
        answer = self.server.request("GET", f"/beta/auditLogs/connectorChanges?$format=csv{query}")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"], "text/csv; charset=utf-8; header=present")
        return answer.text

    def compare(self, rows):
        self.assertEqual(len(rows), len(self.expected))
        for row, expected in zip(rows, self.expected):
            self.assertEqual({name: row[name] for name in expected}, expected)

    def test_python_reads_the_values_that_the_json_contains(self):
        self.compare(list(csv.DictReader(io.StringIO(self.export("&raw=true"), newline=""), strict=True)))

    def test_sqlite_imports_the_values_that_the_json_contains(self):
        path = os.path.join(self.server.folder, "export.csv")
        with open(path, "w", newline="") as file:
            file.write(self.export("&raw=true"))
        imported = os.path.join(self.server.folder, "import.sqlite")
        subprocess.run(["sqlite3", imported, f".import --csv {path} history"], check=True)
        connection = sqlite3.connect(imported)
        connection.row_factory = sqlite3.Row
        self.compare([dict(row) for row in connection.execute("SELECT * FROM history")])
        connection.close()

    @sqlite_only("it opens the ledger's file")
    def test_the_view_history_has_the_same_values_as_the_json(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as ledger:
            ledger.row_factory = sqlite3.Row
            rows = [cells_of_row(row) for row in ledger.execute("SELECT * FROM history ORDER BY id")]
        self.assertEqual(rows, [row_of(cells) for cells in self.expected])

    def test_a_cell_that_a_spreadsheet_could_run_as_a_formula_is_guarded(self):
        rows = list(csv.DictReader(io.StringIO(self.export(""), newline=""), strict=True))
        names = {row["afterConnectorName"] for row in rows}
        self.assertIn("'=HYPERLINK(\"https://evil.example\")", names)
        self.assertFalse([name for name in names if name[:1] in tuple("=+-@\t\r\n") and name])

    def test_lines_end_with_crlf_and_the_command_line_exports_the_same_bytes(self):
        exported = self.export("")
        self.assertTrue(exported.endswith("\r\n"))
        result = subprocess.run(
            [self.server.binary, "export", "--database", self.server.database],
            capture_output=True, env=self.server.environment(), check=True,
        )
        self.assertEqual(result.stdout.decode(), exported)

    def test_an_accept_header_can_request_csv(self):
        answer = self.server.request("GET", "/v1.0/auditLogs/connectorChanges", headers={"Accept": "text/csv"})
        self.assertEqual(answer.text, self.export(""))
