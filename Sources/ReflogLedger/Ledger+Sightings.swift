package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Remembers what conclusive looks at the directory showed, in place of what was seen there before.
  package func remember(_ sightings: [Sighting]) async throws(LedgerError) {
    guard !sightings.isEmpty else { return }
    let now = clock()
    do {
      try await writer.write { db in try SightingRows.record(sightings, at: now, db) }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Remembers that a sweep has just looked at everything.
  package func rememberFinishedSweep() async throws(LedgerError) {
    let now = clock()
    do {
      try await writer.write { db in try SightingRows.recordFinishedSweep(at: now, db) }
    } catch {
      throw LedgerError(error)
    }
  }
}
