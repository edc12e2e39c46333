"""Makes changes while the receiver of webhooks and the server are killed again and again, and then checks the messages."""

import collections
import json
import random
import statistics
import threading
import time

import webhookcounter
import webhookreceiver
from peers.processes import Usage
from peers.reflog import prepared_load
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Server, eventually
from storm import ADDRESSES

CONNECTORS = (FRAUD_CHECK, NEW_VENDOR, LOYALTY, None)
STATUS = "/beta/reflog/status"


class Storm:
    """Clients that make random changes, a thread that kills the receiver, and a thread that kills the server."""

    def __init__(self, server, receiver, clients, seed):
        self.server, self.receiver, self.clients, self.seed = server, receiver, clients, seed
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.kills = collections.Counter()
        self.slowest = 0

    def run(self, changes, seconds, kills):
        """Makes changes until the server has acknowledged `changes` of them. Spreads the changes and the kills over `seconds`."""
        self.changes, self.pause = changes, seconds * self.clients / changes
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(self.clients)]
        threads += [
            threading.Thread(target=self.kill, args=(name, kills, seconds))
            for name in ("receiver", "server") if kills
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def client(self, number):
        chance = random.Random(f"{self.seed} {number}")
        while self.statuses[204] < self.changes:
            start = time.monotonic()
            try:
                status = self.server.put(chance.choice(ADDRESSES), chance.choice(CONNECTORS)).status
            except OSError:
                # The server was killed.
                status = "killed"
            except Exception as error:
                status = type(error).__name__
            used = time.monotonic() - start
            with self.lock:
                self.statuses[status] += 1
                if status == 204:
                    self.slowest = max(self.slowest, used)
            time.sleep(max(0, chance.uniform(0.5, 1.5) * self.pause - used))

    def kill(self, name, kills, seconds):
        chance = random.Random(f"{self.seed} {name}")
        for _ in range(kills):
            time.sleep(chance.uniform(0.2, 1.8) * seconds / kills)
            target = getattr(self, name)
            target.kill()
            # A receiver that is down for a longer time makes the server wait between attempts.
            time.sleep(chance.choice((0, 0.1, 1)) if name == "receiver" else 0)
            target.start()
            self.kills[name] += 1

    def wait(self):
        """Waits until all messages are sent."""
        def sent():
            status = self.server.request("GET", STATUS, role="reader").json
            webhook, = status["webhooks"]
            return webhook["waitingEntries"] == 0 and not status["pendingChanges"]
        eventually(sent, 1200)


def violations(changes, messages):
    """Returns what is wrong with the messages about these changes, and the number of repeated messages."""
    found, first = [], {}
    for number, message in enumerate(messages):
        try:
            message.event
        except Exception as error:
            # The package refuses messages that are older than five minutes. For these messages, only the signature is checked.
            if "too old" not in str(error) or not signed(message):
                found.append(f"message {number}: {error}")
        event = message.json
        first.setdefault((event["source"], event["id"]), event)
    ids = [event["data"]["id"] for event in first.values() if event["type"] == "reflog.change"]
    missing = {change["id"] for change in changes} - set(ids)
    found += [f"no message about change {id}" for id in sorted(missing, key=int)]
    newest = collections.defaultdict(lambda: -1)
    for event in first.values():
        address, sequence = event.get("subject"), int(event["id"])
        if sequence < newest[address]:
            found.append(f"the message about entry {sequence} of {address} arrived after the one about entry {newest[address]}")
        newest[address] = max(newest[address], sequence)
    rows = {change["id"]: change for change in changes}
    for event in first.values():
        if event["type"] == "reflog.change" and rows.get(event["data"]["id"]) != event["data"]:
            found.append(f"the message about change {event['data']['id']} differs from the history")
    return found, len(messages) - len(first)


def signed(message):
    """Returns whether the signature of an old message is right. The package calculates the signature again."""
    import datetime

    from standardwebhooks import Webhook
    time = datetime.datetime.fromtimestamp(int(message.headers["webhook-timestamp"]), tz=datetime.timezone.utc)
    expected = Webhook(webhookreceiver.SECRET).sign(message.headers["webhook-id"], time, message.body.decode())
    return expected in message.headers["webhook-signature"].split(" ")


def control(changes, messages):
    """Returns whether the check finds two faults that this function makes: a lost message, and two messages of an address in
    the wrong order."""
    first = {}
    for number, message in enumerate(messages):
        first.setdefault(message.json["id"], number)
    lost = [message for message in messages if message.json["id"] != messages[len(messages) // 2].json["id"]]
    swapped = messages[:]
    numbers = [number for number in first.values() if messages[number].json.get("subject") == ADDRESSES[0]]
    one, other = numbers[0], numbers[-1]
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return bool(violations(changes, lost)[0]) and bool(violations(changes, swapped)[0])


def run(changes, seconds, kills, clients, seed, **options):
    """Runs a storm against a new server. Returns the storm and the violations."""
    server = Server(**options)
    receiver = webhookreceiver.Process(server.folder)
    try:
        server.settings["WEBHOOKS"] = webhookreceiver.configuration(server.folder, ("storm", receiver.port, {}))
        with server:
            storm = Storm(server, receiver, clients, seed)
            storm.run(changes, seconds, kills)
            storm.wait()
            text = server.request("GET", "/beta/auditLogs/connectorChanges?$format=jsonl").text
            history = [json.loads(line) for line in text.splitlines()]
            assert server.stop() == 0
            storm.messages = receiver.messages
            storm.recorded = len(history)
            found, storm.repetitions = violations(history, storm.messages)
            storm.controlled = control(history, storm.messages)
            return storm, found
    finally:
        receiver.close()


def cost(rounds, seconds, connections, certificate, topics, **options):
    """Measures the changes per second, in each round one time without a receiver and one time with a receiver.

    `certificate` has the paths of the receiver's certificate and key, or is empty for http. With `topics`, the receiver gets
    only these messages. Returns, for each round, the rate with a receiver divided by the rate without a receiver.
    """
    ratios = []
    for number in range(rounds):
        figures = {}
        # The order changes in each round, because the machine can become slower or faster during a round.
        for has_webhook in ((False, True), (True, False))[number % 2]:
            figures[has_webhook] = rate(has_webhook, seconds, connections, certificate, topics, options)
        ratios.append(figures[True]["rate"] / figures[False]["rate"])
        shown = ", ".join(f"{name} {figures[False][name]:.1f} and {figures[True][name]:.1f}" for name in ("rate", "cpu", "p99"))
        messages = figures[True]["messages"]
        used = f" with {figures[True]['receiver'] / messages:.0f} us of the receiver's processor time each" if messages else ""
        print(f"round {number + 1}: without and with a webhook: {shown}; {messages} messages{used}; "
              f"{100 * (1 - ratios[-1]):+.1f} %", flush=True)
    print(f"changes cost {100 * (1 - statistics.median(ratios)):+.1f} % more (median of {rounds} rounds)")
    return ratios


def rate(has_webhook, seconds, connections, certificate, topics, options):
    server = Server(**options)
    receiver = webhookcounter.Process(*certificate)
    try:
        if has_webhook:
            members = {"url": f"http{'s' if certificate else ''}://127.0.0.1:{receiver.port}/"}
            members |= {"topics": topics} if topics else {}
            server.settings["WEBHOOKS"] = webhookreceiver.configuration(server.folder, ("storm", receiver.port, members))
        with server:
            load = prepared_load(server)
            before, usage = receiver.count, Usage(receiver.process.pid)
            load.measure(connections, seconds)
            names = ("rate", "cpu", "p99")
            figures = {name: load.figures[f"reflog.{connections}.{name}"] for name in names}
            return figures | {"receiver": usage.since()[0] * 1e6, "messages": receiver.count - before}
    finally:
        receiver.close()
