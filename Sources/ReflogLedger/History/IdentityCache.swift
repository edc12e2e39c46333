import ReflogModel
import Synchronization

/// A cache of identity rows, which are the rows with the ids and names of addresses, connectors and actors.
///
/// There are few identity rows, and many changes refer to each of them. A cached row does not become stale, because the
/// content of a row never changes. There is one exception: a purge or an erasure empties rows to which no change
/// refers.
final class IdentityCache: Sendable {
  /// The type and the id of an actor.
  struct ActorIdentity {
    let type: Change.ActorType
    let id: String?
  }

  /// A name that a connector has or had, with the row number of the connector.
  struct ConnectorName {
    let connector: Int64
    let name: String
  }

  /// A name that an actor has or had, with the row number of the actor.
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
  /// The ledger's cursor key, or nil if the key was not read yet.
  let cursorKey = Mutex<[UInt8]?>(nil)
  private let tenant = Mutex<String?>(nil)

  /// Returns the ledger's tenant from memory, or reads it with `find`.
  func tenantID(find: () throws -> String) rethrows -> String {
    if let known = tenant.withLock({ $0 }) { return known }
    let found = try find()
    tenant.withLock { $0 = found }
    return found
  }
}

/// A cache of the identity rows in one table, such as the table `actor`.
final class IdentityTable<Value: Sendable>: Sendable {
  /// The maximum number of rows in memory, because memory must not grow with the history.
  ///
  /// When the maximum is reached, all rows are dropped from memory. A dropped row is read from the file again when the
  /// row is needed.
  private static var capacity: Int { 8192 }
  /// A mask of the lowest bits of a row's id.
  ///
  /// Rows whose ids differ only in these bits are read together.
  static var blockBits: Int64 { 63 }

  private let known = Mutex<[Int64: Value]>([:])

  /// Returns the identity in a row from memory, or nil if the row is not in memory.
  subscript(row: Int64) -> Value? { known.withLock { $0[row] } }

  /// Keeps rows in memory.
  func keep(_ rows: [Int64: Value]) {
    known.withLock { known in
      if known.count + rows.count > Self.capacity { known = [:] }
      known.merge(rows) { _, new in new }
    }
  }
}
