import Foundation
import ReflogModel

/// The environment variables that commands read.
enum Environment {
  /// All variables of the process.
  ///
  /// Byte order marks and line breaks from Windows files are removed from the values.
  static var all: [String: String] {
    ProcessInfo.processInfo.environment.mapValues(TextEncoding.value)
  }

  /// Returns the value of a variable, or nil if the variable is not set.
  static subscript(name: String) -> String? {
    ProcessInfo.processInfo.environment[name].map(TextEncoding.value)
  }
}
