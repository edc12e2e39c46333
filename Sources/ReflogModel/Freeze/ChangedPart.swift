/// A part of the directory that a request changes.
///
/// Freezes are compared with all parts of a request. A part can contain steps for which the request records no change,
/// for example the steps of a deleted flow that call no connector.
package enum ChangedPart: Hashable, Sendable {
  /// The reference of one step, or a connector.
  case subject(Change.Subject)
  /// All steps of a flow, including steps that call no connector and steps without a recorded change.
  case flow(FlowName)
  /// All steps that call a connector.
  ///
  /// An edit of a connector and the upload of a certificate change what these steps do. The deletion of a connector
  /// changes these steps, because Microsoft Graph removes the connector from them.
  case callers(of: ConnectorID)

  /// Whether the ledger must be read to find the steps of this part.
  package var needsLedger: Bool {
    switch self {
    case .subject, .flow: false
    case .callers: true
    }
  }
}
