import ReflogLedger
import ReflogModel

/// The one place that gives a ledger's error its meaning for a request.
extension ServiceError {
  /// What a ledger means that could not record: nothing was sent.
  init(beforeSending error: LedgerError) {
    self =
      switch error {
      case .busy: .busy(error.description)
      case .clockBehind: .clockBehind(error.description)
      case .servesAnother, .unavailable, .commitUnknown, .illegal, .corrupt, .altered, .unusableKey, .anchorMismatch,
        .foreignEntries:
        .ledgerUnavailable(error.description)
      }
  }

  /// What a failed read of the ledger means.
  init(reading error: LedgerError) {
    self =
      switch error {
      case .corrupt, .altered: .ledgerDamaged(error.description)
      case .busy, .clockBehind, .servesAnother, .unavailable, .commitUnknown, .illegal, .unusableKey, .anchorMismatch,
        .foreignEntries:
        .ledgerUnreadable(error.description)
      }
  }
}

extension Ledger {
  /// Appends a group whose refusals are no answer to the caller: what it records was found, or is refused already.
  func record(_ group: Group) async throws(ServiceError) -> [Change] {
    do {
      guard case .recorded(_, let drafts) = try await append(group) else { return [] }
      return drafts
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
