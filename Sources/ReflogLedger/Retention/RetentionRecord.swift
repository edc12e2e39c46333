import ReflogModel
import ReflogStorage

/// The retention policy, the legal holds, the purges and the erasures, as the service events record them.
///
/// The ledger also has tables with these values. No hash covers these tables, so another program could alter them
/// without being noticed. Hashes cover the events. So Reflog compares the tables with the events before it deletes
/// rows, and before it writes the policy and the holds into an evidence pack.
struct RetentionRecord {
  private var policy = RetentionPolicy(days: nil)
  /// The holds that were not released. The key is the name in lower case.
  private var holds: [String: LegalHold] = [:]
  /// The requests for purges. The key is the id of the purge.
  private var purges: [Int64: PurgeRequest] = [:]
  /// The details of each event that requests an erasure.
  ///
  /// The key is the id of the event.
  private var erasures: [Int64: JSONObject] = [:]

  /// What the events record about a purge.
  private struct PurgeRequest {
    /// The moment up to which the purge deletes history, as text.
    var before: String?
    /// The time of the first request.
    let asked: Timestamp
  }

  /// The condition that selects the events.
  ///
  /// The text of the condition matters: a database uses the index `service_event_retention` only if the condition on
  /// `kind` is exactly the condition of the index.
  private static let selection = """
    kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked', 'erasureAsked') ORDER BY service_event.id
    """

  /// Reads the events.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if an event does not match the log.
  init(_ db: any LedgerConnection) throws {
    self.init(of: try EventRows.checked(Self.selection, [], db))
  }

  private init(of events: [ServiceEvent]) {
    for event in events { add(event) }
  }

  /// Updates the policy, the holds, the purges or the erasures with an event.
  private mutating func add(_ event: ServiceEvent) {
    let details = event.content.details
    func name() -> String { (details["name"]?.string ?? "").asciiFolded }
    switch event.content.kind {
    case .retentionSet: policy = RetentionPolicy(days: details["days"]?.wholeNumber.map(Int.init))
    case .holdPlaced:
      let flowType = details["flowType"]?.string.flatMap(FlowType.init(rawValue:))
      let flow = details["flowId"]?.string.flatMap { FlowID($0) }
      let scope: FlowScope = if let flowType, let flow { .flow(flowType, flow) } else { .everything }
      holds[name()] = LegalHold(
        name: details["name"]?.string ?? "",
        scope: scope,
        reason: details["reason"]?.string ?? "",
        placed: event.activityDateTime
      )
    case .holdReleased: holds[name()] = nil
    case .purgeAsked:
      // A later request extends an unfinished purge, so it changes `before`. The purge keeps the time of its first
      // request.
      let (id, before) = (details["purge"]?.wholeNumber ?? 0, details["before"]?.string)
      purges[id] = PurgeRequest(before: before, asked: purges[id]?.asked ?? event.activityDateTime)
    case .erasureAsked: erasures[event.id] = details
    default: return
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if the policy or the holds in the tables differ from the recorded events.
  func checkKept(_ db: any LedgerConnection) throws {
    if let problem = try problemOfPolicy(db) ?? problemOfHolds(db) { throw LedgerError.corrupt(problem) }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if a purge differs from the recorded request.
  func check(_ purge: Purge) throws {
    guard isRecorded(purge) else { throw LedgerError.corrupt(Self.problemOfPurge) }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if the newest purge in the table is not the purge that was requested last.
  ///
  /// - Parameter purge: The newest purge in the table, or nil if the table has no purge.
  func check(newest purge: Purge?) throws {
    guard purge?.id == purges.keys.max(), purge.map(isRecorded) ?? true else {
      throw LedgerError.corrupt(Self.problemOfPurge)
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if an erasure differs from the recorded request.
  func check(_ erasure: ErasureRows.Unfinished) throws {
    let asked = erasures[erasure.event]
    guard let asked, asked["actorType"]?.string == erasure.actorType, asked["actorId"]?.string == erasure.actorID
    else { throw LedgerError.corrupt(Self.problemOfErasure) }
  }

  /// Compares the tables with the service events, and returns the differences.
  ///
  /// The tables contain the policy, the holds, the purges and the erasures. The service events are not compared with
  /// the log, because the verification of the ledger compares all events with the log.
  static func problems(_ db: any LedgerConnection) throws -> [(table: String, problem: String)] {
    let record = RetentionRecord(of: try EventRows.events(selection, [], db))
    let comparisons: [(table: String, problem: (any LedgerConnection) throws -> String?)] = [
      ("retention", record.problemOfPolicy), ("hold", record.problemOfHolds), ("purge", record.problemOfPurges),
      ("erasure", record.problemOfErasures),
    ]
    var problems: [(table: String, problem: String)] = []
    for (table, comparison) in comparisons {
      do {
        if let problem = try comparison(db) { problems.append((table, problem)) }
      } catch StorageError.unexpectedValue(let column) {
        problems.append((table, "\(column) is not valid"))
      }
    }
    return problems
  }

  private static let problemOfPurge = "a purge differs from its recorded request"
  private static let problemOfErasure = "an erasure differs from its recorded request"

  private func problemOfPolicy(_ db: any LedgerConnection) throws -> String? {
    try RetentionRows.policy(db) == policy
      ? nil : "the retention policy differs from the recorded policy. Set the policy again"
  }

  private func problemOfHolds(_ db: any LedgerConnection) throws -> String? {
    let placed = Dictionary(try RetentionRows.holds(db).map { ($0.name.asciiFolded, $0) }) { first, _ in first }
    let other = Set(holds.keys).union(placed.keys).filter { holds[$0] != placed[$0] }.sorted()
    return other.isEmpty ? nil : "the legal holds \(other.joined(separator: ", ")) differ from the recorded holds"
  }

  private func problemOfPurges(_ db: any LedgerConnection) throws -> String? {
    let stored = try PurgeRows.all(db)
    return stored.count == purges.count && stored.allSatisfy(isRecorded) ? nil : Self.problemOfPurge
  }

  private func problemOfErasures(_ db: any LedgerConnection) throws -> String? {
    let stored = try db.integers("SELECT event FROM erasure")
    return stored.count == erasures.count && Set(stored) == Set(erasures.keys) ? nil : Self.problemOfErasure
  }

  private func isRecorded(_ purge: Purge) -> Bool {
    let request = purges[purge.id]
    return request?.before == purge.before.description && request?.asked == purge.asked
  }
}
