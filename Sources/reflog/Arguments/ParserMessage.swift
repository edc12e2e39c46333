import ArgumentParser
import ReflogModel

/// The message for an error that the argument parser threw.
///
/// Characters in the arguments that could control the terminal are replaced.
enum ParserMessage {
  /// Shows the message, and returns the exit code for the program.
  static func show(_ error: any Error) throws -> ExitCode {
    let code = Reflog.exitCode(for: error)
    var text = Reflog.fullMessage(for: error)
    if code != .success {
      for argument in CommandLine.arguments.dropFirst() {
        // The message can contain the whole argument `--name=value`, or only its value. So unsafe characters are
        // replaced in the argument and in the value.
        let value = argument.firstIndex(of: "=").map { String(argument[argument.index(after: $0)...]) }
        for part in [argument, value ?? ""] where part.printable != part {
          text = text.replacing(part, with: part.printable)
        }
      }
      if let (misspelt, verb) = misspeltVerb() {
        let rest = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().joined()
        text = "Error: reflog has no command '\(misspelt)'. Did you mean '\(verb)'?\n" + rest
      } else if let (option, known) = otherName(in: text) {
        text = text.replacing("'\(option)'", with: "'\(option)'. Did you mean '\(known)'?", maxReplacements: 1)
      }
    }
    try Terminal.showParserMessage(text, isError: code != .success)
    return code
  }

  /// The names of options in other programs, each with the name of the same option in Reflog.
  private static let otherNames = [
    "--limit": "--top", "--max-count": "--top", "-n": "--top", "--from": "--since", "--start": "--since",
    "--to": "--until", "--end": "--until",
  ]

  /// Returns the unknown option that a message names, and the verb's own option that has the same meaning. The result
  /// is nil if the verb has no such option.
  private static func otherName(in text: String) -> (option: String, known: String)? {
    let message = text.prefix { $0 != "\n" }
    guard !message.contains("Did you mean"),
      let (option, known) = otherNames.first(where: { message.contains("Unknown option '\($0.key)'") })
    else { return nil }
    var command: any ParsableCommand.Type = Reflog.self
    for word in CommandLine.arguments.dropFirst() {
      guard let verb = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
      command = verb
    }
    return Reflog.helpMessage(for: command).contains("\(known) <") ? (option, known) : nil
  }

  /// Returns the first argument that is not a verb, and the verb that it probably means. The result is nil if the
  /// argument is not similar to a verb.
  private static func misspeltVerb() -> (misspelt: String, verb: String)? {
    var command: any ParsableCommand.Type = Reflog.self
    for word in CommandLine.arguments.dropFirst() {
      let verbs = command.configuration.subcommands
      guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
      guard let verb = verbs.first(where: { $0._commandName == word }) else {
        return Spelling.nearest(to: word, among: verbs.map { $0._commandName }).map { (word.printable, $0) }
      }
      command = verb
    }
    return nil
  }
}
