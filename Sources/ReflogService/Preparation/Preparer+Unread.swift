import ReflogLedger
import ReflogModel

extension Preparer {
  /// Returns the intents of a request, without a read of the directory.
  ///
  /// These intents are recorded if the request is denied, or if the directory refused the read.
  func unreadIntents(of request: ChangeRequest) async throws(ServiceError) -> [Change.Intent] {
    switch request.action {
    case .setReference(let address, let reference):
      return [request.intent(.step(address), before: .unknown, after: reference)]
    case .rollBack(let id, _):
      let change = try await HistoryService(history: ledger.history).change(id)
      return [
        request.intent(
          change.intent.subject,
          kind: .rollback,
          before: .unknown,
          after: change.intent.before,
          rollbackOf: id
        )
      ]
    case .rollBackTo(let rollback, let address, let reference):
      return [request.intent(.step(address), kind: .rollback, before: .unknown, after: reference, within: rollback)]
    case .createConnector(let body):
      let properties = ConnectorProperties.names(in: body)
      return [request.intent(.connector, before: .none, after: .unknown, changedProperties: properties)]
    case .updateConnector(let id, let body, _):
      let reference = ConnectorReference.connector(id, displayName: nil)
      let properties = ConnectorProperties.names(in: body)
      return [request.intent(.connector, before: reference, after: reference, changedProperties: properties)]
    case .deleteConnector(let id):
      return [request.intent(.connector, before: .connector(id, displayName: nil), after: .none)]
    case .createFlow(let flow, _, let references):
      return references.sorted { $0.key < $1.key }.map { step, connector in
        request.intent(
          .step(flow.address(of: step)),
          before: .unknown,
          after: .connector(connector, displayName: nil)
        )
      }
    case .uploadCertificate(let id, _):
      let reference = ConnectorReference.connector(id, displayName: nil)
      let properties = ConnectorProperties.writtenByCertificate
      return [request.intent(.connector, before: reference, after: reference, changedProperties: properties)]
    case .updateFlow, .other:
      return []
    case .deleteFlow(let flow):
      return try await knownReferences(of: flow).map { address in
        request.intent(.step(address), before: .unknown, after: .none)
      }
    }
  }

  /// Returns the intent that records a denied request, or nil if the request is not recorded.
  ///
  /// One change is recorded, even if the request contains several steps. If `freeze` covers one of these steps, that
  /// step is the subject of the change. A request that deletes a flow contains all steps of the flow, including the
  /// steps that call no connector.
  func deniedIntent(of request: ChangeRequest, by freeze: Freeze?) async throws(ServiceError) -> Change.Intent? {
    let intents = try await unreadIntents(of: request)
    guard let scope = freeze?.scope else { return intents.first }
    if let covered = intents.first(where: { scope.contains($0.subject) }) { return covered }
    guard case .deleteFlow(let flow) = request.action else { return intents.first }
    let steps = try await addresses(of: flow)
    guard let frozen = steps.first(where: { scope.contains(.step($0)) }) ?? scope.address else { return intents.first }
    return request.intent(.step(frozen), before: .unknown, after: .none)
  }

  /// Returns the addresses of a flow at which the ledger has a reference to a connector.
  private func knownReferences(of flow: FlowName) async throws(ServiceError) -> [Address] {
    var referring: [Address] = []
    for address in try await addresses(of: flow) {
      if try await reader.state(of: address).newestApplied?.after.connectorID != nil { referring.append(address) }
    }
    return referring
  }
}
