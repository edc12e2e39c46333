import Foundation
import ReflogModel

/// The variables of the environment, as commands read them.
enum Environment {
  /// All variables of the process, without byte order marks and line ends that a file of Windows leaves in a value.
  static var all: [String: String] {
    ProcessInfo.processInfo.environment.mapValues(TextEncoding.value)
  }

  /// Returns the value of a variable, or nil if the variable is not set.
  static subscript(name: String) -> String? {
    ProcessInfo.processInfo.environment[name].map(TextEncoding.value)
  }
}
