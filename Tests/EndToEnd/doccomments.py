"""Finds package types and functions without a doc comment in the symbol graphs of the targets.

    doccomments.py FILE…

Prints each of these symbols with its file and line. The exit code is 1 if such a symbol exists, or if the files have no
symbols.
"""

import json
import sys

# Properties and cases are not in this set, because the name and the type of a property or case often explain enough.
KINDS = {"swift." + kind for kind in (
    "actor", "associatedtype", "class", "enum", "func", "func.op", "init", "method", "protocol", "struct", "subscript", "type.method",
    "typealias",
)}


def undocumented(graph):
    """Returns the symbols of a graph that have no doc comment. Leaves out symbols without a location, because the compiler adds
    these symbols itself."""
    return [symbol for symbol in declared(graph) if "docComment" not in symbol]


def declared(graph):
    return [symbol for symbol in graph["symbols"] if symbol["kind"]["identifier"] in KINDS
            and symbol["accessLevel"] == "package" and "location" in symbol]


def main(paths):
    graphs = []
    for path in paths:
        with open(path) as file:
            graphs.append(json.load(file))
    if not any(map(declared, graphs)):
        sys.exit("The files have no symbols. Delete .build/symbol-graphs, and build again.")
    missing = [symbol for graph in graphs for symbol in undocumented(graph)]
    for symbol in missing:
        location = symbol["location"]
        print(f"{location['uri'].removeprefix('file://')}:{location['position']['line'] + 1}: "
              f"{'.'.join(symbol['pathComponents'])} has no doc comment", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
