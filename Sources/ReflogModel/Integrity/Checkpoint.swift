/// What a log was at a size: its name, the number of its entries, and the root of their tree (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
  package let origin: Origin
  package let size: Int64
  package let root: Hash

  /// - Parameter size: not negative.
  package init(origin: Origin, size: Int64, root: Hash) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The text that is signed: origin, size and root, each a line. Reflog writes no extension lines, for nobody could audit
  /// them.
  package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

  /// Reads the text of a checkpoint; extension lines may follow and are ignored.
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
      throw .malformedCheckpoint(problem: "its second line is no decimal without leading zeros")
    }
    guard let rootBytes = [UInt8](base64: lines[2]), let root = Hash(bytes: rootBytes) else {
      throw .malformedCheckpoint(problem: "its third line is no Base 64 of 32 bytes")
    }
    guard size > 0 || root == MerkleTree.emptyRoot else {
      throw .malformedCheckpoint(problem: "its size is 0, but its root is not that of the empty tree")
    }
    self.size = size
    self.root = root
  }
}
