import collections
import re
import unittest

from articles import article
from reflogserver import ROOT
from swiftsource import functions

SQLITE_ONLY = "it starts no server"

# Each stop in the article describes a function and names its caller. This set contains the callers that are not stops
# themselves.
CALLERS = {"Hummingbird", "SwiftNIO", "the writer's thread", "the ledger's commit", "its own task"}
Stop = collections.namedtuple("Stop", "number file function caller")
STOPS = [Stop(int(number), file, function, caller) for number, file, function, caller in re.findall(
    r"^(\d+)\. `(Sources/[^`]+\.swift)` · `([^`]+)` · from ([^:\n]+):", article("WalkOfAChange"), re.MULTILINE)]


def found(stop):
    """Returns the functions with the name that a stop gives. The file of the stop can contain several functions with this
    name."""
    return [each for each in functions((ROOT / stop.file).read_text()) if str(each) == stop.function]


class WalkOfAChange(unittest.TestCase):
    """The article lists existing functions, in the order of their calls."""

    def test_the_stops_are_numbered_in_order(self):
        self.assertEqual([stop.number for stop in STOPS], list(range(1, len(STOPS) + 1)))
        items = re.findall(r"^\d+\. ", article("WalkOfAChange"), re.MULTILINE)
        self.assertEqual(len(items), len(STOPS), "an item is not of the form: `file` · `function` · from caller:")
        self.assertGreater(len(STOPS), 40)

    def test_every_file_has_its_function(self):
        for stop in STOPS:
            with self.subTest(stop=stop.number):
                self.assertTrue((ROOT / stop.file).exists(), stop.file)
                self.assertTrue(found(stop), f"{stop.file} has no {stop.function}")

    def test_every_function_is_called_by_the_stop_that_is_named(self):
        for stop in STOPS:
            with self.subTest(stop=stop.number):
                if not stop.caller.isdecimal():
                    self.assertIn(stop.caller, CALLERS)
                    continue
                number = int(stop.caller)
                self.assertLess(number, stop.number)
                bodies = " ".join(each.body.partition("{")[2] for each in found(STOPS[number - 1]))
                for each in found(stop):
                    self.assertRegex(bodies, rf"\b{each.called_as}\b", STOPS[number - 1])

    def test_the_walk_passes_every_target_on_the_path(self):
        targets = {stop.file.split("/")[1] for stop in STOPS}
        self.assertEqual(targets, {"ReflogDirectory", "ReflogHTTP", "ReflogLedger", "ReflogModel", "ReflogService", "ReflogStorage"})


class SwiftFunctions(unittest.TestCase):
    """swiftsource.py finds functions, their labels and their bodies."""

    def names(self, source):
        return [f"{each.type}.{each}" for each in functions(source)]

    def test_names_have_the_labels_of_their_parameters(self):
        self.assertEqual(self.names("""
            struct Lock<Key: Hashable> {
              init(_ limits: Limits = .standard) { self.limits = Limits(of: limits) }
              func take(_ keys: [Key], for caller: @escaping (String) -> Void) async throws(Failure) -> Held {
                // func commented(out: Int) {}
                let text = "func quoted(_: Int) {"
                return wait(text)
              }
              private func end() {}
            }
            extension Change.Actor {
              package init?(text: some StringProtocol) { nil }
              func map<Value>(
                _ body: (Int, Int) -> Value,
                orNothingWhere absent: Set<Int> = [1, 2]
              ) -> Value { body(1, 2) }
            }
        """), ["Lock.init(_:)", "Lock.take(_:for:)", "Lock.end()", "Change.Actor.init(text:)", "Change.Actor.map(_:orNothingWhere:)"])

    def test_a_body_ends_with_its_bracket(self):
        first, second = functions("struct A { func one() { if x { two() } }\n func two() { three() } }")
        self.assertIn("two", first.body)
        self.assertNotIn("three", first.body)
        self.assertEqual((first.called_as, functions("struct B { init() {} }")[0].called_as), ("one", "B"))
