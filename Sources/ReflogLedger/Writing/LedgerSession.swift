import ReflogModel
import ReflogStorage

/// Appends entries to the ledger, on the writer's thread.
///
/// Only this class appends entries. Each transaction reads the head row of the log, appends entries, extends the Merkle
/// tree, signs one checkpoint that covers all entries, and writes the head row. So a signature covers every committed
/// entry, and Reflog never signs an entry that it did not append.
package final class LedgerSession: WriteSession {
  /// One write of the session is a group of changes and events.
  package typealias Items = Group

  let connection: any WriteConnection
  /// Reads and writes the rows of an append.
  let rows: any AppendStore
  let identities: Identities
  /// The time of all entries of this transaction.
  ///
  /// The time is the time of the clock. If the clock is behind the newest entry, the time is the time of the newest
  /// entry.
  private(set) var time = Timestamp(microseconds: 0)
  /// The time by which the clock is behind the newest entry.
  private(set) var clockLag = Duration.zero
  /// The head row of the log, including the updates that this transaction has made.
  var head: LedgerHead
  let tenantID: String
  var random = RandomPool()
  /// The hashes of pending intents that this session appended.
  ///
  /// The key is the id of the change.
  ///
  /// The hashes are kept in memory because the record of an outcome contains the hash of the intent.
  var intentHashes: [Int64: Hash] = [:]
  /// The number of idempotency keys that were recorded since old keys were last removed.
  var keysSinceRemoval = 0

  /// The freezes that are in force or planned, or nil if they must be read again; see ``currentFreezes()``.
  var freezes: Freezes?
  /// Whether this transaction changed the freezes.
  var changesFreezes = false
  /// The number of overrides of freezes that this transaction recorded.
  var overrideCount = 0

  private let context: LedgerContext
  private var origin: Origin
  /// The head row that the newest committed transaction wrote to the file.
  private var stored: LedgerHead
  /// The state that ``restore()`` restores, or nil if ``save()`` was not called in this transaction.
  private var saved: (head: LedgerHead, touchedCount: Int, seenCount: Int, overrideCount: Int)?
  /// The changes that this transaction recorded or settled, in order.
  private var touched: [Change] = []
  private var seen: [(Observation, Timestamp)] = []
  private var forgetsMemory = false
  /// For each change that was made without Reflog and is recorded by this transaction, the steps that called its
  /// connector.
  private var driftCallers: [Change.ID: Freeze.Drift.Callers] = [:]

  /// Checks the head row of the log, and starts a session.
  ///
  /// - Parameters:
  ///   - connection: The write connection.
  ///   - rows: Reads and writes the rows of an append, on the same connection.
  ///   - context: The data that the session shares with the ledger.
  ///   - isTrusted: Whether to skip the check of the signature in the head row. The check is skipped when an older copy
  ///     of a ledger is accepted, and when a lost key is replaced.
  /// - Throws: ``LedgerError/foreignEntries(from:)`` if a row has a higher number than the head row allows, or if the
  ///   signed checkpoint in the head row covers more or fewer entries than the file has.
  init(
    _ connection: any WriteConnection,
    _ rows: any AppendStore,
    _ context: LedgerContext,
    isTrusted: Bool = false
  ) throws {
    self.connection = connection
    self.rows = rows
    self.context = context
    identities = Identities(connection)
    origin = try LogRows.origin(connection)
    tenantID = try connection.text("SELECT tenant_id FROM ledger") ?? ""
    head = try LedgerHead(connection)
    stored = head
    try head.verifyEnd(connection)
    if !isTrusted { try head.verify(of: origin, with: context.signers.keys.map(\.verifierKey)) }
    time = max(context.clock(), head.newestTime)
    context.publish(nil, newestTime: head.newestTime, overrides: 0)
    context.publish(try currentFreezes())
  }

  /// Checks that the stored head row is the row that this session wrote last, and sets the time of the transaction.
  package func begin(_ groups: [Group]) throws {
    if let finding = context.finding { throw finding }
    guard let row = try rows.readHead(appending: groups, identities), stored.isSame(as: row) else {
      let finding = LedgerError.foreignEntries(from: stored.nextSequence)
      context.stop(because: finding)
      throw finding
    }
    let now = context.clock()
    clockLag = head.newestTime.since(now)
    time = max(now, head.newestTime)
  }

  /// Signs the log and writes the head row, if the transaction appended an entry.
  package func end() throws {
    // The freezes are published after the commit. At that time no read is possible, so the freezes are read here.
    if changesFreezes { _ = try currentFreezes() }
    guard head.nextSequence > stored.nextSequence else { return }
    // The callers are needed after the commit, when no read is possible.
    for change in touched where change.intent.kind == .drift {
      driftCallers[change.id] = try callers(ofDrift: change, window: context.settleWindow)
    }
    let keys = context.signers.keys
    guard let key = keys.last else { throw LedgerError.corrupt("the log has no signing key") }
    let checkpoint = Checkpoint(origin: origin, size: head.nextSequence, root: head.frontier.root)
    let note = String(decoding: try checkpoint.signed(by: keys).bytes, as: UTF8.self)
    head.checkpoint = note
    head.verifierKey = key.verifierKey.text
    try rows.write(head)
    // If the server crashes between here and the end of COMMIT, the database restores the state of the previous
    // transaction at the restart. No part of this transaction remains. The anchor is written after the commit, so the
    // anchor never covers more entries than the committed head row.
  }

  /// Publishes the changes and the checkpoint that the transaction made durable.
  package func committed() {
    // If the server crashes from here on, the whole transaction is durable, and the reconciler settles the pending
    // changes after the restart. No caller has received an answer yet.
    stored = head
    context.memory.update(touched, seen, forgetting: forgetsMemory)
    context.publish(head.checkpoint, newestTime: head.newestTime, overrides: overrideCount)
    if changesFreezes, let freezes { context.publish(freezes) }
    for change in touched where change.outcome != nil {
      context.onSettled(change)
      reportIfFrozen(change)
    }
    clear()
  }

  /// Reports a change if it was made without Reflog, and if a freeze then certainly or possibly covered it.
  ///
  /// The freeze covered the step of the change, its connector, or a step that called the connector.
  private func reportIfFrozen(_ change: Change) {
    guard change.intent.kind == .drift,
      let found = freezes?.despite(change, window: context.settleWindow, callers: driftCallers[change.id])
    else { return }
    context.onFrozenDrift(change, found.freeze, found.isCertain)
  }

  /// Restores the state that this session had before the transaction began.
  package func rolledBack() {
    head = stored
    if changesFreezes { freezes = nil }
    identities.forget()
    intentHashes.removeAll()
    clear()
  }

  /// Saves the state of the transaction, before the next write begins.
  package func save() {
    saved = (head, touched.count, seen.count, overrideCount)
  }

  /// Restores the saved state, after one write was rolled back.
  package func restore() {
    guard let saved else { return }
    head = saved.head
    if changesFreezes { freezes = nil }
    touched.removeLast(touched.count - saved.touchedCount)
    seen.removeLast(seen.count - saved.seenCount)
    overrideCount = saved.overrideCount
    identities.forget()
    intentHashes.removeAll()
  }

  /// Clears the state that belongs to one transaction.
  private func clear() {
    touched.removeAll(keepingCapacity: true)
    seen.removeAll()
    driftCallers.removeAll()
    forgetsMemory = false
    changesFreezes = false
    overrideCount = 0
    saved = nil
  }

  /// Empties this session's memory immediately, and the ledger's memory once this transaction is durable.
  ///
  /// Call this in a transaction that erases or purges history.
  func forgetMemory() {
    identities.forget()
    forgetsMemory = true
    // A freeze in memory contains the name of a person, so the freezes are read again when they are needed.
    forgetFreezes()
  }

  /// Renames the log; the checkpoint of this transaction already has the new name.
  func rename(to origin: Origin) throws {
    try connection.execute("UPDATE ledger SET origin = ?", [origin.text])
    self.origin = origin
  }

  /// Adds a change to the list of changes that the transaction recorded or settled.
  func note(_ change: Change) { touched.append(change) }
  /// Adds observations to the list of observations that the transaction recorded.
  func note(_ observations: [Observation]) { seen += observations.map { ($0, time) } }

  /// Appends an entry: inserts its row, and adds its hash to the Merkle tree.
  ///
  /// - Parameters:
  ///   - subject: The change or service event of the entry.
  ///   - record: A function that creates the record of the entry from its sequence number and its salt.
  /// - Returns: The hash of the record.
  func append(
    _ subject: EntrySubject,
    _ record: (_ sequence: Int64, _ salt: Salt) throws -> EntryRecord
  ) throws -> Hash {
    let (sequence, salt) = (head.nextSequence, Salt(using: &random))
    guard sequence < .max else { throw LedgerError.corrupt("the sequence number \(sequence) is too high") }
    let hash = try record(sequence, salt).hash
    try insert(EntryRow(sequence: sequence, subject: subject, hash: hash, salt: salt))
    try head.frontier.append(MerkleTree.leafHash(of: hash)) { node, hash in
      guard node.level > 0, node.level.isMultiple(of: Tile.height) else { return }
      try rows.insert(SubtreeRow(level: Int64(node.level / Tile.height), position: node.index, hash: hash))
    }
    head.nextSequence = sequence + 1
    head.newestTime = time
    return hash
  }

  /// Inserts an entry.
  ///
  /// - Throws: ``LedgerError/foreignEntries(from:)`` if another program already inserted an entry with this number.
  private func insert(_ row: EntryRow) throws {
    do {
      try rows.insert(row)
    } catch let error as SQLError {
      guard error.code == .constraint else { throw error }
      let finding = LedgerError.foreignEntries(from: row.sequence)
      context.stop(because: finding)
      throw finding
    }
  }
}
