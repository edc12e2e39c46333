"""Starts a server with a large generated ledger, in front of a fake Graph whose references agree with the ledger.

During the last night, a program edited a connector, so a sign-up flow sends its data to a wrong address.
"""

import contextlib
import pathlib
import sqlite3

from reflogserver import Graph, Server

# The newest applied change of each address gives the address's current reference.
REFERENCES = """
SELECT flow.flow_type || '/' || flow.flow_id || '/' || step.name, connector.connector_id FROM address
JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
JOIN change ON change.id = (SELECT max(id) FROM change WHERE change.address = address.id AND result = 'applied')
LEFT JOIN connector ON connector.id = change.after_connector
"""
CONNECTORS = """
SELECT connector_id, display_name FROM connector
JOIN connector_name ON connector_name.id = (SELECT max(id) FROM connector_name WHERE connector = connector.id)
"""
WRONG_TARGET = "https://collect.unknown.example/sign-up"


def contents(database):
    """Returns two dictionaries from the ledger: the current reference of each address, and the newest name of each connector
    id."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as ledger:
        return dict(ledger.execute(REFERENCES)), dict(ledger.execute(CONNECTORS))


class LargeTenant:
    """A server with a ledger that `tools/generate` made. Usage: `with LargeTenant(database) as tenant: …`.

    `broken` is the address of the step that calls the edited connector.
    """

    def __init__(self, binary, database):
        self.database = pathlib.Path(database)
        self.graph = Graph(flows=0)
        self.server = Server(binary=binary, graph=self.graph, GRAPH_READS_PER_MINUTE=60_000, SWEEP_INTERVAL=3600)
        self.server.database = str(database)

    def __enter__(self):
        references, connectors = contents(self.database)
        self.graph.__enter__()
        self.graph.control(add_flows=sorted({address.rsplit("/", 1)[0] for address in references}), set=references, add={
            id: {"displayName": name, "targetUrl": f"https://api.contoso.example/{name.lower().replace(' ', '-')}"}
            for id, name in connectors.items()})
        self.server.start()
        self.broken = next(address for address, connector in sorted(references.items()) if connector)
        answer = self.server.request("PATCH", f"/beta/identity/apiConnectors/{references[self.broken]}",
                                     {"targetUrl": WRONG_TARGET}, headers={"Reflog-Reason": "New%20endpoint"})
        assert answer.status in (200, 204), answer.text
        return self

    def __exit__(self, *_):
        self.server.__exit__()
        self.graph.__exit__()
