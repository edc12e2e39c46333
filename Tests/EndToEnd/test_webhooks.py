import json
import os
import pathlib
import shutil
import socket
import sqlite3
import time
import unittest

import webhookstorm
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Port, Server, eventually, wait_for_checkpoint
from testparts import apart, sqlite_only
from webhookreceiver import SECRET, Receiver, configuration

SECONDS, CORES = 35, 0.5

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
PROFILE = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
STATUS, FREEZES, CHANGES = "/beta/reflog/status", "/beta/reflog/freezes", "/beta/auditLogs/connectorChanges"


def webhooks(server):
    """Returns the state of each receiver by its name."""
    return {webhook["name"]: webhook for webhook in server.request("GET", STATUS, role="reader").json["webhooks"]}


def sent(server, name="siem"):
    """Waits until all entries are sent to a receiver, and returns its state."""
    return eventually(lambda: (found := webhooks(server)[name])["waitingEntries"] == 0 and found)


def rows(server):
    """Returns a dictionary from ids to changes, as an export in JSON Lines contains them."""
    text = server.request("GET", CHANGES + "?$format=jsonl").text
    return {change["id"]: change for change in map(json.loads, text.splitlines())}


class Webhooks(unittest.TestCase):
    """Entries of the log are sent to receivers, in order, signed, and at least once."""

    def start(self, *receivers, **settings):
        """Starts a server with receivers. Each argument is a tuple of three: a name, either a `Receiver` or a port, and further
        members."""
        server = Server(**settings)
        listed = [(name, getattr(target, "port", target), members) for name, target, members in receivers]
        server.settings["WEBHOOKS"] = configuration(server.folder, *listed)
        return self.enterContext(server)

    def test_each_entry_arrives_once_and_in_order_with_a_valid_signature(self):
        receiver = self.enterContext(Receiver())
        server = self.start(("siem", receiver, {}))
        for connector in (NEW_VENDOR, None, FRAUD_CHECK):
            self.assertEqual(server.put(SIGNUP, connector, headers={"Reflog-Reason": "CHG0042"}).status, 204)
            self.assertEqual(server.put(PROFILE, LOYALTY if connector else None).status, 204)
        self.assertEqual(server.put(SIGNUP, None, role="reader").status, 403)
        body = {"scope": "flow", "flowType": "b2cUserFlows", "flowId": "B2C_1_signup", "reason": "launch"}
        freeze = server.request("POST", FREEZES, body).json
        self.assertEqual(server.put(SIGNUP, None).status, 423)
        self.assertEqual(server.put(SIGNUP, None, headers={"Reflog-Override": "urgent"}).status, 204)
        self.assertEqual(server.request("DELETE", f"{FREEZES}/{freeze['id']}").status, 204)
        sent(server)

        # Each signature is checked here.
        events = receiver.events

        sequences = [int(event["id"]) for event in events]
        self.assertEqual(sequences, sorted(set(sequences)))
        self.assertEqual(len({message.headers["webhook-id"] for message in receiver.messages}), len(events))
        known, origin = rows(server), wait_for_checkpoint(server)[0].split("\n")[0]
        changes = [event for event in events if event["type"] in ("reflog.change", "reflog.denied")]
        self.assertEqual([event["data"] for event in changes], list(known.values()))
        self.assertEqual({event["source"] for event in events}, {origin})
        self.assertEqual({event["specversion"] for event in events}, {"1.0"})
        self.assertEqual(
            [(event["type"].removeprefix("reflog."), event["data"]["kind"], event.get("subject")) for event in events[6:]],
            [("denied", "update", SIGNUP), ("freeze", "freezePlaced", "b2cUserFlows/B2C_1_signup"), ("denied", "update", SIGNUP),
             ("freeze", "freezeOverridden", None), ("change", "update", SIGNUP),
             ("freeze", "freezeReleased", "b2cUserFlows/B2C_1_signup")])
        self.assertEqual({message.headers["content-type"] for message in receiver.messages},
                         {"application/cloudevents+json; charset=utf-8"})
        state = webhooks(server)["siem"]
        self.assertEqual((state["host"], state["state"], state["lastError"]), ("127.0.0.1", "working", None))
        self.assertIsNotNone(state["lastSuccessDateTime"])

    def test_a_receiver_gets_its_topics_and_the_changes_of_its_filter(self):
        drift, signup = self.enterContext(Receiver()), self.enterContext(Receiver())
        server = self.start(("drift", drift, {"topics": ["drift", "freeze"]}),
                            ("signup", signup, {"filter": "flowId eq 'b2c_1_signup'", "format": "slack"}))
        server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "<!channel>"})
        server.put(PROFILE, NEW_VENDOR)
        server.request("POST", FREEZES, {"scope": "all", "reason": "launch"})
        sent(server, "drift")
        sent(server, "signup")
        self.assertEqual([event["data"]["kind"] for event in drift.events], ["freezePlaced"])
        texts = [message.json["text"] for message in signup.messages]
        self.assertEqual(len(texts), 2)
        self.assertRegex(texts[0], r"\AChange 1: ")
        self.assertRegex(texts[1], r"\AFreeze \d+ was placed\nwho: ")
        self.assertIn("\nreason: &lt;!channel&gt;\n", texts[0])

    def test_a_receiver_that_is_down_gets_everything_later(self):
        working, port = self.enterContext(Receiver()), Port()
        self.addCleanup(port.close)
        server = self.start(("down", port.number, {}), ("working", working, {}))
        for number in range(20):
            self.assertEqual(server.put(SIGNUP, [NEW_VENDOR, None][number % 2]).status, 204)
        sent(server, "working")
        self.assertEqual(len(working.messages), 20)
        # The messages share connections. The server opens a new connection only if it has sent no message for two seconds.
        self.assertLess(len({message.port for message in working.messages}), 10)
        state = eventually(lambda: (found := webhooks(server)["down"])["state"] == "failing" and found)
        self.assertIsNone(state["lastSuccessDateTime"])
        self.assertIsNotNone(state["failingSinceDateTime"])
        self.assertRegex(state["lastError"], "there is no connection: .*[Cc]onnection refused|no connection within 5 seconds")
        # Each change has two entries. If a change had no result yet when its first entry was read, this entry was skipped and
        # is not waiting.
        self.assertGreaterEqual(state["waitingEntries"], 39)
        shown = server.command("status", "--server", server.url, role="reader").stdout
        self.assertRegex(shown, r"webhooks +down at 127\.0\.0\.1: failing, since \S+, there is no connection: .*"
                                r"\d+ entries wait, no message accepted yet\n")
        metrics = server.request("GET", "/metrics").text
        self.assertRegex(metrics, r'\nreflog_webhook_failing_since_timestamp_seconds\{receiver="down"\} [1-9]')
        self.assertIn('\nreflog_webhook_failing_since_timestamp_seconds{receiver="working"} 0\n', metrics)
        self.assertIn('\nreflog_webhook_messages_total{receiver="working"} 20\n', metrics)
        self.assertIn('\nreflog_webhook_stopped{receiver="down"} 0\n', metrics)
        self.assertRegex(metrics, r'\nreflog_webhook_waiting_entries\{receiver="down"\} (39|[4-9]\d)\n')
        self.assertRegex(metrics, r'\nreflog_webhook_failures_total\{receiver="down"\} [1-9]')

        # The server is stopped and started while the receiver is still down.
        self.assertEqual(server.stop(), 0)
        server.start()
        eventually(lambda: webhooks(server)["down"]["state"] == "failing")
        later = self.enterContext(Receiver(port.number))

        sent(server, "down")
        self.assertEqual([event["data"] for event in later.events], list(rows(server).values()))
        self.assertEqual(webhooks(server)["down"]["state"], "working")
        self.assertIn("a webhook works again", server.log)

    def test_a_message_is_repeated_with_the_same_id_until_it_is_accepted(self):
        answers = iter([(500, {}), (429, {"Retry-After": "1"}), (302, {"Location": "/elsewhere"})])
        receiver = self.enterContext(Receiver(answer=lambda message: next(answers, (200, {}))))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        server.put(SIGNUP, None)
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "1", "1", "1", "2"])
        self.assertEqual(len({message.headers["webhook-id"] for message in receiver.messages[:4]}), 1)
        self.assertEqual({message.path for message in receiver.messages}, {"/hidden-path"})

    def test_a_receiver_that_closes_the_connection_without_an_answer_gets_the_message_again(self):
        def answer(message):
            if len(receiver.messages) == 1:
                raise ConnectionAbortedError
            return 204, {}
        receiver = self.enterContext(Receiver(answer=answer))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        server.put(SIGNUP, None)
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "1", "2"])
        self.assertRegex(server.log, "the exchange failed: Remote connection closed.*a webhook fails")
        self.assertIn("a webhook works again", server.log)

    def test_a_receiver_that_is_removed_and_added_again_gets_what_it_missed_and_its_new_filter_allows(self):
        receiver, other = self.enterContext(Receiver()), self.enterContext(Receiver())
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        sent(server)
        for receivers in ([("other", other.port, {})], [("siem", receiver.port, {"filter": "id ne 2"})]):
            self.assertEqual(server.stop(), 0)
            configuration(server.folder, *receivers)
            server.start()
            for connector in (None, NEW_VENDOR):
                server.put(SIGNUP, connector)
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "3", "4", "5"])

    def test_redirects_are_not_followed(self):
        target = self.enterContext(Receiver())
        location = {"Location": f"http://127.0.0.1:{target.port}/"}
        receiver = self.enterContext(Receiver(answer=lambda message: (307, location)))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        eventually(lambda: len(receiver.messages) >= 2)
        self.assertEqual(webhooks(server)["siem"]["lastError"], "it answered 307, and Reflog does not follow a redirect")
        self.assertEqual(target.messages, [])

    def test_a_receiver_that_answers_410_is_stopped_until_the_next_start(self):
        answers = iter([(204, {}), (410, {})])
        receiver = self.enterContext(Receiver(answer=lambda message: next(answers, (204, {}))))
        server = self.start(("siem", receiver, {}))
        for connector in (NEW_VENDOR, None, NEW_VENDOR):
            server.put(SIGNUP, connector)
        state = eventually(lambda: (found := webhooks(server)["siem"])["state"] == "stopped" and found)
        self.assertEqual(state["lastError"], "it answered 410, so it wants no more messages")
        self.assertEqual(len(receiver.messages), 2)
        self.assertIn('\nreflog_webhook_stopped{receiver="siem"} 1\n', server.request("GET", "/metrics").text)
        self.assertEqual(server.stop(), 0)
        server.start()
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "2", "2", "3"])

    def test_a_receiver_that_never_answers_delays_neither_changes_nor_the_stop_of_the_server(self):
        receiver = self.enterContext(Receiver(answer=lambda message: (time.sleep(60), {})))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        eventually(lambda: receiver.messages)
        # An attempt has 15 seconds. The changes and the stop do not wait for the attempt.
        start = time.monotonic()
        for number in range(20):
            self.assertEqual(server.put(SIGNUP, [None, NEW_VENDOR][number % 2]).status, 204)
        self.assertLess(time.monotonic() - start, 8)
        self.assertEqual(len(receiver.messages), 1)
        start = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - start, 8)

    def test_a_receiver_whose_answer_does_not_end_gets_the_next_message_after_fifteen_seconds(self):
        def slowly():
            for _ in range(300):
                yield b"."
                time.sleep(1)
        receiver = self.enterContext(Receiver(answer=lambda message: (200, {"Content-Length": "300"}), content=slowly))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        server.put(SIGNUP, None)
        eventually(lambda: len(receiver.messages) == 2)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "2"])
        self.assertEqual(webhooks(server)["siem"]["state"], "working")

    def test_a_host_that_leads_to_this_machine_is_refused(self):
        name = socket.gethostname()
        try:
            socket.getaddrinfo(name, None)
        except OSError:
            self.skipTest("the name of this machine has no address")
        members = {"url": f"https://{name}:9/", "allowLocal": False}
        server = self.start(("siem", 9, members))
        server.put(SIGNUP, NEW_VENDOR)
        state = eventually(lambda: (found := webhooks(server)["siem"])["state"] == "failing" and found)
        self.assertEqual(state["lastError"], "its host name has only addresses of this machine, and allowLocal is not true")

    def test_a_wrong_file_stops_the_start_and_shows_no_secret(self):
        for members, problem in (
                ({"secret": "whsec_canary"}, "The webhook siem has no valid secret."),
                ({"color": "red"}, "The webhook siem has the member color, which Reflog does not know."),
                ({"allowLocal": False}, "The webhook siem has no valid url. Its host is this machine or a link-local address."),
                ({"url": "http://192.0.2.1/canary"}, "The webhook siem has no valid url. It must be an https URL")):
            with self.subTest(members=members):
                server = Server()
                self.addCleanup(shutil.rmtree, server.folder)
                server.settings["WEBHOOKS"] = configuration(server.folder, ("siem", 9, members))
                with self.assertRaisesRegex(AssertionError, problem) as raised:
                    server.start()
                self.assertNotIn("canary", str(raised.exception))
                self.assertFalse(os.path.exists(server.files + ".webhooks"))

    def test_secrets_and_urls_are_shown_nowhere_and_open_files_cause_a_warning(self):
        receiver = self.enterContext(Receiver(answer=lambda message: (500, {})))
        server = self.start(("siem", receiver, {}))
        path = server.settings["WEBHOOKS"]
        os.chmod(path, 0o644)
        server.put(SIGNUP, NEW_VENDOR)
        eventually(lambda: receiver.messages)
        warning = (f"Every user of this machine can read the secret in {path} (REFLOG_WEBHOOKS). Remove this permission with "
                   "chmod o-r.")
        self.assertEqual(server.request("GET", STATUS).json["warnings"], [warning])
        events = server.request("GET", "/beta/auditLogs/serviceEvents?$format=jsonl").text
        self.assertIn('"webhooks":"siem"', events)
        shown = [server.request("GET", STATUS).text, server.request("GET", "/metrics").text, events]
        self.assertEqual(server.stop(), 0)
        self.assertEqual(os.stat(server.files + ".webhooks").st_mode & 0o777, 0o600)
        files = [file.read_bytes().decode(errors="replace") for file in pathlib.Path(server.folder).iterdir()
                 if file.is_file() and str(file) != path]
        for text in shown + files:
            for hidden in (SECRET, SECRET.removeprefix("whsec_"), "hidden-path"):
                self.assertNotIn(hidden, text)

    def test_an_erased_name_is_sent_as_erased(self):
        port = Port()
        self.addCleanup(port.close)
        server = self.start(("siem", port.number, {}))
        server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "canary"})
        change, = rows(server).values()
        token = change["initiatedBy"]["token"]["id"]
        self.assertEqual(server.request("POST", "/beta/reflog/erasures", {"token": token}, "admin").status, 202)
        eventually(lambda: next(iter(rows(server).values()))["erased"])
        receiver = self.enterContext(Receiver(port.number))
        sent(server)
        self.assertEqual(receiver.events[0]["data"], next(iter(rows(server).values())))
        self.assertNotIn("canary", receiver.messages[0].line)

    @sqlite_only("it copies the ledger's file")
    def test_after_an_older_copy_was_accepted_everything_that_is_new_arrives(self):
        receiver = self.enterContext(Receiver())
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        wait_for_checkpoint(server)
        self.assertEqual(server.stop(), 0)
        shutil.copy(server.database, server.files + ".older")
        server.start()
        for connector in (None, FRAUD_CHECK):
            server.put(SIGNUP, connector)
        sent(server)
        self.assertEqual(server.stop(), 0)
        before = len(receiver.messages)
        shutil.copy(server.files + ".older", server.database)
        server.settings["ACCEPT_OLDER_LEDGER"] = "true"
        server.start()
        server.put(SIGNUP, LOYALTY)
        sent(server)
        events = receiver.events[before:]
        self.assertEqual(events[0]["data"]["kind"], "olderLedgerAccepted")
        self.assertEqual(events[0]["type"], "reflog.trouble")
        newest = server.history()[-1]
        self.assertEqual(events[-1]["data"]["id"], newest["id"])
        self.assertEqual({event["source"] for event in events}, {events[0]["data"]["details"]["origin"]})

    @sqlite_only("it edits the ledger's file")
    def test_an_altered_row_is_reported_and_the_next_changes_arrive(self):
        port = Port()
        self.addCleanup(port.close)
        server = self.start(("siem", port.number, {}))
        for connector in (NEW_VENDOR, None, FRAUD_CHECK):
            server.put(SIGNUP, connector)
        self.assertEqual(server.stop(), 0)
        with sqlite3.connect(server.database, isolation_level=None) as ledger:
            triggers = ledger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                ledger.execute(f"DROP TRIGGER {name}")
            ledger.execute("UPDATE change SET activity_time = activity_time - 1 WHERE id = 2")
            for _, statement in triggers:
                ledger.execute(statement)
        ledger.close()
        server.start()
        receiver = self.enterContext(Receiver(port.number))
        sent(server)
        self.assertEqual([event["type"] for event in receiver.events],
                         ["reflog.change", "reflog.trouble", "reflog.change"])
        self.assertIn("Change 2 is not what was recorded", receiver.events[1]["data"]["problem"])

    def test_the_advice_for_a_cursor_of_another_ledger_works(self):
        receiver, other = self.enterContext(Receiver()), self.enterContext(Receiver())
        server = self.start(("siem", receiver, {}), ("other", other, {}))
        server.put(SIGNUP, NEW_VENDOR)
        sent(server)
        self.assertEqual(server.stop(), 0)
        path = pathlib.Path(server.files + ".webhooks")
        cursors = json.loads(path.read_text())
        cursors["siem"] |= {"origin": "another.example/log", "hash": "00" * 32}
        path.write_text(json.dumps(cursors))
        server.start()
        server.put(SIGNUP, None)
        sent(server, "other")
        state = webhooks(server)["siem"]
        self.assertEqual(state["state"], "stopped")
        self.assertRegex(state["lastError"], "^its cursor belongs to another ledger or to a newer copy of this one. Stop the "
                                             "server, remove the receiver's member from the file of cursors, and start the server.")
        self.assertIn("a webhook does not begin", server.log)

        self.assertEqual(server.stop(), 0)
        cursors = json.loads(path.read_text())
        del cursors["siem"]
        path.write_text(json.dumps(cursors))
        server.start()
        server.put(SIGNUP, NEW_VENDOR)
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "3"])

    def test_a_change_is_skipped_by_a_filter(self):
        receiver = self.enterContext(Receiver(answer=lambda message: (413 if message.event["data"]["id"] == "1" else 204, {})))
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        server.put(SIGNUP, None)
        state = eventually(lambda: (found := webhooks(server)["siem"])["state"] == "failing" and found)
        self.assertEqual(state["lastError"], "it answered 413")
        self.assertEqual(server.stop(), 0)
        configuration(server.folder, ("siem", receiver.port, {"filter": "id ne 1"}))
        server.start()
        sent(server)
        self.assertEqual(receiver.events[-1]["data"]["id"], "2")

    def test_a_lost_file_of_cursors_begins_with_the_next_entry(self):
        receiver = self.enterContext(Receiver())
        server = self.start(("siem", receiver, {}))
        server.put(SIGNUP, NEW_VENDOR)
        sent(server)
        self.assertEqual(server.stop(), 0)
        os.remove(server.files + ".webhooks")
        server.start()
        server.put(SIGNUP, None)
        sent(server)
        self.assertEqual([event["data"]["id"] for event in receiver.events], ["1", "2"])


@apart(seconds=30, cores=1)
class Kills(unittest.TestCase):
    def test_every_change_arrives_in_order_although_the_receiver_and_the_server_are_killed(self):
        storm, violations = webhookstorm.run(changes=200, seconds=8, kills=3, clients=8, seed=20261129)
        self.assertEqual(violations, [])
        self.assertEqual(dict(storm.kills), {"receiver": 3, "server": 3})
        self.assertGreaterEqual(storm.recorded, 200)
        self.assertTrue(storm.controlled)


if __name__ == "__main__":
    unittest.main()
