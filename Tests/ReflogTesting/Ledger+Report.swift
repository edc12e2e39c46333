package import ReflogLedger
import ReflogModel

extension Ledger {
  /// Compares the whole ledger with its log. Checks the signatures with the keys that sign the log.
  package func report() async throws -> LedgerReport {
    let keys = signers.keys.map(\.verifierKey)
    return try await LedgerVerification(of: history, keys: keys, against: []).run { _ in }
  }
}
