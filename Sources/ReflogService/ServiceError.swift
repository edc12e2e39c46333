package import Logging
package import ReflogModel

/// Why a request was not done, or is not known to be.
package enum ServiceError: Error, Sendable {
  /// The caller may not do it; the attempts that were recorded.
  case forbidden([Change.ID])
  /// The caller's token is of another tenant than the ledger.
  case otherTenant
  /// Reflog has no credential of its own for the directory, and the caller brought none.
  case noDirectoryCredentials
  case changeNotFound(Change.ID)
  /// The change was there, and was deleted by a purge.
  case changePurged(Change.ID)
  /// Something else is on record of the change than what is stated now.
  case alreadySettled(Change.ID, Change.Result)
  case tokenNotFound(String)
  /// History is not kept for so short a time unless somebody insists.
  case retentionTooShort(days: Int)
  /// Nothing says how long history is kept, so nothing is too old.
  case noRetention
  /// What was settled from this moment on must be kept.
  case purgeNotPermitted(before: Timestamp)
  case holdExists(String)
  case holdNotFound(String)
  /// Nobody with this id is on record.
  case actorNotFound(String)
  /// No export that was taken whole has this manifest, or not lately.
  case manifestNotFound(String)
  /// No checkpoint covers it yet; the next one will within a moment.
  case notSignedYet
  /// To answer it takes too long over so much history.
  case questionTooBroad
  /// Every change needs a reason that looks like this.
  case reasonRequired(pattern: String)
  /// The token can't be made as asked for.
  case badToken(String)
  /// Something else stands at the address than the request says.
  case preconditionFailed(standing: ConnectorReference)
  /// The address or connector is locked by a change whose outcome is unknown; when to ask again.
  case stepUnresolved(Change.ID, retryAfter: Duration)
  /// The name of the request was given before, to one with another body.
  case idempotencyMismatch(Change.ID)
  /// Later effective changes stand in the way of a rollback.
  case changeSuperseded(Change.ID, by: [Change.ID])
  /// The connector to go back to is gone.
  case connectorMissing(ConnectorID)
  case notRollbackable(Change.ID, why: String)
  /// The id names a rollback to another time, or of something else.
  case otherTimeRollback(TimeRollback)
  case timeRollbackNotFound(String)
  /// Nothing of this flow is on record.
  case flowNotFound(FlowType, FlowID)
  /// Somebody changed the address after the rollback to a time was asked for.
  case changedSince(Change.ID)
  /// Whoever signed the caller's token can't be asked for its keys; nothing was sent.
  case providerUnavailable
  /// Too much waits; nothing was sent.
  case busy(String)
  /// The ledger could not be read; nothing was sent.
  case ledgerUnreadable(String)
  /// The ledger holds what Reflog does not write.
  case ledgerDamaged(String)
  /// The intent could not be recorded; nothing was sent.
  case ledgerUnavailable(String)
  /// The directory could not be read; nothing was sent.
  case directoryUnavailable(String)
  case clockBehind(String)
  /// Something may have been sent; the reconciler finds out.
  case outcomeUnknown([Change.ID], why: String)
  /// No byte of it reached the directory.
  case notSent([Change.ID], why: String)
  /// The directory refused it.
  case refused([Change.ID], DirectoryRefusal)
}

extension ServiceError {
  /// The changes that the request left in the ledger, or ran into.
  package var changes: [Change.ID] {
    switch self {
    case .forbidden(let ids), .outcomeUnknown(let ids, _), .notSent(let ids, _), .refused(let ids, _): ids
    case .stepUnresolved(let id, _), .idempotencyMismatch(let id), .alreadySettled(let id, _), .changedSince(let id):
      [id]
    case .otherTenant, .providerUnavailable, .noDirectoryCredentials, .changeNotFound, .changePurged,
      .retentionTooShort, .noRetention, .purgeNotPermitted, .holdExists, .holdNotFound, .actorNotFound,
      .manifestNotFound,
      .tokenNotFound,
      .questionTooBroad, .notSignedYet, .otherTimeRollback, .timeRollbackNotFound, .flowNotFound, .badToken,
      .reasonRequired,
      .preconditionFailed,
      .changeSuperseded, .connectorMissing, .notRollbackable, .busy, .ledgerUnavailable, .ledgerUnreadable,
      .ledgerDamaged, .directoryUnavailable, .clockBehind:
      []
    }
  }

  /// How loud it is in the log: what an operator must look at is an error.
  package var logLevel: Logger.Level {
    switch self {
    case .outcomeUnknown, .ledgerUnavailable, .ledgerUnreadable, .ledgerDamaged, .clockBehind: .error
    case .refused(_, let refusal) where refusal.isOfOwnCredential: .error
    case .directoryUnavailable, .providerUnavailable, .notSent, .busy: .warning
    case .forbidden, .otherTenant, .noDirectoryCredentials, .changeNotFound, .changePurged, .retentionTooShort,
      .noRetention, .purgeNotPermitted, .holdExists, .holdNotFound, .actorNotFound, .manifestNotFound, .tokenNotFound,
      .questionTooBroad,
      .notSignedYet, .otherTimeRollback, .timeRollbackNotFound, .flowNotFound, .badToken, .reasonRequired,
      .alreadySettled,
      .preconditionFailed,
      .idempotencyMismatch, .stepUnresolved, .changeSuperseded, .changedSince, .connectorMissing, .notRollbackable,
      .refused:
      .info
    }
  }

  /// The meaning of a directory that could not be read: nothing was sent.
  init(beforeSending failure: DirectoryFailure) {
    self =
      switch failure {
      case .refused(let refusal): .refused([], refusal)
      case .unavailable(let reason): .directoryUnavailable(reason)
      }
  }
}

extension ServiceError: CustomStringConvertible {
  /// One or two plain sentences: what, which, and what to do about it.
  package var description: String {
    switch self {
    case .forbidden:
      "Your role does not allow this. Changes take an operator; tokens, retention, holds, erasures, keys and backups an admin. "
        + "Ask whoever looks after Reflog for a token of that role."
    case .otherTenant: "Your token is of another tenant than the one that this Reflog records."
    case .noDirectoryCredentials:
      "Reflog has no credential of its own for Microsoft Graph, so it can't do this. Set REFLOG_GRAPH_CLIENT_ID and a "
        + "secret, or send the change with a token of Graph's."
    case .alreadySettled(let id, let result):
      "Change \(id) is on record as \(result.rawValue), and what is on record stands. Nothing was recorded."
    case .tokenNotFound: "There is no token with this id."
    case .retentionTooShort(let days):
      "History is kept for at least \(RetentionPolicy.minimumDays) days, and \(days) are fewer. Where the law wants that, say so: "
        + "\"override\": true, or --override."
    case .purgeNotPermitted(let before):
      "What was settled from \(before) on must be kept. Ask for the plan again: how long history is kept was changed."
    case .noRetention: "History is kept for ever, so nothing is too old. Set for how many days it is kept first."
    case .holdExists(let name): "There is a hold named \(name) already. Give another name, or release that one."
    case .holdNotFound(let name): "There is no hold named \(name)."
    case .actorNotFound(let id): "Nobody with the id \(id) is on record."
    case .manifestNotFound:
      "There is no such manifest: it is there once its export was taken whole, and for the last "
        + "\(ExportManifests.kept) exports. Take the export again."
    case .notSignedYet: "No checkpoint covers this yet. One is signed within a moment; ask again."
    case .questionTooBroad:
      "To count that takes too long over this much history. Ask for less: a time, a flow, an actor, a connector, a result "
        + "other than applied, a correlation id."
    case .badToken(let why): why
    case .reasonRequired(let pattern):
      "Every change here needs a reason that matches \(pattern). Give it in Reflog-Reason, or with --reason."
    case .changeNotFound(let id): "There is no change \(id)."
    case .changePurged(let id):
      "Change \(id) was purged: it was older than history is kept. The service events of kind purged say when."
    case .preconditionFailed(let standing):
      "If-Match does not hold: the step calls \(standing). Nothing was changed; read again."
    case .stepUnresolved(let id, _):
      "Change \(id) is still pending there: whether it took place is being found out. Try again shortly."
    case .idempotencyMismatch(let id):
      "This Idempotency-Key was used for change \(id) with another body. Use another key for another request."
    case .changeSuperseded(let id, let later):
      "Later changes stand in the way of rolling back change \(id): \(later.map(\.description).joined(separator: ", ")). "
        + "Roll those back first, or force it."
    case .connectorMissing(let id):
      "The connector \(id) that stood there before does not exist any more. Set another one instead."
    case .otherTimeRollback(let known):
      "The batch \(known.batchID) brings back \(known.scope.words) as of \(known.asOf). Give another batchId, or none, for "
        + "another rollback."
    case .changedSince(let id):
      "Change \(id) was made there since this was asked for, and stays. Ask anew to take it back too."
    case .flowNotFound(let flowType, let flow):
      "Nothing of \(flowType.rawValue)/\(flow) is on record. Is it spelt as the directory spells it?"
    case .timeRollbackNotFound(let id): "There is no rollback to a time with the batchId \(id)."
    case .notRollbackable(let id, let why): "Change \(id) can't be rolled back: \(why)."
    case .providerUnavailable: "The keys by which your token can be judged are not to be had now. Try again."
    case .busy(let why): "\(why) Nothing was changed; try again."
    case .ledgerUnreadable(let why), .ledgerDamaged(let why): why
    case .ledgerUnavailable(let why): "The change could not be recorded, so it was not sent. \(why)"
    case .directoryUnavailable(let why): "The directory can't be read, so nothing was sent: \(clause(why))."
    case .clockBehind(let why): "Nothing was changed. \(why)"
    case .outcomeUnknown(let ids, let why):
      "Whether the change took place is unknown: \(clause(why)). "
        + (ids.isEmpty ? "Look at the directory." : "It is recorded and will be settled; look at the change.")
    case .notSent(_, let why): "The change never reached the directory: \(clause(why))."
    case .refused(_, let refusal) where refusal.isOfOwnCredential:
      "The directory refused Reflog's own credential (\(refusal.httpStatus) \(refusal.code): "
        + "\(clause(refusal.message))). Mend the credential or its permissions."
    case .refused(_, let refusal): refusal.message
    }
  }
}

/// A sentence made to stand inside another one.
private func clause(_ sentence: String) -> Substring {
  sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
}

extension FlowScope {
  fileprivate var words: String {
    switch self {
    case .everything: "everything"
    case .flow(let flowType, let flow): "\(flowType.rawValue)/\(flow)"
    }
  }
}
