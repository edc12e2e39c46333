import ReflogModel
import ReflogStorage

/// The retention policy, the legal holds, the purges and the erasures according to the recorded events.
///
/// The ledger also has tables with the policy, the holds, the purges and the erasures. Another program could alter
/// these tables, because no hash covers them. Hashes cover the events. So Reflog deletes rows only if the tables match
/// the events.
struct RetentionRecord {
  private var policy = RetentionPolicy(days: nil)
  private var holds: [String: FlowScope] = [:]
  /// The moment up to which each purge deletes history, as text.
  ///
  /// The key is the id of the purge.
  private var purges: [Int64: String] = [:]
  /// The details of each event that requests an erasure.
  ///
  /// The key is the id of the event.
  private var erasures: [Int64: JSONObject] = [:]

  /// Reads the events.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if an event does not match the log.
  init(_ db: any LedgerConnection) throws {
    // A database uses the index `service_event_retention` only if this condition on `kind` is exactly the condition of
    // the index.
    let events = try EventRows.checked(
      """
      kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked', 'erasureAsked') ORDER BY service_event.id
      """,
      [],
      db
    )
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
      holds[name()] = if let flowType, let flow { .flow(flowType, flow) } else { .everything }
    case .holdReleased: holds[name()] = nil
    case .purgeAsked: purges[details["purge"]?.wholeNumber ?? 0] = details["before"]?.string
    case .erasureAsked: erasures[event.id] = details
    default: return
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if the policy or the holds in the tables differ from the recorded events.
  func checkKept(_ db: any LedgerConnection) throws {
    guard try RetentionRows.policy(db) == policy else {
      throw LedgerError.corrupt("the retention policy differs from the recorded policy. Set the policy again")
    }
    let placed = Dictionary(try RetentionRows.holds(db).map { ($0.name.asciiFolded, $0.scope) }) { first, _ in first }
    let other = Set(holds.keys).union(placed.keys).filter { holds[$0] != placed[$0] }.sorted()
    guard other.isEmpty else {
      throw LedgerError.corrupt("the legal holds \(other.joined(separator: ", ")) differ from the recorded holds")
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if a purge differs from the recorded request.
  func check(_ purge: Purge) throws {
    guard purges[purge.id] == purge.before.description else {
      throw LedgerError.corrupt("a purge differs from its recorded request")
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if an erasure differs from the recorded request.
  func check(_ erasure: ErasureRows.Unfinished) throws {
    let asked = erasures[erasure.event]
    guard let asked, asked["actorType"]?.string == erasure.actorType, asked["actorId"]?.string == erasure.actorID
    else { throw LedgerError.corrupt("an erasure differs from its recorded request") }
  }
}
