import ReflogModel
import Testing

/// Tests of the patterns that a reason must match.
struct LinearPatternTests {
  /// The patterns. Each pattern matches the whole of each text in `matching`, and does not match the texts in `other`.
  private static let patterns: [(pattern: String, matching: [String], other: [String])] = [
    ("CHG[0-9]+", ["CHG1", "CHG0042"], ["", "CHG", "chg1", "CHG1 ", "xCHG1"]),
    ("(CHG|INC)[0-9]{4,}", ["CHG0042", "INC12345"], ["CHG042", "CHG0042 and more", "because"]),
    ("(CHG|INC)[0-9]+.*", ["CHG1", "INC1: why"], ["INC1\nsecond line", "x"]),
    ("", [""], ["a"]),
    ("a*", ["", "aaa"], ["b", "aab"]),
    ("a+?b??", ["a", "aab"], ["b"]),
    ("a{2}", ["aa"], ["a", "aaa"]),
    ("a{1,3}b", ["ab", "aaab"], ["b", "aaaab"]),
    ("a{,2}", ["", "aa"], ["aaa"]),
    ("(a|b)*c|d", ["c", "abbac", "d"], ["ab", "dc"]),
    ("(?:ab)+(?<rest>c)?(?P<more>d)?", ["ab", "ababc", "abcd"], ["aba"]),
    ("[^a-c]", ["d", "é", "\n"], ["a", "b", "dd"]),
    ("[]a-]+", ["]", "a-]"], ["b"]),
    ("[\\d\\-.]+", ["1-2.3"], ["a"]),
    ("\\d+", ["0", "٣"], ["x", "²"]),
    ("\\w+\\s\\S\\W\\D", ["añ_1 x-y"], ["a-x-y"]),
    (".{3}", ["abc", "日本語"], ["ab", "a\nb"]),
    ("^\\$\\{x\\}\\\\$", ["${x}\\"], ["x"]),
    ("(^a|b)c$", ["ac", "bc"], ["c", "abc"]),
    (".*\\bCHG1\\b.*", ["CHG1", "see CHG1, please"], ["CHG12", "xCHG1"]),
    ("a\\Bb", ["ab"], ["a b"]),
    ("(?i)chg-É[x-z]", ["CHG-éX", "chg-Éz"], ["chg-ew"]),
    ("(a*)*b", ["b", "aaab"], ["aaac"]),
    ("(()|a){3}", ["", "aaa"], ["aaaa"]),
  ]

  @Test(arguments: patterns)
  func aPatternMustMatchTheWholeText(pattern: String, matching: [String], other: [String]) throws {
    let compiled = try LinearPattern(pattern)

    #expect(matching.filter { !compiled.matchesWhole($0) } == [])
    #expect(other.filter { compiled.matchesWhole($0) } == [])
  }

  /// Patterns for which a search with backtracking would take much too long.
  @Test(arguments: ["(a+)+b", "(a|aa)+b", "(a|a)*b", "((a*)*)*b", "(.*a){20}b", "(\\w+\\s?)*b"])
  func everyPatternIsCheckedInLinearTime(pattern: String) throws {
    #expect(try !LinearPattern(pattern).matchesWhole(String(repeating: "a", count: 4000)))
  }

  private static let groups =
    "this group is not supported. Use (…), (?:…) or (?<name>…), or (?i) at the start of the pattern, at position "

  @Test(arguments: [
    ("(a)\\1", "\\1 is not supported, at position 4"),
    ("(?=a)", groups + "1"),
    ("a(?<!b)", groups + "2"),
    ("(?>a)", groups + "1"),
    ("a++", "a quantifier follows another quantifier, at position 3"),
    ("*a", "a quantifier has nothing to repeat, at position 1"),
    ("(a", "'(' has no matching ')', at position 1"),
    ("a)", "')' has no matching '(', at position 2"),
    ("[a", "'[' has no matching ']', at position 1"),
    ("[z-a]", "a range of characters is not valid, at position 4"),
    ("[[:alpha:]]", "a set contains '['. Write \\[ for the character, at position 2"),
    ("a{2,1}", "'{' does not begin a valid repetition. Write \\{ for the character, at position 2"),
    ("a{x}", "'{' does not begin a valid repetition. Write \\{ for the character, at position 2"),
    ("a{1001}", "a repetition has more than 1000 times, at position 3"),
    ("(a{100}){100}", "the pattern is too large. Use fewer or smaller repetitions"),
    ("\\pL", "\\p is not supported, at position 1"),
    ("a\\", "the pattern ends with a backslash, at position 3"),
    (String(repeating: "(", count: 60), "groups are nested deeper than 50 levels, at position 51"),
  ])
  func aPatternThatCannotBeCheckedInLinearTimeIsRefused(pattern: String, message: String) {
    let error = #expect(throws: PatternError.self) { try LinearPattern(pattern) }

    #expect(error?.description == message)
  }
}
