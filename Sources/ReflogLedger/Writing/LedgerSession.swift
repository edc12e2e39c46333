import ReflogModel
import ReflogStorage

/// Appends to the ledger, on the thread that writes: the one place where entries come to be.
///
/// Each transaction reads the head, appends, extends the Merkle tree, signs one checkpoint over all of it, and writes the head back.
/// So every committed entry is covered by a signature, and nothing that Reflog did not append is ever signed.
final class LedgerSession: WriteSession {
  let connection: Connection
  let identities: Identities
  /// The time of all that this transaction appends: that of the clock, or of the newest entry where the clock is behind it.
  private(set) var time = Timestamp(microseconds: 0)
  /// How far the clock is behind the newest entry.
  private(set) var clockLag = Duration.zero
  /// What the next entry needs.
  var head: LedgerHead
  let statements: LedgerStatements
  let tenantID: String
  var random = RandomPool()
  /// The hashes of intents that are pending, which their outcomes name: those that this session appended.
  var intentHashes: [Int64: Hash] = [:]
  /// How many keys of requests were recorded since old ones were removed.
  var keysSinceRemoval = 0

  private let context: LedgerContext
  private var origin: Origin
  /// The head as it is in the file.
  private var stored: LedgerHead
  private var saved: (head: LedgerHead, touchedCount: Int, seenCount: Int)?
  /// The changes that this transaction recorded or settled, in order.
  private var touched: [Change] = []
  private var seen: [(Observation, Timestamp)] = []
  private var forgetsMemory = false
  private var deletesSecurely = false

  /// Throws `foreignEntries` where rows stand behind the head, or the head is not signed over the entries.
  ///
  /// - Parameter isTrusted: whether the head needs no signature: before an older copy of a ledger is taken into use.
  init(_ connection: Connection, _ context: LedgerContext, isTrusted: Bool = false) throws {
    self.connection = connection
    self.context = context
    identities = Identities(connection)
    statements = try LedgerStatements(connection)
    origin = try LogRows.origin(connection)
    tenantID = try connection.text("SELECT tenant_id FROM ledger") ?? ""
    head = try LedgerHead(connection)
    stored = head
    try head.verifyEnd(connection)
    if !isTrusted { try head.verify(of: origin, with: context.signers.keys.map(\.verifierKey)) }
  }

  func begin() throws {
    if let finding = context.finding { throw finding }
    defer { statements.readHead.reset() }
    guard let row = try statements.readHead.next(), try stored.isSame(as: row) else {
      let finding = LedgerError.foreignEntries(from: stored.nextSequence)
      context.stop(because: finding)
      throw finding
    }
    let now = context.clock()
    clockLag = head.newestTime.since(now)
    time = max(now, head.newestTime)
  }

  /// Signs what the log is now and writes the head. A transaction that appended nothing leaves it as it is.
  func end() throws {
    guard head.nextSequence > stored.nextSequence else { return }
    let keys = context.signers.keys
    guard let key = keys.last else { throw LedgerError.corrupt("no key that signs") }
    let checkpoint = Checkpoint(origin: origin, size: head.nextSequence, root: head.frontier.root)
    let note = String(decoding: try checkpoint.signed(by: keys).bytes, as: UTF8.self)
    head.checkpoint = note
    let statement = statements.writeHead
    statement.bind(1, head.nextSequence)
    statement.bind(2, head.nextChange)
    statement.bind(3, head.nextEvent)
    statement.bind(4, head.newestTime.microseconds)
    var frontier: [UInt8] = []
    for hash in head.frontier.hashes { hash.withUnsafeBytes { frontier.append(contentsOf: $0) } }
    frontier.withUnsafeBytes { statement.bind(5, $0) }
    statement.bind(6, note)
    statement.bind(7, key.verifierKey.text)
    try statement.run()
    // A crash from here to the end of COMMIT: a restart finds the head and the entries of the transaction before, and nothing of this
    // one. The anchor is never ahead of the head, since it is written behind the commit.
  }

  func committed() {
    // A crash from here on: a restart finds all of it, and pending changes for the reconciler. No caller was answered yet.
    stored = head
    context.memory.update(touched, seen, forgetting: forgetsMemory)
    if let checkpoint = head.checkpoint { context.publish(checkpoint) }
    for change in touched where change.outcome != nil { context.onSettled(change) }
    clear()
  }

  func rolledBack() {
    head = stored
    identities.forget()
    intentHashes.removeAll()
    clear()
  }

  func save() {
    saved = (head, touched.count, seen.count)
  }

  func restore() {
    guard let saved else { return }
    head = saved.head
    touched.removeLast(touched.count - saved.touchedCount)
    seen.removeLast(seen.count - saved.seenCount)
    identities.forget()
    intentHashes.removeAll()
  }

  private func clear() {
    touched.removeAll(keepingCapacity: true)
    seen.removeAll()
    forgetsMemory = false
    saved = nil
    guard deletesSecurely else { return }
    deletesSecurely = false
    // It can't fail: the connection is open, and outside a transaction.
    try? connection.executeAll("PRAGMA secure_delete = OFF")
  }

  /// Has the ledger's memory forget what it holds once this transaction is durable, and forgets what this session knows: history was
  /// erased or purged.
  func forgetMemory() {
    identities.forget()
    forgetsMemory = true
  }

  /// Has SQLite overwrite what this transaction deletes (sqlite.org/pragma.html#pragma_secure_delete): history is erased or purged. It
  /// would make every change more expensive, so it is on in such transactions alone.
  func deleteSecurely() throws {
    deletesSecurely = true
    try connection.executeAll("PRAGMA secure_delete = ON")
  }

  /// Gives the log another name, from this transaction on.
  func rename(to origin: Origin) throws {
    try connection.execute("UPDATE ledger SET origin = ?", [origin.text])
    self.origin = origin
  }

  func note(_ change: Change) { touched.append(change) }
  func note(_ observations: [Observation]) { seen += observations.map { ($0, time) } }

  /// Appends an entry: its row is written, and its leaf taken into the tree.
  ///
  /// - Parameter record: the record of the entry with this number and this salt.
  /// - Returns: the hash of the record.
  func append(
    _ subject: EntrySubject,
    _ record: (_ sequence: Int64, _ salt: Salt) throws -> EntryRecord
  ) throws -> Hash {
    let (sequence, salt) = (head.nextSequence, Salt(using: &random))
    guard sequence < .max else { throw LedgerError.corrupt("entry \(sequence) is beyond all numbers") }
    let hash = try record(sequence, salt).hash
    let (statement, id) =
      switch subject {
      case .change(let id): (statements.insertEntryOfChange, id.number)
      case .event(let id): (statements.insertEntryOfEvent, id)
      }
    statement.bind(1, sequence)
    statement.bind(2, id)
    statement.bind(3, hash)
    statement.bind(4, salt)
    try run(statement, appending: sequence)
    try head.frontier.append(MerkleTree.leafHash(of: hash)) { node, hash in
      guard node.level > 0, node.level.isMultiple(of: Tile.height) else { return }
      let statement = statements.insertSubtree
      statement.bind(1, Int64(node.level / Tile.height))
      statement.bind(2, node.index)
      statement.bind(3, hash)
      try statement.run()
    }
    head.nextSequence = sequence + 1
    head.newestTime = time
    return hash
  }

  /// Throws `foreignEntries` where there is an entry of this number already, which no transaction of Reflog's appended.
  private func run(_ statement: Statement, appending sequence: Int64) throws {
    do {
      try statement.run()
    } catch {
      guard error.code == .constraint else { throw error }
      let finding = LedgerError.foreignEntries(from: sequence)
      context.stop(because: finding)
      throw finding
    }
  }

  enum EntrySubject {
    case change(Change.ID)
    case event(Int64)
  }
}
