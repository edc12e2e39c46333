package import ReflogLedger
package import ReflogModel

extension Ledger {
  /// Accepts the ledger as an older copy of a log with nine entries, and returns the former and the new name of the log.
  ///
  /// After the call, only the new key signs the log. Call this method before the writer thread runs.
  @discardableResult
  package func acceptAsOlderCopy() async throws -> (former: Origin, new: Origin) {
    let anchored = Checkpoint(origin: try await history.origin(), size: 9, root: MerkleTree.emptyRoot)
    let origin = try Ledger.origin(after: anchored)
    let key = try SigningKey(name: origin.keyName(), seed: Array(repeating: 9, count: SigningKey.seedByteCount))
    try acceptOlder(than: anchored, as: origin, signedBy: key)
    for former in signers.keys { signers.withdraw(former) }
    signers.add(key)
    return (anchored.origin, origin)
  }
}
