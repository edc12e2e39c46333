/// The limits of a writer's queue and of its transactions.
package struct GroupCommitLimits: Sendable {
  /// The maximum number of waiting writes and reserved slots together.
  package let slots: Int
  /// The maximum number of writes that share a transaction.
  ///
  /// With 256 writes in a transaction and a flush of 5 ms, thousands of changes per second are possible, and a commit
  /// takes only milliseconds.
  package let batch: Int
  /// The minimum free space of the disk, in bytes.
  ///
  /// With less free space, a write that reserves a slot is refused.
  ///
  /// The limit is approximately the space for all reserved writes of a busy server.
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
