import Foundation

/// What is said to people goes to stderr; stdout is for data.
enum Talk {
  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Whether a person reads along.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func data(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
