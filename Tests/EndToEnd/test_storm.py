import json
import socket
import threading
import time
import unittest

from reflogserver import NEW_VENDOR, Server
from storm import Storm
from testparts import apart

SQLITE_ONLY = "it reads the ledger's file while the server is killed"


@apart(seconds=35, cores=1.7)
class StormTests(unittest.TestCase):
    """No acknowledged change is lost if the server is killed or gets I/O errors."""

    def test_64_clients_changing_8_addresses_lose_no_change(self):
        with Server() as server:
            storm = Storm(server, clients=64, addresses=8, seed=20261123)
            storm.run(seconds=10, changes=600)
            self.assertEqual(storm.violations(), [])
            self.assertEqual(storm.failures(), [])
            self.assertGreater(storm.results["applied"], 500)
            self.assertTrue(storm.control(), "the check can't fail")

    def test_20_kills_under_load_lose_no_acknowledged_change(self):
        with Server() as server:
            storm = Storm(server, clients=64, addresses=8, seed=20261124)
            storm.run(seconds=30, kills=20, changes=600)
            self.assertEqual(storm.violations(), [])
            self.assertEqual(storm.failures(), [])
            self.assertGreater(storm.results["applied"], 500)

    def test_a_stop_under_load_completes_the_running_changes(self):
        with Server() as server:
            storm = Storm(server, clients=16, addresses=8, seed=3)
            runner = threading.Thread(target=storm.run, args=(2,))
            runner.start()
            time.sleep(1)
            self.assertEqual(server.stop(), 0)
            shown = server.command("status", "--database", server.database, "--format", "json")
            self.assertEqual(json.loads(shown.stdout)["pendingChanges"], 0)
            server.start()
            runner.join()
            self.assertEqual(storm.violations(), [])

    def test_a_change_is_completed_although_its_client_disconnects(self):
        with Server() as server:
            storm = Storm(server, clients=0, addresses=8, seed=4)
            for number in range(200):
                with socket.create_connection(("127.0.0.1", server.port)) as connection:
                    body = b"{}" if number % 2 else b'{"@odata.id":"apiConnectors/%s"}' % NEW_VENDOR.encode()
                    connection.sendall(
                        b"PUT /beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
                        b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
                        % (server.tokens["operator"].encode(), len(body), body)
                    )
                    time.sleep(number % 10 / 2000)
            server.put("b2cUserFlows/B2C_1_signup/postFederationSignup", None)
            # The server may still be running a request whose client is gone. A stop waits until this request is complete.
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(storm.violations(), [])
            self.assertGreater(storm.results["applied"], 20)
