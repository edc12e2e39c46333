import os
import subprocess
import urllib.parse

import peerstable
from peers.csvexport import compile_loop
from reflogserver import ServerTestCase
from test_csv import AWKWARD, STEP

SQLITE_ONLY = "it compares programs that read a SQLite file"


class PeersTests(ServerTestCase):
    """`tools/bench peers` compares only programs that have equal outputs, and computes the table correctly."""

    def test_the_c_loop_prints_the_same_bytes_as_the_export(self):
        for name in AWKWARD:
            connector = self.server.request("POST", "/beta/identity/apiConnectors", {
                "displayName": name, "targetUrl": "https://api.contoso.example/a",
                "authenticationConfiguration": {
                    "@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"},
            }).json["id"]
            answer = self.server.put(STEP, connector, headers={"Reflog-Reason": urllib.parse.quote(name)})
            self.assertEqual(answer.status, 204, answer.text)
        self.server.request("POST", "/beta/auditLogs/connectorChanges/2/rollback", {"force": True, "reason": "a,\"b\"\r\n=c"})
        self.server.put(STEP, "no-such-connector")
        loop = os.path.join(self.server.folder, "csvloop")
        compile_loop(loop)

        exported = self.output(self.server.binary, "export", "--database", self.server.database)
        printed = self.output(loop, self.server.database)

        self.assertGreater(exported.count(b"\r\n"), 2 * len(AWKWARD))
        self.assertEqual(printed, exported)

    def output(self, *command):
        return subprocess.run(command, capture_output=True, check=True, env=self.server.environment()).stdout

    def test_ratios_are_computed_within_each_round(self):
        rounds = [{"reflog.64.rate": 10, "bare.64.rate": 20}, {"reflog.64.rate": 30, "bare.64.rate": 40},
                  {"reflog.64.rate": 90, "bare.64.rate": 100}]

        table = {row.name: row for row in peerstable.rows(rounds)}

        ratio = table["Reflog / bare handler, 64 connections"]
        self.assertEqual((ratio.median, ratio.spread), (0.75, (0.5, 0.9)))

    def test_a_figure_that_no_round_measured_is_shown_as_a_dash(self):
        table = {row.name: row for row in peerstable.rows([{"reflog.64.rate": 10}])}

        self.assertEqual(table["Reflog, 64 connections"].line.split()[-4:], ["10.0", "10.0", "–", "10.0"])
        self.assertEqual(table["Django, 64 connections"].line.split()[-1], "–")
