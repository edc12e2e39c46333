import ReflogLedger
import ReflogModel

/// Limits how often a caller reads the directory with Reflog's own credential.
///
/// Each read is counted in the caller's ``ReadBudget`` before the read is sent.
struct BudgetedDirectory: Directory {
  let directory: any Directory
  let budget: ReadBudget
  let actor: Change.Actor
  let clock: WallClock

  var kind: DirectoryKind { directory.kind }
  var settleWindow: Duration { directory.settleWindow }
  var longestWrite: Duration { directory.longestWrite }
  var hasOwnCredential: Bool { directory.hasOwnCredential }

  /// Returns a directory that does not count reads, because Microsoft Graph itself counts each read that is sent with a
  /// caller's token.
  func bearing(_ token: DirectoryToken) -> any Directory { directory.bearing(token) }

  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try await references(of: FlowName(of: address), at: [address.step])[address.step] ?? .unknown
  }

  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try countRead()
    return try await directory.connector(id)
  }

  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try countRead()
    return try await directory.read(question)
  }

  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    await directory.write(write, correlationID: correlationID)
  }

  private func countRead() throws(DirectoryFailure) {
    if let wait = budget.take(for: actor, at: clock()) { throw .budgetSpent(retryAfter: wait) }
  }
}
