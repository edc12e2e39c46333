import Logging
import ReflogLedger
import ReflogModel

/// One sweep: a check of the whole directory against the ledger.
struct Sweep: Sendable {
  let service: ChangeService
  let inventory: Inventory
  let watchlist: Watchlist
  let flowTypes: [FlowType]
  let logger: Logger

  /// Checks all connectors and all steps of all flows, and returns true if every check succeeded.
  ///
  /// Steps without a conclusive read are added to the watchlist, so that these steps are checked again later. If a part
  /// of the directory can't be read, this is logged and recorded in the ledger, and the other parts are still checked.
  func run() async throws -> Bool {
    var unread = UnreadParts()
    await attempt(.connectors, &unread) {
      try await ConnectorCheck(service: service, inventory: inventory).verify()
    }
    let check = ReferenceCheck(service: service, inventory: inventory)
    for (flow, steps) in try await stepsByFlow(&unread).sorted(by: { $0.key < $1.key }) {
      try Task.checkCancellation()
      let addresses = steps.map { flow.address(of: $0) }
      let succeeded = await attempt(.flow(flow), &unread) {
        for address in try await check.verify(flow, steps: steps) { watchlist.watch(address) }
      }
      if !succeeded {
        for address in addresses { watchlist.watch(address) }
      }
    }
    // If the service stopped during the sweep, only a part of the directory was read. Then no result is recorded.
    try Task.checkCancellation()
    try await service.ledger.rememberSweep(unread)
    if unread.isEmpty { logger.info("the sweep checked the whole directory") }
    return unread.isEmpty
  }

  /// Runs one check, and returns whether the check succeeded.
  ///
  /// An error is logged and not thrown, so that the checks of other parts still run.
  @discardableResult
  private func attempt(
    _ part: UnreadPart.Name,
    _ unread: inout UnreadParts,
    _ check: () async throws -> Void
  ) async -> Bool {
    do {
      try await check()
      return true
    } catch {
      unread.add(part, because: "\(error)")
      logger.warning(
        "a part of the directory could not be checked",
        metadata: ["part": "\(part)", "error": "\(error)"]
      )
      return false
    }
  }

  /// Returns every flow that is in the directory or in the ledger, with the steps to check.
  ///
  /// For a flow that is in the directory, these are the steps that Microsoft Graph documents, and the steps in the
  /// ledger. For any other flow, these are only the steps in the ledger.
  private func stepsByFlow(_ unread: inout UnreadParts) async throws -> [FlowName: [Step]] {
    var steps: [FlowName: Set<Step>] = [:]
    for flowType in flowTypes {
      var ids: [FlowID] = []
      await attempt(.flows(flowType), &unread) { ids = try await inventory.flows(flowType) }
      for id in ids { steps[FlowName(flowType, id)] = Set(Step.known) }
    }
    for address in try await service.ledger.history.addresses() {
      steps[FlowName(of: address), default: []].insert(address.step)
    }
    return steps.mapValues { $0.sorted() }
  }
}
