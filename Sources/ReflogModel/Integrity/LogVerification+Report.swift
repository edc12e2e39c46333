extension LogVerification {
  /// The result of a verification.
  package struct Report: Sendable {
    /// The findings, in the order in which the verification found them.
    ///
    /// If the list is empty, the first ``confirmedSize`` entries match the signed checkpoints.
    package let findings: [Finding]
    /// The number of findings that are not in ``findings``.
    ///
    /// ``findings`` contains at most ``maximumFindingCount`` findings.
    package let omittedFindingCount: Int
    /// The number of entries in the log, including missing entries.
    package let size: Int64
    /// The root of the Merkle tree over the log's entries, or nil if entries are missing.
    package let root: Hash?
    /// The number of entries that the largest matching checkpoint covers.
    ///
    /// If the log matches no checkpoint, the value is the number of entries that are trusted without a check.
    package let confirmedSize: Int64

    /// The entries that come after the largest matching checkpoint.
    ///
    /// No signature covers these entries, so the verification can't show whether the entries were altered.
    package var unsigned: Range<Int64> { confirmedSize..<size }
  }
}
