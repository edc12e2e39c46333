import ReflogModel
import Synchronization

/// Identity rows that were read before. There are few of them, and many changes that name them.
///
/// A row keeps its meaning for ever. A row that was emptied is named by no change any more.
final class IdentityCache: Sendable {
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

  let addresses = IdentityTable<Address>()
  let connectors = IdentityTable<ConnectorID>()
  let connectorNames = IdentityTable<ConnectorName>()
  let actors = IdentityTable<ActorIdentity>()
  let actorNames = IdentityTable<ActorName>()
  let clientApps = IdentityTable<String>()
  /// The ledger's cursor key, once it was read.
  let cursorKey = Mutex<[UInt8]?>(nil)
  private let tenant = Mutex<String?>(nil)

  func tenantID(find: () throws -> String) rethrows -> String {
    if let known = tenant.withLock({ $0 }) { return known }
    let found = try find()
    tenant.withLock { $0 = found }
    return found
  }
}

/// Identity rows of one kind that were read before.
final class IdentityTable<Value: Sendable>: Sendable {
  /// More rows than this are forgotten and read again: memory must not grow with the history.
  private static var capacity: Int { 8192 }

  private let known = Mutex<[Int64: Value]>([:])

  /// The identity of a row. `find` reads it if it is not known yet.
  func value(_ row: Int64, find: () throws -> Value) rethrows -> Value {
    if let known = known.withLock({ $0[row] }) { return known }
    let found = try find()
    known.withLock { known in
      if known.count >= Self.capacity { known = [:] }
      known[row] = found
    }
    return found
  }
}
