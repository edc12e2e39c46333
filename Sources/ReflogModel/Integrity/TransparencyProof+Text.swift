extension TransparencyProof {
  private static let firstLine = "c2sp.org/tlog-proof@v1"
  private static let extraName = "extra "
  private static let indexName = "index "
  /// The maximum length of a proof in bytes.
  ///
  /// The value is the sum of the maximum lengths of three parts: the note, the extra data in Base 64, and all remaining
  /// lines.
  package static let maximumByteCount = SignedNote.maximumByteCount + maximumExtraByteCount / 3 * 4 + 4096

  /// The content of a `.tlog-proof` file.
  package var bytes: [UInt8] {
    let extraLine = extra.isEmpty ? "" : "\(Self.extraName)\(extra.base64)\n"
    let hashLines = hashes.map { $0.base64 + "\n" }.joined()
    return Array("\(Self.firstLine)\n\(extraLine)\(Self.indexName)\(index)\n\(hashLines)\n".utf8) + checkpoint.bytes
  }

  /// Reads a proof from the content of a `.tlog-proof` file.
  ///
  /// The ``bytes`` of the created proof equal the given bytes.
  ///
  /// - Throws: ``IntegrityError`` for any other content.
  package init(parsing bytes: [UInt8]) throws(IntegrityError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .malformedProof(problem: "it has more than \(Self.maximumByteCount) bytes")
    }
    var rest = bytes[...]
    guard Self.line(&rest)?.elementsEqual(Self.firstLine.utf8) == true else {
      throw .malformedProof(problem: "its first line is not \(Self.firstLine)")
    }
    let extra = try Self.extra(&rest)
    guard let line = Self.line(&rest), line.starts(with: Self.indexName.utf8),
      let index = Int64(plainDecimal: line.dropFirst(Self.indexName.utf8.count))
    else { throw .malformedProof(problem: "its index is missing or is not a plain decimal number") }
    let hashes = try Self.hashes(&rest)
    try self.init(index: index, hashes: hashes, checkpoint: SignedNote(parsing: Array(rest)), extra: extra)
  }

  /// Removes the first line and its newline from `rest`, and returns the line without the newline.
  ///
  /// Returns nil if `rest` contains no newline.
  private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }

  private static func extra(_ rest: inout ArraySlice<UInt8>) throws(IntegrityError) -> [UInt8] {
    guard rest.starts(with: extraName.utf8) else { return [] }
    guard let line = line(&rest), let extra = [UInt8](base64: Array(line.dropFirst(extraName.utf8.count))),
      !extra.isEmpty
    else { throw .malformedProof(problem: "its extra line is not Base 64") }
    return extra
  }

  private static func hashes(_ rest: inout ArraySlice<UInt8>) throws(IntegrityError) -> [Hash] {
    var hashes: [Hash] = []
    while let line = line(&rest) {
      if line.isEmpty { return hashes }
      guard hashes.count < maximumHashCount else { throw hasTooManyHashes }
      guard let bytes = [UInt8](base64: Array(line)), let hash = Hash(bytes: bytes) else {
        throw .malformedProof(problem: "a line between index and checkpoint is not Base 64 of 32 bytes")
      }
      hashes.append(hash)
    }
    throw .malformedProof(problem: "there is no empty line before its checkpoint")
  }
}
