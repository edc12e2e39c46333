import Logging
import ReflogLedger
import ReflogModel

/// One sweep: a check of the whole directory against the ledger.
struct Sweep: Sendable {
  let service: ChangeService
  let inventory: Inventory
  let watchlist: Watchlist
  let logger: Logger

  /// Checks all connectors and all steps of all flows, and returns true if every check succeeded.
  ///
  /// Steps without a conclusive read are put on the watchlist, to be checked again later. Checks that failed are
  /// logged.
  func run() async throws -> Bool {
    var isWhole = await attempt("connectors") {
      try await ConnectorCheck(service: service, inventory: inventory).verify()
    }
    let check = ReferenceCheck(service: service, inventory: inventory)
    for (flow, steps) in try await stepsByFlow().sorted(by: { $0.key < $1.key }) {
      try Task.checkCancellation()
      let addresses = steps.map { flow.address(of: $0) }
      let succeeded = await attempt(flow.flow.text) {
        for address in try await check.verify(flow, steps: steps) { watchlist.watch(address) }
      }
      if !succeeded {
        isWhole = false
        for address in addresses { watchlist.watch(address) }
      }
    }
    if isWhole {
      try await service.ledger.rememberFinishedSweep()
      logger.info("the sweep checked the whole directory")
    }
    return isWhole
  }

  /// Runs one check, and returns whether it succeeded.
  ///
  /// An error is logged and not thrown, so that the other checks still run.
  private func attempt(_ part: String, _ check: () async throws -> Void) async -> Bool {
    do {
      try await check()
      return true
    } catch {
      logger.warning(
        "a part of the directory could not be checked",
        metadata: ["part": "\(part)", "error": "\(error)"]
      )
      return false
    }
  }

  /// Returns every flow that is in the directory or in the ledger, with the steps to check.
  ///
  /// For a flow in the directory, these are the steps that Microsoft Graph documents. For every flow, steps that are in
  /// the ledger are added.
  private func stepsByFlow() async throws -> [FlowName: [Step]] {
    var steps: [FlowName: Set<Step>] = [:]
    for flowType in FlowType.allCases {
      for id in try await flows(flowType) { steps[FlowName(flowType, id)] = Set(Step.known) }
    }
    for address in try await service.ledger.history.addresses() {
      steps[FlowName(of: address), default: []].insert(address.step)
    }
    return steps.mapValues { $0.sorted() }
  }

  private func flows(_ flowType: FlowType) async throws -> [FlowID] {
    do {
      return try await inventory.flows(flowType)
    } catch {
      guard case .refused(let refusal) = error, refusal.meansTenantHasNone else { throw error }
      return []
    }
  }
}

extension DirectoryRefusal {
  /// Whether the refusal means that the tenant has no user flows of the requested type.
  ///
  /// A tenant has flows of at most one type. If a request is about the other type, Graph answers with status 404, or
  /// with status 403 and the code `AADB2C`. If Graph refuses Reflog's own credential, the answer has another code.
  fileprivate var meansTenantHasNone: Bool { httpStatus == 404 || (httpStatus == 403 && code == "AADB2C") }
}
