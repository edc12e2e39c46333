import ReflogLedger
import ReflogModel

/// Maps errors of the ledger to errors of a request.
///
/// No other code does.
extension ServiceError {
  /// Makes the error for a ledger that could not record: nothing was sent.
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

  /// Makes the error for a failed read of the ledger.
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
  /// Appends a group for which a refusal needs no answer to the caller: drift that was found, or requests that are
  /// refused.
  ///
  /// Returns the recorded changes, or none if the ledger refused the group.
  func record(_ group: Group) async throws(ServiceError) -> [Change] {
    do {
      guard case .recorded(_, let drafts) = try await append(group) else { return [] }
      return drafts
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
