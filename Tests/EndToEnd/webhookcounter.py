"""A receiver of webhooks that only counts messages. It needs little processor time, so a measurement shows what the server needs.

As a program, it runs until it is killed: webhookcounter.py PORT [CERTIFICATE KEY]. It answers GET with the number of messages.
"""

import http.client
import re
import socket
import ssl
import subprocess
import sys
import threading

import reflogserver


class Process:
    """A counting receiver in its own process. With files of a certificate and a key, it is a receiver with TLS."""

    def __init__(self, certificate=None, key=None):
        self.reservation = reflogserver.Port()
        self.port, self.context = self.reservation.number, certificate and ssl._create_unverified_context()
        files = [certificate, key] if certificate else []
        self.process = subprocess.Popen([sys.executable, __file__, str(self.port), *files], stdout=subprocess.PIPE)
        # The program prints a line when it listens.
        self.process.stdout.readline()

    @property
    def count(self):
        """The number of messages until now."""
        options = {"context": self.context} if self.context else {}
        kind = http.client.HTTPSConnection if self.context else http.client.HTTPConnection
        connection = kind("127.0.0.1", self.port, timeout=60, **options)
        connection.request("GET", "/")
        count = int(connection.getresponse().read())
        connection.close()
        return count

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.reservation.close()


def serve(connection, counts):
    """Answers the requests on one connection until it is closed."""
    try:
        answer(connection, counts)
    except ConnectionError:
        pass


def answer(connection, counts):
    data = b""
    while True:
        while (end := data.find(b"\r\n\r\n")) < 0:
            if not (part := connection.recv(1 << 16)):
                return
            data += part
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", data[:end + 2])
        whole = end + 4 + (int(length[1]) if length else 0)
        while len(data) < whole:
            data += connection.recv(1 << 16)
        if data.startswith(b"POST"):
            counts.append(1)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            body = str(len(counts)).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        data = data[whole:]


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    print("listening", flush=True)
    counts = []
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        threading.Thread(target=serve, args=(connection, counts), daemon=True).start()


if __name__ == "__main__":
    main()
