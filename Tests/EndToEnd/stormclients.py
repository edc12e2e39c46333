"""Runs many clients at the same time, for the tests that make changes while something fails."""

import contextlib
import threading


class StormClients:
    """The base class of these tests. `clients` is the number of clients.

    The method `client(number)` runs one client until the event `stopped` is set.
    """

    @contextlib.contextmanager
    def running_clients(self):
        """Runs the clients during the block, and yields their threads."""
        self.stopped = threading.Event()
        threads = [threading.Thread(target=self.client, args=(number,), daemon=True) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        try:
            yield threads
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join()
