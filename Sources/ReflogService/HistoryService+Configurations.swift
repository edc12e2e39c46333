import ReflogLedger
package import ReflogModel

extension HistoryService {
  /// Returns the reference that every address in the ledger held at a moment.
  ///
  /// - Parameters:
  ///   - moment: The moment. Changes that were settled later are ignored.
  ///   - flows: The flows whose addresses are returned, or nil for the addresses of all flows.
  ///   - includesEdits: Whether the result also contains, for each reference, the edits of its connector since the
  ///     reference was set.
  package func configurations(
    asOf moment: Timestamp,
    of flows: [FlowName]? = nil,
    includesEdits: Bool = false
  ) async throws(ServiceError) -> [ConnectorConfiguration] {
    try await reading(await history.configurations(asOf: moment, of: flows, includesEdits: includesEdits))
  }

  /// Returns all flows that have at least one step in the ledger, sorted by type and id.
  package func flows() async throws(ServiceError) -> [FlowName] {
    try await reading(await history.flows())
  }
}
