import ReflogModel
import Synchronization

/// A cache of identity rows, which are few and which many changes refer to.
///
/// The meaning of a row never changes. A purge or an erasure empties a row only when no change refers to it.
final class IdentityCache: Sendable {
  /// The type and the id of an actor.
  struct ActorIdentity {
    let type: Change.ActorType
    let id: String?
  }

  /// A name that a connector had, with the row of the connector.
  struct ConnectorName {
    let connector: Int64
    let name: String
  }

  /// A name that an actor had, with the row of the actor.
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
  /// The ledger's cursor key, or nil before it was read.
  let cursorKey = Mutex<[UInt8]?>(nil)
  private let tenant = Mutex<String?>(nil)

  /// Returns the ledger's tenant; `find` reads it once.
  func tenantID(find: () throws -> String) rethrows -> String {
    if let known = tenant.withLock({ $0 }) { return known }
    let found = try find()
    tenant.withLock { $0 = found }
    return found
  }
}

/// A cache of identity rows of one kind.
final class IdentityTable<Value: Sendable>: Sendable {
  /// The number of rows in memory.
  ///
  /// If there are more, all are dropped and read again: memory must not grow with the history.
  private static var capacity: Int { 8192 }

  private let known = Mutex<[Int64: Value]>([:])

  /// Returns the identity of a row; `find` reads it if it is not in memory.
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
