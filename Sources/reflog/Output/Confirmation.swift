import Foundation

/// A question that a person answers on the terminal.
enum Confirmation {
  /// Whether somebody is there who typed yes.
  static func given(_ question: String) -> Bool {
    guard isatty(STDIN_FILENO) == 1, Terminal.isTerminal else { return false }
    Terminal.say(question + " Type yes.")
    return readLine() == "yes"
  }
}
