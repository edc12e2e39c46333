import Logging
import ReflogLedger
import ReflogModel

/// One look at everything that the directory holds.
struct Sweep: Sendable {
  let service: ChangeService
  let inventory: Inventory
  let watchlist: Watchlist
  let logger: Logger

  /// Looks at all steps of all flows and at all connectors. Returns whether everything was looked at that nobody was
  /// working on; what could not be is on the watchlist, and stands in the log.
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
      logger.info("everything in the directory was looked at")
    }
    return isWhole
  }

  /// One part that can't be looked at must not hide the others.
  private func attempt(_ part: String, _ look: () async throws -> Void) async -> Bool {
    do {
      try await look()
      return true
    } catch {
      logger.warning(
        "a part of the directory could not be looked at",
        metadata: ["part": "\(part)", "error": "\(error)"]
      )
      return false
    }
  }

  /// Every flow that the directory lists or the ledger knows, with the steps that Graph has and those that the ledger
  /// knows besides.
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
      guard case .refused(let refusal) = error, refusal.saysTenantHasNone else { throw error }
      return []
    }
  }
}

extension DirectoryRefusal {
  /// A tenant has user flows of one type at most; Graph answers a question about the other with 403 `AADB2C`, or does
  /// not know the resource. Reflog's own credential is refused with another code.
  fileprivate var saysTenantHasNone: Bool { httpStatus == 404 || (httpStatus == 403 && code == "AADB2C") }
}
