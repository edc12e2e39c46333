/// The entries of one tile in the form that a log serves (C2SP tlog-tiles).
///
/// In front of each entry, two bytes contain the length of the entry. The high byte is first.
package struct EntryBundle: Hashable, Sendable {
  /// The maximum length of an entry in bytes.
  ///
  /// A bundle stores the length of an entry in two bytes, so a longer entry is not possible.
  package static let maximumEntryByteCount = 65_535

  /// The bytes of each entry, in the order of the log.
  package let entries: [[UInt8]]

  /// Creates a bundle.
  ///
  /// - Throws: ``IntegrityError/malformedBundle(problem:)`` if there are more entries than a tile can have, or if an
  ///   entry is too long.
  package init(entries: [[UInt8]]) throws(IntegrityError) {
    guard entries.count <= Tile.maximumWidth else {
      throw .malformedBundle(problem: "it has more than \(Tile.maximumWidth) entries")
    }
    guard entries.allSatisfy({ $0.count <= Self.maximumEntryByteCount }) else {
      throw .malformedBundle(problem: "an entry has more than \(Self.maximumEntryByteCount) bytes")
    }
    self.entries = entries
  }

  /// The bundle in the form that a log serves.
  package var bytes: [UInt8] {
    entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
  }
}
