"""A TCP proxy in front of PostgreSQL that cuts a connection at a chosen point of a COMMIT.

The proxy reads the messages that a client sends (PostgreSQL manual, 55.7). The proxy cuts a connection only at the COMMIT of a
transaction that inserted entries of the log. All other messages are forwarded unchanged.
"""

import collections
import random
import socket
import struct
import threading
import time

# The points at which a connection is cut, and the relative frequency of each point.
POINTS = {
    # A part of the COMMIT's first message reaches the server.
    "before the COMMIT": 20,
    # The COMMIT reaches the server. No byte of the answer reaches the client.
    "before the answer": 25,
    # The client receives the answer without its last bytes.
    "in the answer": 25,
    # The client's connection ends. The COMMIT reaches the server later.
    "late COMMIT": 20,
    # The client gets no answer for some time, and then the client's connection ends.
    "late end": 9,
    # The client's connection ends. The COMMIT never reaches the server, but the server's connection stays open.
    "lost COMMIT": 1,
}
# The length in bytes of the answer to a COMMIT, including the message ReadyForQuery at its end.
ANSWER_BYTES = 33
# A point that is used only on request. The client receives the answer of a successful COMMIT, but the COMMIT never reaches the
# server. A check of the history must find the lost change.
FALSE_ANSWER = "false answer"
FLUSH = b"H\0\0\0\4"
# The messages ParseComplete, BindComplete, NoData, CommandComplete and ReadyForQuery.
COMMITTED = b"1\0\0\0\4" b"2\0\0\0\4" b"n\0\0\0\4" b"C\0\0\0\13COMMIT\0" b"Z\0\0\0\5I"
# The codes of requests for encryption. The server answers such a request with one byte. Then the client sends its first message.
ENCRYPTION_REQUESTS = (80877103, 80877104)
# The maximum time in seconds that a cut waits for a COMMIT.
TIME_LIMIT_SECONDS = 300

Cut = collections.namedtuple("Cut", "point chance cuts_resolution done")


class CommitProxy:
    """`with CommitProxy(port) as proxy:` forwards connections to `port` on loopback. Clients connect to the port
    `proxy.port`."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.cut = None
        self.cuts_next_resolution = None
        # The number of cuts at each point. After a cut, Reflog finds out in a new transaction whether the COMMIT was made. Cuts
        # of these transactions are counted separately in `resolutions`.
        self.counts = collections.Counter()
        self.resolutions = 0

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port), timeout=10)
            except OSError:
                # PostgreSQL does not run, so the proxy also ends the client's connection.
                client.close()
                continue
            server.settimeout(None)
            ProxiedConnection(self, client, server).start()

    def cut_next(self, chance, point=None):
        """Cuts the connection at the next COMMIT of a transaction that inserts entries. Returns the point of the cut.

        After the cut, Reflog finds out over a new connection whether the COMMIT was made. In one of five cases, the new
        connection is also cut.
        """
        point = point or chance.choices(list(POINTS), list(POINTS.values()))[0]
        cuts_resolution = point != FALSE_ANSWER and chance.random() < 0.2
        cut = Cut(point, random.Random(chance.random()), cuts_resolution, threading.Event())
        with self.lock:
            self.cut = cut
        if not cut.done.wait(TIME_LIMIT_SECONDS):
            raise TimeoutError(f"no COMMIT arrived within {TIME_LIMIT_SECONDS} s")
        return point

    def take(self, connection):
        """Returns the cut that applies to a COMMIT of this connection, or None if the connection is not cut."""
        with self.lock:
            is_chosen = self.cut and (connection.has_settled if self.cut.point == FALSE_ANSWER else connection.has_inserted)
            if is_chosen:
                cut, self.cut = self.cut, None
                self.counts[cut.point] += 1
                self.cuts_next_resolution = cut.chance if cut.cuts_resolution else None
                return cut
            if connection.has_locked and not connection.has_inserted and self.cuts_next_resolution:
                chance, self.cuts_next_resolution = self.cuts_next_resolution, None
                self.resolutions += 1
                return Cut(chance.choice(["before the COMMIT", "before the answer", "in the answer"]), chance, False,
                           threading.Event())
        return None


class ProxiedConnection:
    """A client's connection to the proxy, and the proxy's connection to the server, over which it forwards the client's
    bytes."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = bytearray()
        self.has_started = False
        # Whether the current transaction inserted entries, wrote outcomes of changes, or locked the head row of the log.
        self.has_inserted = self.has_settled = self.has_locked = False
        # The function that receives the server's bytes instead of the client. The value is None if the client receives the bytes.
        self.divert = None

    def start(self):
        answers = threading.Thread(target=self.run, args=(self.pass_answers,), daemon=True)
        answers.start()
        threading.Thread(target=self.run, args=(self.pass_requests, answers), daemon=True).start()

    def run(self, direction, other=None):
        try:
            direction()
        except OSError:
            # The client or the server closed a connection, so the proxy also ends the other connection.
            pass
        self.end(self.client)
        self.end(self.server)
        if other:
            other.join()
            self.client.close()
            self.server.close()

    @staticmethod
    def end(connection, abruptly=False):
        """Ends a connection. If `abruptly` is true, the other end of the connection receives a TCP reset."""
        try:
            if abruptly:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            else:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The connection has already ended.
            pass

    def pass_requests(self):
        waiting, cut = bytearray(), None
        while received := self.client.recv(65536):
            self.bytes += received
            passed = bytearray()
            for kind, message in self.messages():
                if cut is None and kind == b"P" and self.note(message):
                    cut = self.proxy.take(self)
                if cut is None:
                    passed += message
                    continue
                # Collect all messages from the COMMIT to the end of the request.
                waiting += message
                if kind == b"S":
                    self.server.sendall(passed)
                    return self.perform(cut, bytes(waiting))
            self.server.sendall(passed)

    def messages(self):
        """Removes all complete messages from the received bytes. Returns the kind and the bytes of each message.

        The first messages of a connection have no kind.
        """
        while len(self.bytes) >= (5 if self.has_started else 8):
            start = 1 if self.has_started else 0
            size = start + struct.unpack_from("!I", self.bytes, start)[0]
            if len(self.bytes) < size:
                return
            message = bytes(self.bytes[:size])
            del self.bytes[:size]
            kind = message[:1] if self.has_started else None
            if not self.has_started:
                self.has_started = struct.unpack_from("!I", message, 4)[0] not in ENCRYPTION_REQUESTS
            yield kind, message

    def note(self, message):
        """Records whether a statement inserts entries, writes outcomes or locks the head row. Returns True for COMMIT."""
        sql = message[5:].split(b"\0")[1]
        if sql.startswith(b"BEGIN"):
            self.has_inserted = self.has_settled = self.has_locked = False
        self.has_settled |= sql.startswith(b"UPDATE change ")
        self.has_inserted |= sql.startswith(b"INSERT INTO entry")
        self.has_locked |= sql.endswith(b"FOR UPDATE")
        return sql == b"COMMIT"

    def pass_answers(self):
        while received := self.server.recv(65536):
            if self.divert:
                self.divert(received)
            else:
                self.client.sendall(received)

    def perform(self, cut, commit):
        """Cuts the connection at a point of a COMMIT."""
        chance, isAbrupt = cut.chance, cut.chance.random() < 0.5
        ended = threading.Event()
        try:
            if cut.point == "before the COMMIT":
                first = 1 + struct.unpack_from("!I", commit, 1)[0]
                self.server.sendall(commit[:chance.randrange(first)])
            elif cut.point == "before the answer":
                self.divert = lambda _: ended.set()
                self.server.sendall(commit)
                self.end(self.client, isAbrupt)
                if chance.random() < 0.5:
                    ended.wait(10)
            elif cut.point == "in the answer":
                def shorten(received):
                    self.client.sendall(received[:-chance.randint(1, ANSWER_BYTES)])
                    self.divert = lambda _: None
                    ended.set()
                self.divert = shorten
                self.server.sendall(commit)
                ended.wait(10)
                time.sleep(chance.choice([0, 0.05]))
            elif cut.point == "late COMMIT":
                self.divert = lambda _: ended.set()
                self.end(self.client, isAbrupt)
                cut.done.set()
                time.sleep(chance.uniform(0.01, 2))
                self.server.sendall(commit)
                ended.wait(10)
            elif cut.point == "late end":
                self.divert = lambda _: ended.set()
                self.server.sendall(commit)
                time.sleep(chance.uniform(0.05, 1.5))
            elif cut.point == FALSE_ANSWER:
                self.server.sendall(FLUSH)
                # Wait, so that the answers to the earlier statements of the request arrive first.
                time.sleep(0.5)
                self.client.sendall(COMMITTED)
                return self.end(self.server)
            elif cut.point == "lost COMMIT":
                self.divert = lambda _: ended.set()
                self.end(self.client, isAbrupt)
                # Wait until PostgreSQL ends the idle transaction, and sends a message with the reason.
                ended.wait(60)
            self.end(self.client, isAbrupt)
        finally:
            cut.done.set()
