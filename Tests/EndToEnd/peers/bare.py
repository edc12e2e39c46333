"""A Hummingbird handler that reads the body and answers 204, but records no change. Its figures show the cost of the web server
alone."""

import contextlib

from peers.load import WARM_UP_SECONDS, Load
from peers.processes import Child
from reflogserver import Port


class Bare:
    name = "bare"
    title = "bare Hummingbird handler"

    def __init__(self, bench):
        self.bench = bench

    def prepare(self):
        pass

    def measure(self):
        with contextlib.closing(Port()) as port, self.server(port.number) as server:
            server.wait_for_port(port.number)
            load = Load(self.name, port.number, process_id=server.process.pid)
            load.run(64, WARM_UP_SECONDS)
            for connections in (64, 1, 256):
                load.measure(connections, self.bench.seconds)
        return load.figures

    def server(self, port):
        return Child([self.bench.bare_binary, "--port", port], self.bench.log(self.name))
