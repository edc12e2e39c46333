/// How much may wait for a writer, and how much it takes at a time.
package struct GroupCommitLimits: Sendable {
  /// Ordinary writes that wait, reserved places and reserved writes that wait, together.
  package let places: Int
  /// How many writes share a transaction: enough to amortise a flush of 5 ms at thousands of changes a second, few enough that a
  /// commit stays within milliseconds.
  package let batch: Int
  /// A write that reserves a place for another is refused where the disk has less room than this: about what the reserved writes of
  /// a busy moment need.
  package let headroomBytes: UInt64

  package init(places: Int, batch: Int, headroomBytes: UInt64) {
    self.places = places
    self.batch = batch
    self.headroomBytes = headroomBytes
  }

  package static let standard = GroupCommitLimits(places: 2048, batch: 256, headroomBytes: 16 << 20)
}
