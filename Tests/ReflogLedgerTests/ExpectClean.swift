import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

/// Expects that a verification of the whole ledger finds nothing.
func expectClean(_ ledger: Ledger, sourceLocation: SourceLocation = #_sourceLocation) async throws {
  let report = try await ledger.report()
  #expect(report.isClean, "\(report.findings) \(report.log.findings)", sourceLocation: sourceLocation)
}
