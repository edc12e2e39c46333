"""Checks events against the Open Cybersecurity Schema Framework.

`ocsf-1.8.0.json` in this folder is the part of the schema for the class Entity Management and its objects. These commands
create the file from version 1.8.0 of github.com/ocsf/ocsf-schema with ocsf-lib 0.10.4 from PyPI:

    python -m ocsf.compile path/to/ocsf-schema > compiled.json
    python Tests/EndToEnd/ocsf.py compiled.json > Tests/EndToEnd/ocsf-1.8.0.json
"""

import json
import pathlib
import sys

CLASS = "entity_management"
# The objects in Reflog's events. Only the members of these objects are checked.
OBJECTS = ("metadata", "product", "managed_entity", "actor", "user", "network_endpoint", "object")
NUMBERS = {"integer_t", "long_t", "timestamp_t", "port_t"}


def extract(compiled):
    """Returns the needed part of a compiled schema."""
    def part(thing):
        return {"constraints": thing.get("constraints") or {}, "attributes": {
            name: {key: value for key, value in attribute.items()
                   if key in ("type", "requirement", "is_array", "object_type") and value}
            | ({"enum": sorted(attribute["enum"])} if attribute.get("enum") else {})
            for name, attribute in thing["attributes"].items()
            # Some attributes are required only in events that have a certain profile. Reflog's events have no profile, so leave
            # these attributes out.
            if not (attribute.get("profile") and attribute["requirement"] == "required")}}
    return {"class": part(compiled["classes"][CLASS]),
            "objects": {name: part(compiled["objects"][name]) for name in OBJECTS}}


SCHEMA_FILE = pathlib.Path(__file__).with_name("ocsf-1.8.0.json")


def findings(event):
    """Returns the problems of an event as a list of texts. The list is empty for a valid event."""
    schema = json.loads(SCHEMA_FILE.read_text())
    return list(check_object(event, schema["class"], schema["objects"], "event"))


def check_object(value, definition, objects, path):
    attributes = definition["attributes"]
    for name, attribute in attributes.items():
        if attribute.get("requirement") == "required" and name not in value:
            yield f"{path} lacks {name}"
    any_of = definition["constraints"].get("at_least_one", [])
    if any_of and not any(name in value for name in any_of):
        yield f"{path} has none of {', '.join(any_of)}"
    if attributes:
        yield from (f"{path} has {name}, which the schema does not know" for name in value if name not in attributes)
    for name, attribute in attributes.items():
        if name not in value:
            continue
        for one in value[name] if attribute.get("is_array") else [value[name]]:
            yield from check_value(one, attribute, objects, f"{path}.{name}")


def check_value(value, attribute, objects, path):
    kind = attribute.get("object_type") or attribute["type"]
    if isinstance(value, dict):
        if kind in objects:
            if kind != "object":
                yield from check_object(value, objects[kind], objects, path)
        elif kind != "json_t":
            yield f"{path} is an object, but should be of type {kind}"
    elif (kind in NUMBERS) != (isinstance(value, int) and not isinstance(value, bool)):
        yield f"{path} is {value!r}, but should be of type {kind}"
    elif attribute.get("enum") and str(value) not in attribute["enum"]:
        yield f"{path} is {value!r}, which is none of its values"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        json.dump(extract(json.load(file)), sys.stdout, indent=1, sort_keys=True)
