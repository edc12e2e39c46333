/// A part of the directory that the last sweep could not read.
package struct UnreadPart: Sendable {
  /// The name of a part: a list, or one user flow.
  package enum Name: Hashable, Sendable, CustomStringConvertible {
    /// The list of connectors.
    case connectors
    /// The list of the user flows of one type.
    case flows(FlowType)
    /// The steps of one user flow.
    case flow(FlowName)

    /// The path of the part in Microsoft Graph, below `/identity`: for example `apiConnectors` or
    /// `b2cUserFlows/B2C_1_signup`.
    package var description: String {
      switch self {
      case .connectors: "apiConnectors"
      case .flows(let flowType): flowType.rawValue
      case .flow(let flow): flow.description
      }
    }
  }

  package let name: String
  /// When a sweep first failed to read the part.
  ///
  /// Every sweep since this time has also failed to read the part.
  package let since: Timestamp
  /// The error that the last sweep received for the part.
  package let reason: String

  /// Creates a part.
  package init(name: String, since: Timestamp, reason: String) {
    self.name = name
    self.since = since
    self.reason = reason
  }
}

/// The parts of the directory that one sweep could not read, each with its error.
package struct UnreadParts: Sendable {
  /// The maximum length, in Unicode scalars, of an error that is stored.
  ///
  /// The service's own log contains the whole error.
  private static let reasonLength = 300

  /// The error for each part that could not be read.
  ///
  /// The key is the name of the part.
  package private(set) var reasons: [String: String] = [:]

  /// Creates an empty list.
  package init() {}

  package var isEmpty: Bool { reasons.isEmpty }

  /// Adds a part that could not be read.
  package mutating func add(_ name: UnreadPart.Name, because reason: String) {
    reasons[name.description] = String(String.UnicodeScalarView(reason.unicodeScalars.prefix(Self.reasonLength)))
  }
}
