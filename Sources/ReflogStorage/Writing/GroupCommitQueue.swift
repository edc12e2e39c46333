import DequeModule

/// The queue of a writer, with a maximum length.
///
/// A reserved write always has a slot, and runs earlier than ordinary writes.
struct GroupCommitQueue<Write> {
  private let limits: GroupCommitLimits
  private var reservedWrites: Deque<Write> = []
  private var ordinaryWrites: Deque<Write> = []
  private var reservedSlots = 0

  init(limits: GroupCommitLimits) {
    self.limits = limits
  }

  var isEmpty: Bool { reservedWrites.isEmpty && ordinaryWrites.isEmpty }

  /// Queues an ordinary write.
  ///
  /// If `reservingSlot` is true, this method also reserves a slot for a later write.
  ///
  /// - Returns: Whether the queue had enough free slots. If the queue had too few free slots, the queue is unchanged.
  mutating func add(ordinary write: Write, reservingSlot: Bool) -> Bool {
    let taken = ordinaryWrites.count + reservedWrites.count + reservedSlots
    guard taken + (reservingSlot ? 2 : 1) <= limits.slots else { return false }
    ordinaryWrites.append(write)
    if reservingSlot { reservedSlots += 1 }
    return true
  }

  /// Queues a write in a reserved slot.
  mutating func add(reserved write: Write) {
    precondition(reservedSlots > 0, "a reserved write needs a reserved slot")
    reservedSlots -= 1
    reservedWrites.append(write)
  }

  /// Releases a reserved slot that no write will use.
  mutating func releaseSlot() {
    precondition(reservedSlots > 0, "there is no reserved slot to release")
    reservedSlots -= 1
  }

  /// Removes and returns the writes that share the next transaction.
  ///
  /// The reserved writes are first, then the ordinary writes. Within each of the two kinds, the writes are in order of
  /// arrival.
  mutating func takeBatch() -> [Write] {
    var batch: [Write] = []
    while batch.count < limits.batch, let write = reservedWrites.popFirst() ?? ordinaryWrites.popFirst() {
      batch.append(write)
    }
    return batch
  }

  /// Removes and returns all writes.
  mutating func takeAll() -> [Write] {
    defer {
      reservedWrites.removeAll()
      ordinaryWrites.removeAll()
    }
    return Array(reservedWrites) + Array(ordinaryWrites)
  }
}
