package import ReflogLedger
package import ReflogModel

extension Ledger {
  /// Erases the personal data of an actor, in the same way as the server in the background.
  ///
  /// Returns the number of actors that the subject identifies.
  @discardableResult
  package func erase(_ subject: Erasure.Subject, by admin: Change.Actor = Sample.operatorActor) async throws -> Int {
    let count = try await askErasure(of: subject, by: admin)
    let erasures = try await unfinishedDeletions()?.erasures ?? []
    for erasure in erasures {
      var position = ErasurePosition()
      while try await continueErasure(erasure, from: &position) == .more {}
    }
    try await finish(purge: nil, erasures: erasures)
    return count
  }
}
