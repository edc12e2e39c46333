import ReflogLedger
import ReflogModel

extension ChangeService {
  /// Records that a caller asked for what it may not do, unless it does so all the time, and returns the refusal.
  func deny(_ request: ChangeRequest) async throws(ServiceError) -> ServiceError {
    guard denials.take(for: request.caller.actor, at: ledger.now) else { return .forbidden([]) }
    let intents = try await deniedIntents(request)
    guard !intents.isEmpty else { return .forbidden([]) }
    do {
      return .forbidden(try await ledger.append(intents.map { .init($0, .denied) }).map(\.id))
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// What the request would have intended. The directory is not asked on behalf of somebody who may not.
  func deniedIntents(_ request: ChangeRequest) async throws(ServiceError) -> [Change.Intent] {
    switch request.action {
    case .setReference(let address, let reference):
      return [request.intent(.step(address), before: .unknown, after: reference)]
    case .rollBack(let id, _):
      let change = try await change(id)
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
    case .updateConnector(let id, let body):
      let reference = ConnectorReference.connector(id, displayName: nil)
      let properties = ConnectorProperties.names(in: body)
      return [request.intent(.connector, before: reference, after: reference, changedProperties: properties)]
    case .deleteConnector(let id):
      return [request.intent(.connector, before: .connector(id, displayName: nil), after: .none)]
    case .createFlow(let flowType, let flow, _, let references):
      return references.sorted { $0.key < $1.key }.map { step, connector in
        request.intent(
          .step(Address(flowType: flowType, flow: flow, step: step)),
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
    case .deleteFlow(let flowType, let flow):
      return try await knownReferences(of: flow, flowType).map { address in
        request.intent(.step(address), before: .unknown, after: .none)
      }
    }
  }

  /// The addresses of a flow at which the ledger knows a reference.
  private func knownReferences(of flow: FlowID, _ flowType: FlowType) async throws(ServiceError) -> [Address] {
    var referring: [Address] = []
    for address in try await addresses(of: flow, flowType) {
      if try await newestApplied(at: address)?.after.connectorID != nil { referring.append(address) }
    }
    return referring
  }
}
