import ReflogLedger
import ReflogModel

/// What the path of a change asks the ledger, a failed read being the ledger's unavailability.
extension ChangeService {
  /// A change, as it was logged. Throws `changeNotFound`, or `changePurged` where it was there.
  func change(_ id: Change.ID) async throws(ServiceError) -> Change {
    try await HistoryService(history: ledger.history).change(id)
  }

  func newestApplied(at address: Address) async throws(ServiceError) -> Change? {
    do { return try await ledger.history.newestApplied(at: address) } catch { throw ServiceError(reading: error) }
  }

  func recorded(at address: Address) async throws(ServiceError) -> RecordedReference? {
    do { return try await ledger.history.recorded(at: address) } catch { throw ServiceError(reading: error) }
  }

  func newestEffective(at address: Address) async throws(ServiceError) -> Change? {
    do { return try await ledger.history.newestEffective(at: address) } catch { throw ServiceError(reading: error) }
  }

  /// The newest changes that made a difference at an address, newest first.
  func newestEffective(at address: Address, limit: Int) async throws(ServiceError) -> [Change] {
    do { return try await ledger.history.effectiveChanges(at: address, settledBefore: nil, limit: limit) } catch {
      throw ServiceError(reading: error)
    }
  }

  /// At most a hundred: enough to say what stands in the way.
  func effectiveChanges(at address: Address, after id: Change.ID) async throws(ServiceError) -> [Change.ID] {
    do {
      return try await ledger.history.effectiveChanges(at: address, after: id, limit: 100)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  func pendingChange(holding key: TurnKey) async throws(ServiceError) -> Change? {
    do {
      return switch key {
      case .address(let address): try await ledger.history.pendingChange(at: address)
      case .connector(let id): try await ledger.history.pendingChange(of: id)
      case .creation, .named: nil
      }
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
