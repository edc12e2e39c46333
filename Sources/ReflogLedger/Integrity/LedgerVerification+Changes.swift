import Foundation
import GRDB
import ReflogModel

extension LedgerVerification {
  /// Changes checked in one short read.
  private static let pieceSize: Int64 = 2000

  func verifyChanges(
    upTo last: Int64,
    _ losses: RecordedLosses,
    _ progress: @escaping @Sendable (Int) -> Void
  ) async throws(LedgerError) -> Part {
    do {
      return try await withThrowingTaskGroup(of: Part.self) { group in
        var next: Int64 = 1
        var whole = Part()
        func add() {
          guard next <= last else { return }
          let ids = next...min(last, next + Self.pieceSize - 1)
          next = ids.upperBound + 1
          group.addTask {
            let part = try await self.verify(ids, losses)
            progress(ids.count)
            return part
          }
        }
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { add() }
        for try await part in group {
          whole.add(part)
          add()
        }
        return whole
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Checks the changes of a range. Where one can't be read the others still are.
  private func verify(_ ids: ClosedRange<Int64>, _ losses: RecordedLosses) async throws(LedgerError) -> Part {
    do {
      return try await history.read { [identities = history.identities] db in
        let changes = try ChangeRows(db, identities).logged(
          "WHERE change.id BETWEEN ? AND ? ORDER BY change.id",
          [ids.lowerBound, ids.upperBound],
          isFixed: true
        )
        var (part, expected, records) = (Part(), ids.lowerBound, Records(db))
        for change in changes {
          part.miss(expected..<change.change.id.number, losses)
          expected = change.change.id.number + 1
          part.check(change, losses, &records)
        }
        part.miss(expected..<ids.upperBound + 1, losses)
        return part
      }
    } catch {
      guard ids.count > 1 else {
        return Part(findings: [.damaged(change: Change.ID(ids.lowerBound), problem: error.description)])
      }
      let middle = (ids.lowerBound + ids.upperBound) / 2
      var part = try await verify(ids.lowerBound...middle, losses)
      if part.findings.count < Self.maximumFindings { part.add(try await verify(middle + 1...ids.upperBound, losses)) }
      return part
    }
  }
}

extension LedgerVerification.Part {
  /// No id is ever left out: what is not there was purged, or is missing.
  fileprivate mutating func miss(_ ids: Range<Int64>, _ losses: RecordedLosses) {
    for id in ids where !losses.changes.contains(id) { findings.append(.missingChange(Change.ID(id))) }
  }

  fileprivate mutating func check(_ logged: LoggedChange, _ losses: RecordedLosses, _ records: inout Records) {
    let change = logged.change
    do {
      let pairs = try logged.pairs(records)
      claimed += Int64(pairs.count)
      if pairs.isEmpty {
        findings.append(.unlogged(change: change.id))
      } else if let altered = pairs.first(where: { !$0.agrees }) {
        findings.append(.altered(change: change.id, sequence: altered.sequence))
      } else {
        try checkErasure(logged, losses, records)
      }
    } catch {
      findings.append(.damaged(change: change.id, problem: "\(error)"))
    }
  }

  private mutating func checkErasure(
    _ logged: LoggedChange,
    _ losses: RecordedLosses,
    _ records: Records
  ) throws {
    let change = logged.change
    if logged.erasedHash != nil {
      erased += 1
      if !losses.cover(change.intent.actor, at: change.intentSequence) {
        findings.append(.erasedUnrecorded(change: change.id))
      }
    }
    guard change.outcome?.settledBy == .person, let teller = try records.erasedTeller(of: change) else { return }
    erased += 1
    if !losses.cover(teller, at: change.sequence) { findings.append(.erasedUnrecorded(change: change.id)) }
  }
}
