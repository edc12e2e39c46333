/// The name of a log, its number of entries, and the root of the Merkle tree over the entries (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
  /// The name of the log.
  package let origin: Origin
  /// The number of entries.
  package let size: Int64
  /// The root of the Merkle tree over these entries.
  package let root: Hash

  /// Creates a checkpoint.
  ///
  /// - Parameters:
  ///   - origin: The name of the log.
  ///   - size: The number of entries, 0 or more.
  ///   - root: The root of the Merkle tree over these entries.
  package init(origin: Origin, size: Int64, root: Hash) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The text to sign.
  ///
  /// The text has three lines: the origin, the size and the root. Reflog writes no extension lines, because other
  /// programs could not check their content.
  package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

  /// Reads the text of a checkpoint.
  ///
  /// Extension lines after the third line are ignored.
  ///
  /// - Throws: ``IntegrityError/malformedCheckpoint(problem:)`` or ``IntegrityError/malformedOrigin(_:)`` for any other
  ///   text.
  package init(text: String) throws(IntegrityError) {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    guard lines.count > 3, lines.last == [] else {
      throw .malformedCheckpoint(problem: "it has fewer than three whole lines")
    }
    guard lines.dropLast().allSatisfy({ !$0.isEmpty }) else {
      throw .malformedCheckpoint(problem: "it has an empty line")
    }
    origin = try Origin(line: String(decoding: lines[0], as: UTF8.self))
    guard let size = Int64(plainDecimal: lines[1]) else {
      throw .malformedCheckpoint(problem: "its second line is not a decimal number without leading zeros")
    }
    guard let rootBytes = [UInt8](base64: lines[2]), let root = Hash(bytes: rootBytes) else {
      throw .malformedCheckpoint(problem: "its third line is not Base 64 of 32 bytes")
    }
    guard size > 0 || root == MerkleTree.emptyRoot else {
      throw .malformedCheckpoint(problem: "its size is 0, but its root is not that of the empty tree")
    }
    self.size = size
    self.root = root
  }
}
