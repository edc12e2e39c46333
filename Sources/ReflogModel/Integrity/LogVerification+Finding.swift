extension LogVerification {
  /// Something that is wrong with a log or with a checkpoint of it.
  ///
  /// `source` is where the checkpoint was found.
  package enum Finding: Hashable, Sendable {
    /// It can't be read as a signed checkpoint.
    case malformed(source: String, problem: IntegrityError)
    /// The signature in the name of a known key does not match the checkpoint.
    case badSignature(source: String, key: KeyIdentity)
    /// None of the known keys signed it.
    ///
    /// These keys did, according to its signatures.
    case unknownKey(source: String, keys: [KeyIdentity])
    /// The checkpoint belongs to another log.
    case originMismatch(source: String, found: Origin, expected: Origin)
    /// Two signed checkpoints of one size have different roots.
    case fork(size: Int64, source: String, other: String)
    /// The entries up to `size` differ from the signed ones.
    ///
    /// They match what was signed up to `confirmedSize`, which is 0 if no checkpoint confirms more.
    case rootMismatch(source: String, size: Int64, confirmedSize: Int64, found: Hash, signed: Hash)
    /// More entries were signed than the log has.
    case beyondLog(source: String, size: Int64, logSize: Int64)
    /// The verification began after the checkpoint's entries.
    case beforeStart(source: String, size: Int64, start: Int64)
    /// No entries with these sequences were given.
    case missing(Range<Int64>)
    /// An entry was given again, or after a later one.
    case outOfOrder(sequence: Int64, expected: Int64)
    /// The checkpoint can't be checked, because entries from `missing` on are absent.
    case uncheckable(source: String, size: Int64, missing: Int64)
  }
}

extension LogVerification.Finding: CustomStringConvertible {
  /// The finding as a sentence.
  package var description: String {
    switch self {
    case .malformed(let source, let problem): "\(source): \(problem)"
    case .badSignature(let source, let key):
      "\(source): the signature in the name of \(key.description.printable) does not match this checkpoint."
    case .unknownKey(let source, let keys):
      "\(source): none of the known keys signed this checkpoint. Its signatures name "
        + keys.map(\.description.printable).joined(separator: ", ") + "."
    case .originMismatch(let source, let found, let expected):
      "\(source): the checkpoint belongs to the log \(found.text.printable), not to \(expected.text.printable)."
    case .fork(let size, let source, let other):
      "\(source) and \(other): two different histories of \(size) entries were signed."
    case .rootMismatch(let source, let size, let confirmedSize, let found, let signed):
      "\(source): the first \(size) entries are not the signed ones\(change(confirmedSize, size)). Their root is "
        + "\(found), but \(signed) was signed."
    case .beyondLog(let source, let size, let logSize):
      "\(source): \(size) entries were signed, but the log has only \(logSize)."
    case .beforeStart(let source, let size, let start):
      "\(source): the checkpoint covers \(size) entries, but the verification began after the first \(start)."
    case .missing(let range) where range.count == 1: "Entry \(range.lowerBound) is missing."
    case .missing(let range): "Entries \(range.lowerBound) to \(range.upperBound - 1) are missing."
    case .outOfOrder(let sequence, let expected):
      "Entry \(sequence) was found where entry \(expected) is expected: it is out of order or occurs twice."
    case .uncheckable(let source, let size, let missing):
      "\(source): it can't be checked whether the first \(size) entries are the signed ones, because entry \(missing) "
        + "is missing."
    }
  }

  /// Returns a clause that names the entries that may have changed.
  private func change(_ confirmedSize: Int64, _ size: Int64) -> String {
    switch size - confirmedSize {
    case ..<1: ", although they match another checkpoint"
    case 1: ": entry \(confirmedSize) was changed, removed, added or moved"
    default: ": one or more of the entries \(confirmedSize) to \(size - 1) were changed, removed, added or moved"
    }
  }
}
