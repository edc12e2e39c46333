#if PostgreSQL
import ReflogLedger
import ReflogModel

/// The stored values that the checks of a transaction need.
///
/// The values are read in one request, and updated with each row that the transaction writes.
struct AppendLookups {
  private var addresses: [Int64: NewestChanges] = [:]
  private var connectors: [Int64: Int64?] = [:]
  private var results: [Int64: String] = [:]
  private var keys: [[UInt8]: StoredKey?] = [:]
  /// The row number of the subject of each known pending change.
  ///
  /// The key is the id of the change. A positive value is the row number of an address. A negative value is the row
  /// number of a connector, with a minus sign.
  private var pendingPlaces: [Int64: Int64] = [:]

  /// A stored idempotency key, with the state of the change that was made with the key.
  struct StoredKey {
    let change: Int64
    let bodyHash: [UInt8]
    let recorded: Int64
    /// Whether a repeated request with the key may be carried out again, or nil if the change was purged.
    let frees: Bool?
  }

  /// The row numbers, ids and keys that one request reads for the groups of a transaction.
  struct Needs {
    var addresses: [Int64] = []
    var connectors: [Int64] = []
    var changes: [Int64] = []
    var keys: [[UInt8]] = []

    /// Collects the rows that the groups need.
    ///
    /// If the number of a row is not in memory, the row is left out here and is read later.
    init(_ groups: [Group], _ identities: Identities) {
      for group in groups {
        for prepared in group.prepared {
          if let row = identities.rememberedRow(of: prepared.address) { addresses.append(row) }
        }
        for connector in group.connectors {
          if let row = identities.rememberedRow(of: connector) { connectors.append(row) }
        }
        changes += group.settlements.map(\.change.id.number)
        if let key = group.key { keys.append(key.keyHash) }
      }
    }

    /// A kind of rows that are read with one statement.
    enum Kind: CaseIterable { case addresses, connectors, changes, keys }

    /// The kinds of rows that the groups need.
    ///
    /// Kinds without rows are left out, because PostgreSQL needs about 100 µs for each statement.
    var kinds: [Kind] {
      Kind.allCases.filter { kind in
        switch kind {
        case .addresses: !addresses.isEmpty
        case .connectors: !connectors.isEmpty
        case .changes: !changes.isEmpty
        case .keys: !keys.isEmpty
        }
      }
    }

    /// Returns the parameter of the statement that reads the rows of a kind.
    func parameter(of kind: Kind) -> PostgreSQLConnection.Parameter {
      switch kind {
      case .addresses: .integers(addresses)
      case .connectors: .integers(connectors)
      case .changes: .integers(changes)
      case .keys: .byteStrings(keys)
      }
    }
  }

  func newestChanges(atAddress row: Int64) -> NewestChanges? { addresses[row] }
  func pendingChange(ofConnector row: Int64) -> Int64?? { connectors[row] }
  func result(of change: Int64) -> String? { results[change] }
  func key(_ hash: [UInt8]) -> StoredKey?? { keys[hash] }

  mutating func add(_ newest: NewestChanges, atAddress row: Int64) {
    addresses[row] = newest
    if let pending = newest.pending { pendingPlaces[pending] = row }
  }

  mutating func add(pending: Int64?, ofConnector row: Int64) {
    connectors[row] = .some(pending)
    if let pending { pendingPlaces[pending] = -row }
  }

  mutating func add(result: String, of change: Int64) { results[change] = result }

  mutating func add(_ key: StoredKey?, _ hash: [UInt8]) { keys[hash] = .some(key) }

  /// Removes the stored value of a key from memory, because the transaction replaces this value.
  mutating func forgetKey(_ hash: [UInt8]) { keys[hash] = nil }

  /// Updates the values in memory with a change that the transaction inserts.
  mutating func take(_ row: ChangeRow) {
    let (id, result) = (row.change.id.number, row.change.result)
    results[id] = result.rawValue
    if let address = row.address {
      guard let known = addresses[address] else { return }
      if result == .pending { add(NewestChanges(pending: id, applied: known.applied), atAddress: address) }
      if result == .applied { addresses[address] = NewestChanges(pending: known.pending, applied: id) }
    } else if let connector = row.before.connector, result == .pending, connectors[connector] != nil {
      add(pending: id, ofConnector: connector)
    }
  }

  /// Updates the values in memory with an outcome that the transaction writes.
  mutating func take(_ row: OutcomeRow) {
    let id = row.change.id.number
    results[id] = row.outcome.result.rawValue
    guard let place = pendingPlaces.removeValue(forKey: id) else { return }
    if place < 0 {
      connectors[-place] = .some(nil)
    } else if let known = addresses[place] {
      let applied = row.outcome.result == .applied ? max(known.applied ?? 0, id) : known.applied
      addresses[place] = NewestChanges(pending: nil, applied: applied)
    }
  }
}
#endif
