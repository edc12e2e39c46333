import ReflogLedger
import ReflogModel
import ReflogService

/// Reads the log's keys for a command that signs a pack without a server.
enum PackSigners {
  /// Reads the keys from the key file of a ledger.
  ///
  /// - Throws: A failure if no key can be read, or if the key did not sign the ledger.
  static func keys(of location: LedgerLocation, _ service: HistoryService) async throws -> [SigningKey] {
    guard let checkpoint = try await service.newestCheckpoint() else {
      throw CommandFailure(.refused, "\(location.name) has no entry yet, so there is nothing to write.")
    }
    let keyFile = LogKeyFile(besideLedgerAt: location.filesPath, origin: try await service.origin())
    do {
      let found = try keyFile.find(
        newest: try await service.keyRotations().last?.to,
        replaced: try await service.keyReplacements().last?.key,
        isSigned: true
      )
      try SignedNote(parsing: Array(checkpoint.utf8)).verify(with: found.keys.map(\.verifierKey))
      return found.keys
    } catch {
      throw CommandFailure(
        .refused,
        "The pack can't be signed with the log's key: \(CommandFailure(error).message) Use --server, so that the server "
          + "signs the pack."
      )
    }
  }
}
