extension LogVerification {
  /// One thing that is wrong with a log, or with a checkpoint that is said to be of it. `source` is where the checkpoint was
  /// found.
  package enum Finding: Hashable, Sendable {
    case malformed(source: String, problem: IntegrityError)
    case badSignature(source: String, key: KeyIdentity)
    /// These keys signed it, as far as it says.
    case unknownKey(source: String, keys: [KeyIdentity])
    case originMismatch(source: String, found: Origin, expected: Origin)
    /// Two checkpoints of one size have different roots, and both are signed.
    case fork(size: Int64, source: String, other: String)
    /// The log was as signed up to `confirmedSize`, which is 0 where no checkpoint shows more.
    case rootMismatch(source: String, size: Int64, confirmedSize: Int64, found: Hash, signed: Hash)
    case beyondLog(source: String, size: Int64, logSize: Int64)
    /// The verification began behind the checkpoint.
    case beforeStart(source: String, size: Int64, start: Int64)
    case missing(Range<Int64>)
    case outOfOrder(sequence: Int64, expected: Int64)
    /// Entries from `missing` on are not there.
    case uncheckable(source: String, size: Int64, missing: Int64)
  }
}

extension LogVerification.Finding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let source, let problem): "\(source): \(problem)"
    case .badSignature(let source, let key):
      "\(source): the signature in the name of \(key.description.printable) is not of this checkpoint."
    case .unknownKey(let source, let keys):
      "\(source): none of the known keys signed this checkpoint, but "
        + keys.map(\.description.printable).joined(separator: ", ") + "."
    case .originMismatch(let source, let found, let expected):
      "\(source): the checkpoint is of the log \(found.text.printable), not of \(expected.text.printable)."
    case .fork(let size, let source, let other):
      "\(source) and \(other): two different histories of \(size) entries were signed."
    case .rootMismatch(let source, let size, let confirmedSize, let found, let signed):
      "\(source): the first \(size) entries are not those that were signed\(place(confirmedSize, size)); their root is "
        + "\(found), and \(signed) was signed."
    case .beyondLog(let source, let size, let logSize):
      "\(source): \(size) entries were signed, and the log has \(logSize)."
    case .beforeStart(let source, let size, let start):
      "\(source): the checkpoint is of \(size) entries, and the check began behind the first \(start)."
    case .missing(let range) where range.count == 1: "Entry \(range.lowerBound) is missing."
    case .missing(let range): "The entries \(range.lowerBound) to \(range.upperBound - 1) are missing."
    case .outOfOrder(let sequence, let expected):
      "Entry \(sequence) comes where entry \(expected) is expected, or is there twice."
    case .uncheckable(let source, let size, let missing):
      "\(source): whether the first \(size) entries are those that were signed can't be told, for entry \(missing) is "
        + "missing."
    }
  }

  private func place(_ confirmedSize: Int64, _ size: Int64) -> String {
    switch size - confirmedSize {
    case ..<1: ", though another checkpoint says so"
    case 1: ": entry \(confirmedSize) was changed, removed, added or moved"
    default: ": one or more of the entries \(confirmedSize) to \(size - 1) were changed, removed, added or moved"
    }
  }
}
