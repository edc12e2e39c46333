/// What a step points at.
///
/// Two references are equal if they point at the same place: the display name is what the connector was called when the
/// reference was seen, and is never compared.
package enum ConnectorReference: Sendable {
  /// The step calls this connector.
  case connector(ConnectorID, displayName: String?)
  /// The step calls nothing.
  case none
  /// Nobody looked, or nobody could.
  case unknown

  /// The word for the reference in SQL, JSON and CSV.
  package enum State: String, Sendable {
    case connector, none, unknown
  }

  package var state: State {
    switch self {
    case .connector: .connector
    case .none: .none
    case .unknown: .unknown
    }
  }

  package var connectorID: ConnectorID? {
    switch self {
    case .connector(let id, _): id
    case .none, .unknown: nil
    }
  }

  package var displayName: String? {
    switch self {
    case .connector(_, let displayName): displayName
    case .none, .unknown: nil
    }
  }
}

extension ConnectorReference: Hashable {
  package static func == (left: ConnectorReference, right: ConnectorReference) -> Bool {
    left.state == right.state && left.connectorID == right.connectorID
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(state)
    hasher.combine(connectorID)
  }
}

extension ConnectorReference: CustomStringConvertible {
  /// For sentences: `Fraud check (3f1c…)`, `nothing`, `an unknown connector`.
  package var description: String {
    switch self {
    case .connector(let id, let displayName?): "\(displayName) (\(id))"
    case .connector(let id, nil): id.text
    case .none: "nothing"
    case .unknown: "an unknown connector"
    }
  }
}
