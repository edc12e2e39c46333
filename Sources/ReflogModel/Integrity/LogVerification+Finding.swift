extension LogVerification {
  /// A problem with a log or with a checkpoint of the log.
  ///
  /// The value `source` of a case is the name of the checkpoint's source, such as "the anchor".
  package enum Finding: Hashable, Sendable {
    /// The content of the source can't be read as a signed checkpoint.
    case malformed(source: String, problem: IntegrityError)
    /// A signature claims to be from a known key, but does not match the checkpoint.
    case badSignature(source: String, key: KeyIdentity)
    /// None of the known keys signed the checkpoint.
    ///
    /// `keys` contains the keys of the signatures, according to the checkpoint's note.
    case unknownKey(source: String, keys: [KeyIdentity])
    /// The checkpoint belongs to another log.
    case originMismatch(source: String, found: Origin, expected: Origin)
    /// The checkpoint has a former name of the log, but covers more entries than were signed under this name.
    case beyondFormerPart(source: String, size: Int64, formerSize: Int64)
    /// Two signed checkpoints have the same size but different roots.
    case fork(size: Int64, source: String, other: String)
    /// The root over the first `size` entries differs from the signed root.
    ///
    /// The first `confirmedSize` entries match another checkpoint or are trusted without a check. `confirmedSize` can
    /// be 0.
    case rootMismatch(source: String, size: Int64, confirmedSize: Int64, found: Hash, signed: Hash)
    /// The checkpoint covers more entries than the log has.
    case beyondLog(source: String, size: Int64, logSize: Int64)
    /// The checkpoint covers only a part of the `start` entries that are trusted without a check, so the checkpoint
    /// can't be checked.
    case beforeStart(source: String, size: Int64, start: Int64)
    /// The entries with these sequences are missing.
    case missing(Range<Int64>)
    /// An entry occurs twice, or follows an entry with a higher sequence.
    case outOfOrder(sequence: Int64, expected: Int64)
    /// The checkpoint can't be checked, because the log does not have the entry with the sequence `missing`.
    case uncheckable(source: String, size: Int64, missing: Int64)
  }
}

extension LogVerification.Finding: CustomStringConvertible {
  /// The finding as a sentence.
  package var description: String {
    switch self {
    case .malformed(let source, let problem): "\(source): \(problem)"
    case .badSignature(let source, let key):
      "\(source): the signature that claims to be from \(key.description.printable) does not match this checkpoint."
    case .unknownKey(let source, let keys):
      "\(source): none of the known keys signed this checkpoint. Its signatures claim to be from "
        + keys.map(\.description.printable).joined(separator: ", ") + "."
    case .originMismatch(let source, let found, let expected):
      "\(source): the checkpoint belongs to the log \(found.text.printable), not to \(expected.text.printable)."
    case .beyondFormerPart(let source, let size, let formerSize):
      "\(source): the checkpoint has the log's former name and covers \(size) entries, but only \(formerSize) "
        + "entries were signed under that name."
    case .fork(let size, let source, let other):
      "\(source) and \(other): two different histories of \(size) entries were signed."
    case .rootMismatch(let source, let size, let confirmedSize, let found, let signed):
      "\(source): the first \(size) entries differ from the signed entries. \(change(confirmedSize, size)) The "
        + "computed root is \(found), but the signed root is \(signed)."
    case .beyondLog(let source, let size, let logSize):
      "\(source): \(size) entries were signed, but the log has only \(logSize)."
    case .beforeStart(let source, let size, let start):
      "\(source): the checkpoint was not checked: it covers \(size) entries, but the verification skipped the "
        + "first \(start)."
    case .missing(let range) where range.count == 1: "Entry \(range.lowerBound) is missing."
    case .missing(let range): "Entries \(range.lowerBound) to \(range.upperBound - 1) are missing."
    case .outOfOrder(let sequence, let expected):
      "Entry \(sequence) was found, but entry \(expected) was expected. Entry \(sequence) is out of order or occurs "
        + "twice."
    case .uncheckable(let source, let size, let missing):
      "\(source): the first \(size) entries can't be compared with the signed entries, because entry \(missing) is "
        + "missing."
    }
  }

  /// Returns a sentence about the entries that were possibly altered.
  private func change(_ confirmedSize: Int64, _ size: Int64) -> String {
    switch size - confirmedSize {
    case ..<1: "But they match another checkpoint."
    case 1: "Entry \(confirmedSize) was changed, removed, added or moved."
    default: "One or more of the entries \(confirmedSize) to \(size - 1) were changed, removed, added or moved."
    }
  }
}
