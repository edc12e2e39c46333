import ReflogModel
import Synchronization

/// Identity rows that were read before: there are few of them, and many changes that name them.
///
/// They never change.
final class IdentityCache: Sendable {
  /// More of a kind than this are forgotten and read again: memory must not grow with the history.
  private static let capacity = 8192

  struct Kept {
    var tenantID: String?
    var addresses: [Int64: Address] = [:]
    var connectors: [Int64: ConnectorID] = [:]
    var connectorNames: [Int64: ConnectorName] = [:]
    var actors: [Int64: ActorIdentity] = [:]
    var actorNames: [Int64: ActorName] = [:]
    var clientApps: [Int64: String] = [:]
  }

  struct ActorIdentity {
    let type: Change.ActorType
    let id: String?
  }

  struct ConnectorName {
    let connector: Int64
    let name: String
  }

  struct ActorName {
    let actor: Int64
    let name: String?
    let userPrincipalName: String?
  }

  private let kept = Mutex(Kept())

  func tenantID(find: () throws -> String) rethrows -> String {
    if let known = kept.withLock({ $0.tenantID }) { return known }
    let found = try find()
    kept.withLock { $0.tenantID = found }
    return found
  }

  /// The identity of this row, found where it is not known yet.
  func value<Value: Sendable>(
    _ row: Int64,
    in part: sending WritableKeyPath<Kept, [Int64: Value]>,
    find: () throws -> Value
  ) rethrows -> Value {
    if let known = kept.withLock({ $0[keyPath: part][row] }) { return known }
    let found = try find()
    kept.withLock { kept in
      if kept[keyPath: part].count >= Self.capacity { kept[keyPath: part] = [:] }
      kept[keyPath: part][row] = found
    }
    return found
  }
}
