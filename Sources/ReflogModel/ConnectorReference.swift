/// A reference from a step of a user flow to the connector that the step calls.
///
/// A step can also call no connector, and a reference can be unknown.
///
/// Two references are equal if their states and connector ids are equal. The display name is the name that the
/// connector had when the reference was read. The display name does not count in a comparison.
package enum ConnectorReference: Sendable {
  /// The step calls this connector.
  case connector(ConnectorID, displayName: String?)
  /// The step calls no connector.
  case none
  /// The reference was not read, or could not be read.
  case unknown

  /// The state of a reference.
  ///
  /// The raw values are also used in SQL, JSON and CSV.
  package enum State: String, Sendable {
    case connector, none, unknown
  }

  /// The state of the reference.
  package var state: State {
    switch self {
    case .connector: .connector
    case .none: .none
    case .unknown: .unknown
    }
  }

  /// The connector's id, or nil if there is no connector or the reference is unknown.
  package var connectorID: ConnectorID? {
    switch self {
    case .connector(let id, _): id
    case .none, .unknown: nil
    }
  }

  /// The name that the connector had when the reference was read.
  ///
  /// The value is nil if the name is unknown or if there is no connector.
  package var displayName: String? {
    switch self {
    case .connector(_, let displayName): displayName
    case .none, .unknown: nil
    }
  }
}

extension ConnectorReference: Hashable {
  /// Returns whether two references have the same state and the same connector id.
  package static func == (left: ConnectorReference, right: ConnectorReference) -> Bool {
    left.state == right.state && left.connectorID == right.connectorID
  }

  /// Hashes the state and the connector id, because only the state and the id count in a comparison.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(state)
    hasher.combine(connectorID)
  }
}

extension ConnectorReference: CustomStringConvertible {
  /// The reference as a part of a sentence: `Fraud check (3f1c…)`, `nothing` or `an unknown connector`.
  package var description: String {
    switch self {
    case .connector(let id, let displayName?): "\(displayName) (\(id))"
    case .connector(let id, nil): id.text
    case .none: "nothing"
    case .unknown: "an unknown connector"
    }
  }
}
