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
      }
    }
    try Terminal.showParserMessage(text, isError: code != .success)
    return code
  }

  /// Returns the first argument that is not a known verb, and the verb that the user probably meant.
  ///
  /// The result is nil if the argument is not similar to any verb.
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
