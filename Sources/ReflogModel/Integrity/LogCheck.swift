/// The result of a short check: the log is compared with its newest checkpoint and with the anchor.
///
/// The check reads only a few hashes of the log. It does not compare changes with the entries of the log, so it does
/// not replace the verification of the whole ledger.
package struct LogCheck: Sendable {
  /// The number of entries, from the first entry on, that the newest signed checkpoint covers, or nil if no checkpoint
  /// is signed.
  package let signedEntries: Int64?
  /// The number of entries, from the first entry on, that the anchor covers, or nil if the anchor does not exist.
  package let anchoredEntries: Int64?
  /// The difference that was found, as a text for people, or nil if the log, the checkpoint and the anchor agree.
  package let problem: String?

  /// Creates a result.
  ///
  /// - Parameters:
  ///   - signedEntries: The number of entries that the newest signed checkpoint covers, or nil if none is signed.
  ///   - anchoredEntries: The number of entries that the anchor covers, or nil if the anchor does not exist.
  ///   - problem: The difference that was found, as a text for people, or nil if all agree.
  package init(signedEntries: Int64?, anchoredEntries: Int64?, problem: String? = nil) {
    (self.signedEntries, self.anchoredEntries, self.problem) = (signedEntries, anchoredEntries, problem)
  }
}
