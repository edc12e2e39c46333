extension LogVerification {
  /// What became of a verification.
  package struct Report: Sendable {
    /// Everything that is wrong, in the order in which it was found. If there is nothing, the log is as it was signed up
    /// to ``confirmedSize``.
    package let findings: [Finding]
    /// How many more there are than ``maximumFindingCount``.
    package let omittedFindingCount: Int
    /// How many entries the log has, missing ones included.
    package let size: Int64
    /// The root of the log; none where entries are missing.
    package let root: Hash?
    /// The largest size at which the log is as it was signed; where no checkpoint fits, where the verification began.
    package let confirmedSize: Int64

    /// The entries behind every checkpoint that fits: nothing says that they are as they were written.
    package var unsigned: Range<Int64> { confirmedSize..<size }
  }
}
