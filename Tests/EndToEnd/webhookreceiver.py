"""A receiver of webhooks. It records each message before it answers.

As a program, it runs until it is killed: webhookreceiver.py PORT RECORD. Each line of RECORD is one message.
"""

import base64
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

import reflogserver

# The secret of every receiver in the tests.
SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode()


class Message:
    """A message that was received: its path, its headers by lower-case name, and its body.

    `port` is the sender's port, so messages over the same connection have the same port.
    """

    def __init__(self, path, headers, body, port=None):
        self.path, self.headers, self.body, self.port = path, headers, body, port

    @property
    def event(self):
        """The event in the body. The signature is checked with the package of Standard Webhooks."""
        from standardwebhooks import Webhook
        return Webhook(SECRET).verify(self.body, self.headers)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def line(self):
        return json.dumps({"path": self.path, "headers": self.headers, "body": self.body.decode()}) + "\n"

    @classmethod
    def of_line(cls, line):
        found = json.loads(line)
        return cls(found["path"], found["headers"], found["body"].encode())


class Receiver:
    """A receiver in this process.

    `answer` is a function that returns the status and the headers for a message. `content` is a function that returns the
    parts of the answer's content, which are sent one after another.
    """

    def __init__(self, port=0, answer=lambda message: (204, {}), keep=None, content=lambda: ()):
        self.messages, self.answer = [], answer
        receive = keep or self.messages.append

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # With Nagle's algorithm, the body of the answer would wait until the client acknowledges the header.
            disable_nagle_algorithm = True

            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in handler.headers.items()}
                message = Message(handler.path, headers, body, handler.client_address[1])
                receive(message)
                status, headers = self.answer(message)
                handler.send_response(status)
                for name, value in ({"Content-Length": "0"} | headers).items():
                    handler.send_header(name, value)
                handler.end_headers()
                for part in content():
                    handler.wfile.write(part)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        class ReceivingServer(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                # A connection ended in the middle, because the server under test was killed.
                pass

        self.server = ReceivingServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def events(self):
        return [message.event for message in self.messages]


class Process:
    """A receiver in its own process, which can be killed and started again."""

    def __init__(self, folder):
        self.reservation = reflogserver.Port()
        self.port, self.record = self.reservation.number, pathlib.Path(folder, "messages.jsonl")
        self.record.touch()
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, __file__, str(self.port), str(self.record)], stdout=subprocess.PIPE)
        # The program prints a line when it listens.
        self.process.stdout.readline()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def close(self):
        self.kill()
        self.reservation.close()

    @property
    def messages(self):
        """The recorded messages. If a kill left an incomplete line, the line is ignored, because its message was not
        answered."""
        messages = []
        for line in self.record.read_text().splitlines():
            try:
                messages.append(Message.of_line(line))
            except json.JSONDecodeError:
                continue
        return messages


def configuration(folder, *receivers):
    """Writes a file for REFLOG_WEBHOOKS, and returns its path. Each receiver is a tuple of a name, a port and further
    members."""
    path = pathlib.Path(folder, "webhooks.json")
    values = []
    for name, port, members in receivers:
        default = {"name": name, "url": f"http://127.0.0.1:{port}/hidden-path", "secret": SECRET, "allowLocal": True}
        values.append(default | members)
    path.write_text(json.dumps(values))
    path.chmod(0o600)
    return str(path)


def main():
    # The file can end in the middle of a line, because an earlier process was killed. So a line end is written first.
    file = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND)
    os.write(file, b"\n")
    with Receiver(int(sys.argv[1]), keep=lambda message: os.write(file, message.line.encode())):
        print("listening", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
