import Foundation

/// What is said to people goes to stderr; stdout is for data.
enum Terminal {
  static func say(_ text: String) {
    // Nobody can be told where even this can't be written.
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// For example `1 change`, `2 changes`.
  static func count(_ number: Int64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// Says something in place of what the last line says.
  static func overwrite(_ text: String) {
    // As above.
    try? FileHandle.standardError.write(contentsOf: Data(("\r" + text).utf8))
  }

  /// Whether a person reads along.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func data(_ text: String) throws {
    try data(Data(text.utf8))
  }

  static func data(_ bytes: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
      throw CommandFailure(.refused, "The answer can't be written: \(error.localizedDescription)")
    }
  }
}
