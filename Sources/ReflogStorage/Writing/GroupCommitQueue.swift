import DequeModule

/// What waits for the writer: a bounded queue in which reserved writes go first and always have a place.
struct GroupCommitQueue<Write> {
  private let limits: GroupCommitLimits
  private var reservedWrites: Deque<Write> = []
  private var ordinaryWrites: Deque<Write> = []
  private var reservedPlaces = 0

  init(limits: GroupCommitLimits) {
    self.limits = limits
  }

  var isEmpty: Bool { reservedWrites.isEmpty && ordinaryWrites.isEmpty }

  /// Queues an ordinary write and, if asked to, reserves a place for one that will follow it. Returns whether there was
  /// room for all of it; if not, nothing is queued.
  mutating func add(ordinary write: Write, reservingPlace: Bool) -> Bool {
    let taken = ordinaryWrites.count + reservedWrites.count + reservedPlaces
    guard taken + (reservingPlace ? 2 : 1) <= limits.places else { return false }
    ordinaryWrites.append(write)
    if reservingPlace { reservedPlaces += 1 }
    return true
  }

  /// Queues a write in a place that was reserved for it.
  mutating func add(reserved write: Write) {
    precondition(reservedPlaces > 0, "a reserved write needs a reserved place")
    reservedPlaces -= 1
    reservedWrites.append(write)
  }

  /// Gives a reserved place back unused.
  mutating func releasePlace() {
    precondition(reservedPlaces > 0, "there is no reserved place to give back")
    reservedPlaces -= 1
  }

  /// Takes what shares the next transaction: reserved writes first, each kind in order of arrival.
  mutating func takeBatch() -> [Write] {
    var batch: [Write] = []
    while batch.count < limits.batch, let write = reservedWrites.popFirst() ?? ordinaryWrites.popFirst() {
      batch.append(write)
    }
    return batch
  }

  /// Takes everything.
  mutating func takeAll() -> [Write] {
    defer {
      reservedWrites.removeAll()
      ordinaryWrites.removeAll()
    }
    return Array(reservedWrites) + Array(ordinaryWrites)
  }
}
