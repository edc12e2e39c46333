import ReflogModel
import ReflogStorage

/// The retention policy, the holds and the purges as the recorded events say. No hash covers the tables that say the same, so nothing is
/// deleted if they say something else.
struct RetentionRecord {
  private var policy = RetentionPolicy(days: nil)
  private var holds: [String: FlowScope] = [:]
  /// The moment before which each purge deletes, as the event writes it.
  private var purges: [Int64: String] = [:]

  /// Reads the events. Throws ``LedgerError/corrupt(_:)`` if one is not what was logged.
  init(_ db: Connection) throws {
    // In the words of the index `service_event_retention`.
    let events = try EventRows.checked(
      "kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked') ORDER BY service_event.id",
      [],
      db
    )
    for event in events { add(event.content) }
  }

  private mutating func add(_ content: ServiceEvent.Content) {
    let details = content.details
    func name() -> String { (details["name"]?.string ?? "").asciiFolded }
    switch content.kind {
    case .retentionSet: policy = RetentionPolicy(days: details["days"]?.wholeNumber.map(Int.init))
    case .holdPlaced:
      let flowType = details["flowType"]?.string.flatMap(FlowType.init(rawValue:))
      let flow = details["flowId"]?.string.flatMap { FlowID($0) }
      holds[name()] = if let flowType, let flow { .flow(flowType, flow) } else { .everything }
    case .holdReleased: holds[name()] = nil
    case .purgeAsked: purges[details["purge"]?.wholeNumber ?? 0] = details["before"]?.string
    default: return
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if the policy or the holds are not as they were recorded.
  func checkKept(_ db: Connection) throws {
    guard try RetentionRows.policy(db) == policy else {
      throw LedgerError.corrupt("another retention than the one on record; set it again, and it is")
    }
    let placed = Dictionary(try RetentionRows.holds(db).map { ($0.name.asciiFolded, $0.scope) }) { first, _ in first }
    let other = Set(holds.keys).union(placed.keys).filter { holds[$0] != placed[$0] }.sorted()
    guard other.isEmpty else {
      throw LedgerError.corrupt("the holds \(other.joined(separator: ", ")) otherwise than they are on record")
    }
  }

  /// Throws ``LedgerError/corrupt(_:)`` if a purge is not as it was asked for.
  func check(_ purge: Purge) throws {
    guard purges[purge.id] == purge.before.description else {
      throw LedgerError.corrupt("another purge than the one that was asked for")
    }
  }
}
