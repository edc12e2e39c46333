import Foundation

/// The output of the command line: messages on stderr, data on stdout.
enum Terminal {
  /// Writes a message to stderr.
  static func say(_ text: String) {
    // An error is ignored, because there is no other output that could show the error.
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// Returns a number with its noun, for example `1 change` or `2 changes`.
  static func count(_ number: Int64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// Replaces the last line on stderr with a message.
  static func overwrite(_ text: String) {
    // An error is ignored, because there is no other output that could show the error.
    try? FileHandle.standardError.write(contentsOf: Data(("\r" + text).utf8))
  }

  /// True if stderr is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes data to stdout.
  static func data(_ text: String) throws {
    try data(Data(text.utf8))
  }

  /// Writes data to stdout.
  static func data(_ bytes: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
      throw CommandFailure(.refused, "The output can't be written: \(error.localizedDescription)")
    }
  }
}
