import ArgumentParser
import Foundation
import Testing

@testable import reflog

/// Tests that the help of each verb has exactly the texts in the table.
struct HelpTests {
  /// A verb as the argument parser describes it.
  struct Verb: Decodable {
    /// An option, or an argument without a name.
    struct Argument: Decodable {
      struct Name: Decodable { let name: String }

      let names: [Name]?
      let valueName: String?
      let abstract: String?
      let shouldDisplay: Bool

      /// The longest name of the option, such as `--help`, or the name of the value, such as `<id>`.
      var name: String { names?.last.map { "--" + $0.name } ?? "<\(valueName ?? "")>" }
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [Verb]?

    /// Returns this verb and all of its subcommands, each with its full name.
    func named(after parent: String? = nil) -> [(name: String, verb: Verb)] {
      let name = [parent, commandName].compactMap { $0 }.joined(separator: " ")
      return [(name, self)] + (subcommands ?? []).flatMap { $0.named(after: name) }
    }
  }

  /// All verbs, except `help`, which the argument parser adds.
  private static func verbs() throws -> [String: Verb] {
    struct Description: Decodable { let command: Verb }
    let root = try JSONDecoder().decode(Description.self, from: Data(Reflog._dumpHelp().utf8)).command
    return Dictionary(uniqueKeysWithValues: root.named().filter { $0.name != "reflog help" }.map { ($0.name, $0.verb) })
  }

  @Test func theHelpOfEveryVerbIsInTheTable() throws {
    let verbs = try Self.verbs()
    let settings = HelpTexts.settings.map { "\($0.variable): \($0.meaning)" }.joined(separator: "\n")

    #expect(Set(verbs.keys) == Set(HelpTexts.verbs.keys))
    for (name, verb) in verbs {
      let expected = HelpTexts.verbs[name]
      #expect(verb.abstract == expected?.abstract, "\(name)")
      #expect(verb.discussion ?? "" == expected?.discussion.replacing("{settings}", with: settings), "\(name)")
    }
  }

  @Test func theHelpOfEveryOptionIsInTheTable() throws {
    var used: [String: Int] = [:]
    for (name, verb) in try Self.verbs() {
      var own = try #require(HelpTexts.verbs[name]).options
      for option in verb.arguments ?? [] where option.shouldDisplay {
        let help = option.abstract ?? ""
        if let expected = own.removeValue(forKey: option.name) ?? (name == "reflog serve" ? meaning(option.name) : nil)
        {
          #expect(help == expected, "\(name) \(option.name)")
        } else {
          #expect(HelpTexts.shared[option.name]?.contains(help) == true, "\(name) \(option.name)")
          used["\(option.name) \(help)", default: 0] += 1
        }
      }
      #expect(own == [:], "\(name) does not have these options.")
    }
    for (option, texts) in HelpTexts.shared {
      for text in texts { #expect(used["\(option) \(text)", default: 0] > 1, "\(option)") }
    }
  }

  /// Returns the meaning of the setting that a flag of `reflog serve` sets, or nil if the flag sets no setting.
  private func meaning(_ flag: String) -> String? {
    let variable = "REFLOG_" + flag.dropFirst(2).replacing("-", with: "_").uppercased()
    return HelpTexts.settings.first { $0.variable == variable }?.meaning
  }
}
