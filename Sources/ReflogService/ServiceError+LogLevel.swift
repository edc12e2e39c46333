package import Logging
import ReflogModel

extension ServiceError {
  /// The log level for the error.
  ///
  /// The level is `error` if an operator must check the cause.
  package var logLevel: Logger.Level {
    switch self {
    case .outcomeUnknown, .ledgerUnavailable, .ledgerUnreadable, .ledgerDamaged, .clockBehind: .error
    case .refused(_, let refusal) where refusal.isOfOwnCredential: .error
    case .directoryUnavailable, .providerUnavailable, .notSent, .busy, .flowIncomplete: .warning
    case .forbidden, .otherTenant, .noDirectoryCredentials, .changeNotFound, .changePurged, .retentionTooShort,
      .noRetention, .purgeNotPermitted, .holdExists, .holdNotFound, .actorNotFound, .manifestNotFound, .tokenNotFound,
      .questionTooBroad, .impactTooBroad, .positionNotInLog, .positionOfFormerName, .pageNotInLedger, .pageOfFormerName,
      .notSignedYet, .otherTimeRollback, .timeRollbackNotFound, .flowNotFound, .badToken, .reasonRequired,
      .alreadySettled, .frozen, .tooManyFreezes, .freezeNotFound, .freezeIsOver, .freezeIsEmpty, .preconditionFailed,
      .idempotencyMismatch, .outcomeStaysUnknown, .stepUnresolved, .changeSuperseded, .changedSince, .connectorMissing,
      .notRollbackable, .notRestorable, .editSuperseded, .refusalsSpent, .readsSpent, .tooManySteps, .notSupported,
      .refused:
      .info
    }
  }
}
