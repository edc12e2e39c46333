"""Holds events against the Open Cybersecurity Schema Framework.

`ocsf-1.8.0.json` beside this file is what its schema says of the class Entity Management and of the objects in it. It is made of
version 1.8.0 of github.com/ocsf/ocsf-schema, compiled by ocsf-lib 0.10.4 from PyPI:

    python -m ocsf.compile path/to/ocsf-schema > compiled.json
    python Tests/EndToEnd/ocsf.py compiled.json > Tests/EndToEnd/ocsf-1.8.0.json
"""

import json
import pathlib
import sys

CLASS = "entity_management"
# The objects that an event of Reflog's may hold; what may stand in others is not looked at.
OBJECTS = ("metadata", "product", "managed_entity", "actor", "user", "network_endpoint", "object")
NUMBERS = {"integer_t", "long_t", "timestamp_t", "port_t"}


def extract(compiled):
    """The part of a compiled schema that matters here."""
    def part(thing):
        return {"constraints": thing.get("constraints") or {}, "attributes": {
            name: {key: value for key, value in attribute.items()
                   if key in ("type", "requirement", "is_array", "object_type") and value}
            | ({"enum": sorted(attribute["enum"])} if attribute.get("enum") else {})
            for name, attribute in thing["attributes"].items()
            # What a profile demands is demanded of who names that profile, and Reflog names none.
            if not (attribute.get("profile") and attribute["requirement"] == "required")}}
    return {"class": part(compiled["classes"][CLASS]),
            "objects": {name: part(compiled["objects"][name]) for name in OBJECTS}}


SCHEMA_FILE = pathlib.Path(__file__).with_name("ocsf-1.8.0.json")


def findings(event):
    """What is wrong with an event, in words; nothing where it is what the schema wants."""
    schema = json.loads(SCHEMA_FILE.read_text())
    return list(look(event, schema["class"], schema["objects"], "event"))


def look(value, wanted, objects, place):
    attributes = wanted["attributes"]
    for name, attribute in attributes.items():
        if attribute.get("requirement") == "required" and name not in value:
            yield f"{place} lacks {name}"
    any_of = wanted["constraints"].get("at_least_one", [])
    if any_of and not any(name in value for name in any_of):
        yield f"{place} has none of {', '.join(any_of)}"
    if attributes:
        yield from (f"{place} has {name}, which the schema does not know" for name in value if name not in attributes)
    for name, attribute in attributes.items():
        if name not in value:
            continue
        for one in value[name] if attribute.get("is_array") else [value[name]]:
            yield from look_at(one, attribute, objects, f"{place}.{name}")


def look_at(value, attribute, objects, place):
    kind = attribute.get("object_type") or attribute["type"]
    if isinstance(value, dict):
        if kind in objects:
            if kind != "object":
                yield from look(value, objects[kind], objects, place)
        elif kind != "json_t":
            yield f"{place} is an object, and no {kind}"
    elif (kind in NUMBERS) != (isinstance(value, int) and not isinstance(value, bool)):
        yield f"{place} is {value!r}, and no {kind}"
    elif attribute.get("enum") and str(value) not in attribute["enum"]:
        yield f"{place} is {value!r}, which is none of its values"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        json.dump(extract(json.load(file)), sys.stdout, indent=1, sort_keys=True)
