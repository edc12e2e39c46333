import Foundation

/// A question that the user answers on the terminal.
enum Confirmation {
  /// Asks the question, and returns true if the user types `yes`.
  ///
  /// Without a terminal, the result is false.
  static func given(_ question: String) -> Bool {
    guard isatty(STDIN_FILENO) == 1, Terminal.isTerminal else { return false }
    Terminal.say(question + " Type yes to confirm.")
    return readLine() == "yes"
  }
}
