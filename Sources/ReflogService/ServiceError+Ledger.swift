import ReflogLedger
import ReflogModel

/// Converts errors of the ledger to errors of a request.
///
/// This file contains all conversions of ledger errors.
extension ServiceError {
  /// Creates the error for a request that was not sent because the ledger could not record it.
  init(beforeSending error: LedgerError) {
    self =
      switch error {
      case .busy: .busy(error.description)
      case .clockBehind: .clockBehind(error.description)
      case .servesAnother, .unavailable, .notSupported, .commitUnknown, .illegal, .corrupt, .altered, .unusableKey,
        .keyIsUsable, .anchorMismatch, .foreignEntries, .impactTooBroad:
        .ledgerUnavailable(error.description)
      }
  }

  /// Creates the error for a failed read of the ledger.
  init(reading error: LedgerError) {
    self =
      switch error {
      case .corrupt, .altered: .ledgerDamaged(error.description)
      case .notSupported: .notSupported(error.description)
      case .impactTooBroad(let count, let most): .impactTooBroad(count, most: most)
      case .busy, .clockBehind, .servesAnother, .unavailable, .commitUnknown, .illegal, .unusableKey, .keyIsUsable,
        .anchorMismatch, .foreignEntries:
        .ledgerUnreadable(error.description)
      }
  }
}

/// Returns the result of a read of the ledger, and converts an error of the ledger into the error of a request.
func reading<Value>(
  _ read: @autoclosure () async throws(LedgerError) -> Value
) async throws(ServiceError) -> Value {
  do { return try await read() } catch { throw ServiceError(reading: error) }
}

/// Returns the result of an append to the ledger, and converts an error of the ledger into the error of a request.
///
/// The error says that the request was not sent to the directory.
func recording<Value>(
  _ record: @autoclosure () async throws(LedgerError) -> Value
) async throws(ServiceError) -> Value {
  do { return try await record() } catch { throw ServiceError(beforeSending: error) }
}

extension Ledger {
  /// Appends a group, and returns the recorded changes, or an empty list if the ledger refused the group.
  ///
  /// Use this method only for drift and for refused requests: their callers need no error if the ledger refuses the
  /// group.
  func record(_ group: Group) async throws(ServiceError) -> [Change] {
    do {
      guard case .recorded(_, let drafts) = try await append(group) else { return [] }
      return drafts
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
