import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Calls `body` with a ledger that has an index of reasons, and with its path. Both files are in the given folder.
///
/// The segments of the index are small, so a search reads several segments.
func withIndexedLedger(
  in folder: String,
  segmentSize: Int64 = 64,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger, String) async throws -> Void
) async throws {
  let path = folder + "/reflog.sqlite"
  let storage = try Storage(path: path, kind: .ledger)
  let index = try ReasonIndex(path: path + ".search", segmentSize: segmentSize)
  let thread = WriterThread()
  let ledger = try Ledger(
    store: SQLiteLedger(storage),
    reasonIndex: index,
    thread: thread,
    directory: .embedded,
    tenantID: "tenant",
    clock: clock.read
  )
  ledger.signers.add(try await Sample.signingKey(of: ledger))
  try await running(thread, storage) { try await body(ledger, path) }
  try index.close()
}

/// Calls `body` with a new ledger that has an index of reasons, and with the path of the ledger.
func withIndexedLedger(
  segmentSize: Int64 = 64,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger, String) async throws -> Void
) async throws {
  try await withTemporaryFolder { folder in
    try await withIndexedLedger(in: folder, segmentSize: segmentSize, clock: clock, body)
  }
}

/// Builds the index until it contains all changes, or until a purge or an erasure must be finished first.
func buildIndex(of ledger: Ledger) async throws {
  while true {
    switch try await ledger.indexReasons() {
    case .more, .damaged: continue
    case .upToDate, .paused: return
    }
  }
}

/// Returns filters of different forms with a condition on the reason.
func reasonFilters(_ text: String) -> [ChangeFilter] {
  let reason = ChangeField.plain(.reason)
  let lower = ChangeFilter.lowerCase(.contains(reason, text.lowercased()))
  let applied = ChangeFilter.comparison(.plain(.kind), .eq, .text("update"))
  let flow = ChangeFilter.contains(.plain(.flowId), "flow1")
  let address = ChangeFilter.contains(.initiatedBy(.ipAddress), "10.0.0.1")
  return [
    .contains(reason, text), .comparison(reason, .eq, .text(text)), lower, .startsWith(reason, text),
    .lowerCase(.startsWith(reason, text.lowercased())), .lowerCase(.comparison(reason, .eq, .text(text.lowercased()))),
    .and(lower, applied), .and(flow, lower), .and(address, lower), .or(lower, flow),
    .and(.or(flow, .contains(reason, text)), applied), .not(lower), .or(lower, .contains(reason, "a")),
    .and(.comparison(.plain(.id), .ge, .number(100)), lower), .and(.comparison(.plain(.id), .le, .number(200)), lower),
    .and(.comparison(.plain(.flowId), .eq, .text("flow3")), lower), .and(lower, .contains(reason, "i")),
  ]
}

/// Records one change for each reason, at several addresses, by several people or by one person.
func record(
  _ reasons: [String?],
  in ledger: Ledger,
  from first: Int = 0,
  by person: String? = nil
) async throws {
  let drafts = reasons.enumerated().map { index, reason in
    let number = first + index
    let actor = Change.Actor(
      type: .user,
      id: person ?? "oid-\(number % 7)",
      name: "Person \(number % 7)",
      ipAddress: "10.0.0.\(number % 30)",
      proof: .entra
    )
    return Group.Draft(
      Change.Intent(
        subject: .step(Sample.address("b2cUserFlows/flow\(number % 20)/postFederationSignup")),
        kind: number % 3 == 0 ? .baseline : .update,
        before: .none,
        after: .none,
        actor: actor,
        reason: reason,
        requestID: "r\(number)"
      ),
      .found
    )
  }
  for start in stride(from: 0, to: drafts.count, by: 50) {
    try await ledger.record(Array(drafts[start..<min(drafts.count, start + 50)]))
  }
}

/// Returns the ids of all changes that a query finds. Reads the changes in pages of this size.
func ids(_ query: ChangeQuery, _ size: Int, _ history: History) async throws -> [Int64] {
  var (found, last) = ([Int64](), Change.ID?.none)
  while true {
    let page = try await history.piece(of: query, behind: last, limit: size, timeLimit: .seconds(60))
    found += try page.changes().map(\.id.number)
    guard let end = page.end else { return found }
    last = end
  }
}

/// Expects that the ledger finds the same changes as a search of all changes without the index.
func compare(_ filters: [ChangeFilter], _ ledger: Ledger, _ sizes: [Int] = [7, 1000]) async throws {
  let all = try await ledger.history.changes(limit: 5000)
  for filter in filters {
    let expected = all.filter(filter.matches).map(\.id.number)
    for size in sizes {
      #expect(try await ids(ChangeQuery(filter: filter), size, ledger.questions) == expected, "\(filter)")
      let ascending = ChangeQuery(filter: filter, isAscending: true)
      #expect(try await ids(ascending, size, ledger.questions) == expected.reversed(), "\(filter)")
    }
    let count = try await ledger.questions.count(ChangeQuery(filter: filter), timeLimit: .seconds(60))
    #expect(count == expected.count, "\(filter)")
  }
}
