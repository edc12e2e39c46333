extension LogVerification {
  /// The result of a verification.
  package struct Report: Sendable {
    /// The findings, in the order in which they were found.
    ///
    /// If there is none, the log matches what was signed up to ``confirmedSize``.
    package let findings: [Finding]
    /// The number of findings beyond ``maximumFindingCount``.
    package let omittedFindingCount: Int
    /// The number of entries of the log, with missing ones.
    package let size: Int64
    /// The root of the log, or nil if entries are missing.
    package let root: Hash?
    /// The largest size at which the log matches what was signed; if no checkpoint matches, where the verification
    /// began.
    package let confirmedSize: Int64

    /// The entries after the last checkpoint that matches.
    ///
    /// No signature shows whether they were altered.
    package var unsigned: Range<Int64> { confirmedSize..<size }
  }
}
