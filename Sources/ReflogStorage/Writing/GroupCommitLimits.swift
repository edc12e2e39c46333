/// The limits of a writer's queue and of its transactions.
package struct GroupCommitLimits: Sendable {
  /// The number of slots of the queue, for waiting ordinary writes, reserved slots and waiting reserved writes
  /// together.
  package let slots: Int
  /// The most writes that share a transaction.
  ///
  /// 256 writes amortize a flush of 5 ms at thousands of changes a second, and a commit still takes only milliseconds.
  package let batch: Int
  /// The free space of the disk, in bytes, below which a write that reserves a slot is refused.
  ///
  /// It is about what the reserved writes of a busy moment need.
  package let headroomBytes: UInt64

  /// Creates limits for one writer.
  package init(slots: Int, batch: Int, headroomBytes: UInt64) {
    self.slots = slots
    self.batch = batch
    self.headroomBytes = headroomBytes
  }

  /// The limits of the server's writers.
  package static let standard = GroupCommitLimits(slots: 2048, batch: 256, headroomBytes: 16 << 20)
}
