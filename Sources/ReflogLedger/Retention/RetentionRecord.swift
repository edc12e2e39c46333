import Foundation
import GRDB
import ReflogModel

/// What the service events on record say is kept, for how long, and what may be purged: the tables that say the same are covered by
/// no hash, so nothing is deleted where they say something else.
struct RetentionRecord {
  private var policy = RetentionPolicy(days: nil)
  private var holds: [String: FlowScope] = [:]
  /// Up to when each purge was asked to go, as it is written there.
  private var purges: [Int64: String] = [:]

  /// Reads the events, and throws where one of them is not what was logged.
  init(_ db: Database) throws {
    // Spelt as the index has it.
    let events = try EventRows.logged(
      """
      kind IN ('retentionSet', 'holdPlaced', 'holdReleased', 'purgeAsked') ORDER BY service_event.id
      """,
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

  /// Throws where what is kept is not as somebody set it.
  func checkKept(_ db: Database) throws {
    guard try RetentionRows.policy(db) == policy else {
      throw LedgerError.corrupt("another retention than the one on record; set it again, and it is")
    }
    let placed = Dictionary(try RetentionRows.holds(db).map { ($0.name.asciiFolded, $0.scope) }) { first, _ in first }
    let other = Set(holds.keys).union(placed.keys).filter { holds[$0] != placed[$0] }.sorted()
    guard other.isEmpty else {
      throw LedgerError.corrupt("the holds \(other.joined(separator: ", ")) otherwise than they are on record")
    }
  }

  /// Throws where a purge is not as it was asked for.
  func check(_ purge: Purge) throws {
    guard purges[purge.id] == purge.before.description else {
      throw LedgerError.corrupt("another purge than the one that was asked for")
    }
  }
}
