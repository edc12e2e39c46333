package import ReflogModel

/// The reason why a request was not carried out, or why its result is unknown.
package enum ServiceError: Error, Sendable {
  /// The caller's role does not permit the request.
  ///
  /// The ids identify the recorded changes with the result `denied`. `isAdmin` is true if the caller has an API token
  /// with the role admin.
  case forbidden([Change.ID], isAdmin: Bool = false)
  /// The caller's token and the ledger belong to different tenants.
  case otherTenant
  /// Reflog has no credential for the directory, and the caller sent no token for the directory.
  case noDirectoryCredentials
  case changeNotFound(Change.ID)
  /// A purge deleted the change.
  case changePurged(Change.ID)
  /// A person stated a result, but the change is already recorded with another result.
  case alreadySettled(Change.ID, Change.Result)
  case tokenNotFound(String)
  /// The retention policy has fewer days than the minimum, and the caller did not override the minimum.
  case retentionTooShort(days: Int)
  /// The retention policy keeps history without limit, so no history can be purged.
  case noRetention
  /// The purge would delete changes that must be kept, because they were settled at or after this moment.
  case purgeNotPermitted(before: Timestamp)
  /// There is already a legal hold with this name.
  case holdExists(String)
  /// There is no legal hold with this name.
  case holdNotFound(String)
  /// The ledger has no actor with this id.
  case actorNotFound(String)
  /// None of the newest complete exports has a manifest with this id.
  case manifestNotFound(String)
  /// No signed checkpoint covers the requested entry.
  ///
  /// This is a fault of the ledger, because each transaction signs a checkpoint that covers its entries.
  case notSignedYet
  /// The position belongs to another log, or comes after the newest entry of this log.
  ///
  /// `newest` is the sequence of the newest entry, or nil if the position belongs to another log.
  case positionNotInLog(LogPosition, log: String, newest: Int64?)
  /// The position contains the former name of the log, from before a lost key was replaced.
  ///
  /// The second value is the replacement of the key, and `log` is the current name.
  case positionOfFormerName(LogPosition, KeyReplacement, log: String)
  /// The link to the page contains the former name of the log, from before a lost key was replaced.
  case pageOfFormerName(KeyReplacement)
  /// The cursor of the page names a change or a service event that this ledger does not have yet.
  case pageNotInLedger
  /// The count takes too long, because too much history must be scanned.
  case questionTooBroad
  /// The filter selects more steps than are permitted in one query about the impact on flows.
  case impactTooBroad(Int, most: Int)
  /// Every change needs a reason that matches this pattern.
  case reasonRequired(pattern: String)
  /// The token can't be created.
  ///
  /// The text is the reason, written as a sentence.
  case badToken(String)
  /// The address holds this reference, which does not meet the request's condition.
  case preconditionFailed(current: ConnectorReference)
  /// A freeze covers a part that the request changes, or a step that calls the changed connector, so nothing was sent.
  ///
  /// The ids identify the recorded changes with the result `denied`.
  case frozen([Change.ID], CoveringFreeze)
  /// The maximum number of freezes is reached.
  case tooManyFreezes
  /// There is no freeze with this id.
  case freezeNotFound(Int64)
  /// The freeze is already over, so the freeze can't be released.
  case freezeIsOver(Freeze)
  /// The end of the freeze is not later than the start of the freeze.
  case freezeIsEmpty
  /// A pending change locks the address or the connector.
  ///
  /// After `retryAfter`, a read of the directory can settle the pending change, so a repeat of the request can succeed.
  case stepUnresolved(Change.ID, retryAfter: Duration)
  /// The idempotency key was already used for this change, in a request with another body.
  case idempotencyMismatch(Change.ID)
  /// Later effective changes block the rollback.
  case changeSuperseded(Change.ID, by: [Change.ID])
  /// The connector of the reference to restore does not exist any more.
  case connectorMissing(ConnectorID)
  /// The change can't be rolled back.
  ///
  /// The text is the reason, written as a clause.
  case notRollbackable(Change.ID, why: String)
  /// The values from before this edit of a connector can't be restored.
  ///
  /// The text is the reason, written as a clause, in some cases with sentences about the remedy.
  case notRestorable(Change.ID, why: String)
  /// Later edits of the same properties block the restoration of the values from before an edit.
  case editSuperseded(Change.ID, by: [Change.ID])
  /// The batch id of the request already belongs to this rollback to a time.
  ///
  /// That rollback has another time or scope than the request.
  case otherTimeRollback(TimeRollback)
  /// There is no rollback to a time with this batch id.
  case timeRollbackNotFound(String)
  /// The ledger has no record of the flow with this name or id. `nearest` contains the most similar ids of recorded
  /// flows.
  case flowNotFound(String, nearest: [String] = [])
  /// The request is based on an older state: this change of the step or of the connector was made later.
  case changedSince(Change.ID)
  /// The keys of the token's issuer are not available, so the request was not sent to the directory.
  case providerUnavailable
  /// Too many requests are waiting, so the request was not sent to the directory.
  ///
  /// The text is the reason, written as a sentence.
  case busy(String)
  /// The directory refused too many of the caller's requests in this minute, so this request was not sent.
  case refusalsSpent
  /// The caller or all callers together sent too many reads to the directory, so this read was not sent.
  ///
  /// A read may be sent after `retryAfter`.
  case readsSpent(retryAfter: Duration)
  /// The flow calls connectors at more steps than one request can change.
  case tooManySteps
  /// The ledger could not be read, so the request was not sent to the directory.
  case ledgerUnreadable(String)
  /// The ledger contains data that Reflog never writes, so the ledger is damaged.
  case ledgerDamaged(String)
  /// The ledger's database does not support the request.
  ///
  /// The text contains the reason and the advice, written as sentences.
  case notSupported(String)
  /// The intent could not be recorded, so the request was not sent to the directory.
  case ledgerUnavailable(String)
  /// The directory could not be read, so no write was sent.
  ///
  /// The text is the reason, written as a clause.
  case directoryUnavailable(String)
  /// The clock shows a time that is earlier than the ledger's newest entry, so the request was not sent.
  case clockBehind(String)
  /// The write may have been sent, and its result is not known.
  ///
  /// The reconciler will settle the changes.
  case outcomeUnknown([Change.ID], why: String)
  /// The repeated request was not carried out, because the final result of the first request does not show whether its
  /// change was applied.
  case outcomeStaysUnknown(Change.ID, Change.Result)
  /// The write was certainly not sent to the directory.
  case notSent([Change.ID], why: String)
  /// The directory refused the request.
  case refused([Change.ID], DirectoryRefusal)
  /// The directory created the user flow, but did not set all of its references.
  ///
  /// The associated value has one change for each reference of the flow.
  case flowIncomplete([Change])
}

extension ServiceError {
  /// The changes that the request recorded, or the changes that prevented the request.
  package var changes: [Change.ID] {
    switch self {
    case .forbidden(let ids, _), .outcomeUnknown(let ids, _), .notSent(let ids, _), .refused(let ids, _),
      .frozen(let ids, _):
      ids
    case .stepUnresolved(let id, _), .idempotencyMismatch(let id), .alreadySettled(let id, _), .changedSince(let id),
      .outcomeStaysUnknown(let id, _):
      [id]
    case .flowIncomplete(let changes): changes.map(\.id)
    case .otherTenant, .providerUnavailable, .noDirectoryCredentials, .changeNotFound, .changePurged, .clockBehind,
      .retentionTooShort, .noRetention, .purgeNotPermitted, .holdExists, .holdNotFound, .actorNotFound,
      .manifestNotFound, .tokenNotFound, .tooManyFreezes, .freezeNotFound, .freezeIsOver, .freezeIsEmpty,
      .questionTooBroad, .impactTooBroad, .notSignedYet, .otherTimeRollback, .timeRollbackNotFound, .flowNotFound,
      .badToken, .positionNotInLog, .positionOfFormerName, .pageNotInLedger, .pageOfFormerName, .reasonRequired,
      .preconditionFailed, .changeSuperseded, .connectorMissing, .notRollbackable, .notRestorable, .editSuperseded,
      .busy, .refusalsSpent, .readsSpent, .tooManySteps, .ledgerUnavailable, .ledgerUnreadable, .ledgerDamaged,
      .notSupported, .directoryUnavailable:
      []
    }
  }

  /// Creates the error for a failed read of the directory; no write was sent.
  init(beforeSending failure: DirectoryFailure) {
    self =
      switch failure {
      case .refused(let refusal): .refused([], refusal)
      case .unavailable(let reason): .directoryUnavailable(reason)
      case .budgetSpent(let wait): .readsSpent(retryAfter: wait)
      }
  }
}

extension ServiceError: CustomStringConvertible {
  /// The message for the caller: what happened, the effect on the request, and what to do.
  package var description: String {
    switch self {
    case .forbidden(_, isAdmin: true):
      "Your role admin does not allow this. Changes, rollbacks and freezes need the role operator. Create a token "
        + "with that role: reflog token create --role operator --name NAME."
    case .forbidden:
      "Your role does not allow this. Changes and freezes need the role operator; tokens, retention, holds, erasures, keys and "
        + "backups need the role admin. Ask your administrator for a token with that role."
    case .otherTenant:
      "Your token belongs to another tenant than this server's ledger. Use a token of the ledger's tenant."
    case .noDirectoryCredentials:
      "Reflog has no credential for Microsoft Graph, so it can't do this. Set REFLOG_GRAPH_CLIENT_ID and a secret, or "
        + "send the change with a Microsoft Graph token."
    case .alreadySettled(let id, let result):
      "Change \(id) is already recorded as \(result.rawValue), and that result can't be changed. Nothing was recorded."
    case .tokenNotFound: "There is no token with this id. List the tokens to see their ids."
    case .retentionTooShort(let days):
      "History must be kept for at least \(RetentionPolicy.minimumDays) days, but you asked for \(days). If the law "
        + "requires a shorter time, add \"override\": true or --override."
    case .purgeNotPermitted(let before):
      "Nothing was purged: the plan would delete history that must be kept, from \(before) on. Ask for the plan again."
    case .noRetention:
      "History is kept without a time limit, so there is nothing to purge. Set the number of days to keep first."
    case .holdExists(let name):
      "There is already a hold named \(name). Choose another name, or release that hold first."
    case .holdNotFound(let name): "There is no hold named \(name). List the holds to see their names."
    case .actorNotFound(let id):
      "Nothing is recorded about \(id), so nothing can be erased: 0 changes, 0 service events. Check the id."
    case .manifestNotFound:
      "There is no such manifest. Only the newest "
        + "\(ExportManifests.kept) complete exports since the server's start have one. Export again."
    case .notSignedYet: "A signed checkpoint is missing. Check the ledger with reflog verify."
    case .positionNotInLog(let position, let log, let newest?):
      "The log \(log) has no entry \(position.sequence) yet, because its newest entry is \(newest). An older copy of "
        + "the ledger was probably restored. Export everything again, without a position."
    case .positionNotInLog(let position, let log, nil):
      "The position \(position) belongs to another log: this ledger's log is \(log). Export everything again, without "
        + "a position."
    case .positionOfFormerName(let position, let former, let log):
      "The position \(position) has this log's former name. The signing key was lost, and since \(former.time) the "
        + "log is called \(log). "
        + (position.sequence < former.formerSize
          ? "The earlier entries are unchanged. Continue with the position \(position.sequence)@\(log)."
          : "The position is after the \(former.formerSize) entries that have the former name. Export everything again, "
            + "without a position.")
    case .pageOfFormerName(let former):
      "This link to a page was made while the log was called \(former.formerOrigin). The signing key was lost, and the log "
        + "has another name since \(former.time). Start again with the first page."
    case .pageNotInLedger:
      "This page can't be shown: it follows a change or a service event that is not in this ledger. An older copy of "
        + "the ledger was probably restored. Start again with the first page."
    case .questionTooBroad:
      "The count takes too long over this much history. Narrow the filter: a time, a flow, an actor, a connector, a "
        + "result other than applied, or a correlation id."
    case .impactTooBroad(let count, let most):
      "The filter selects \(count) steps. With changes of connectors, at most \(most) steps can be searched. Name "
        + "fewer flows, or leave out the changes of connectors: flowScope=steps or --flow-scope steps."
    case .badToken(let why): why
    case .reasonRequired(let pattern):
      "Every change needs a reason that matches \(pattern). Give one in Reflog-Reason or with --reason."
    case .changeNotFound(let id): "There is no change \(id)."
    case .changePurged(let id):
      "Change \(id) was purged, because it was older than the retention policy allows. A service event of the "
        + "kind 'purged' shows when the change was purged."
    case .preconditionFailed(let current):
      "The If-Match condition failed: the step calls \(current). Nothing was changed. Read the step again."
    case .frozen(_, let covering):
      "\(covering.summary). Nothing was changed. Wait until the freeze is over, or ask an operator to release it or to "
        + "override it with Reflog-Override or --override."
    case .tooManyFreezes:
      "There are already \(Freeze.maximumCount) freezes, so no freeze was placed. Release freezes that are not needed."
    case .freezeNotFound(let id): "There is no freeze \(id). List the freezes to see their ids."
    case .freezeIsOver(let freeze):
      "Freeze \(freeze.id) is already over, so there is nothing to release. "
        + (freeze.released.map { "It was released at \($0)." } ?? "It ended at \(freeze.until?.description ?? "").")
    case .freezeIsEmpty:
      "The freeze would end before it begins. Choose an end that is later than the start and than now."
    case .stepUnresolved(let id, _):
      "Change \(id) is still pending: whether it was applied is not known yet. Your request changed nothing. Try again "
        + "shortly."
    case .idempotencyMismatch(let id):
      "This Idempotency-Key was used for change \(id) with another body. Nothing was changed. Use another key."
    case .changeSuperseded(let id, let later):
      "Change \(id) was not rolled back: later changes block it (\(later.map(\.description).joined(separator: ", "))). "
        + "Roll those back first, or force the rollback."
    case .connectorMissing(let id):
      "The connector \(id), which the step called before, does not exist any more. Nothing was changed. Choose another "
        + "connector."
    case .otherTimeRollback(let known):
      "The batchId \(known.batchID) belongs to a rollback of \(known.scope.text) to \(known.asOf). For another "
        + "rollback, use another batchId or none."
    case .changedSince(let id):
      "Change \(id) was made after this request was planned, so it was kept. To undo it too, make a new request."
    case .flowNotFound(let flow, let nearest):
      "The ledger has no record of \(flow). \(Self.proposal(nearest))"
    case .timeRollbackNotFound(let id): "There is no rollback to a time with the batchId \(id)."
    case .notRollbackable(let id, let why): "Change \(id) can't be rolled back: \(why)."
    case .notRestorable(let id, let why): "The values before change \(id) can't be restored: \(why)."
    case .editSuperseded(let id, let later):
      "The values before change \(id) were not restored: later changes wrote the same properties "
        + "(\(later.map(\.description).joined(separator: ", "))). Force the restoration to replace the values of "
        + "these changes too."
    case .providerUnavailable:
      "Your token can't be checked, because its issuer's keys are not available. Nothing was changed. Try again."
    case .busy(let why): "\(why) Nothing was changed. Try again."
    case .refusalsSpent:
      "The directory refused too many of your requests in this minute, so this one was not sent. Check your "
        + "permissions, and try again in a minute."
    case .readsSpent:
      "Too many reads were sent to Microsoft Graph within a minute, by you or by all callers together. This read was not "
        + "sent. Try again in a minute."
    case .tooManySteps:
      "The flow calls connectors at more than \(ChangeRequest.maximumSteps) steps, so it can't be deleted in one request. "
        + "Clear some of these steps first, with a PUT of {} to …/{step}/$ref."
    case .ledgerUnreadable(let why), .ledgerDamaged(let why), .notSupported(let why): why
    case .ledgerUnavailable(let why): "Nothing was sent to the directory. \(why)"
    case .directoryUnavailable(let why): "The directory can't be read, so nothing was sent: \(clause(why))."
    case .clockBehind(let why): "Nothing was changed. \(why)"
    case .outcomeUnknown(let ids, let why):
      "It is not known whether the change was applied: \(clause(why)). "
        + (ids.isEmpty ? "Check the directory." : "The change is recorded. Check its result later.")
    case .outcomeStaysUnknown(let id, let result):
      "This Idempotency-Key belongs to change \(id). The final result of the change is \(result.rawValue): "
        + (result == .superseded
          ? "another value was found afterwards. " : "its effect could not be read back. ")
        + "This request sent nothing. Read the current value. To try again, use another key."
    case .notSent(_, let why):
      "The change did not reach the directory: \(clause(why)). Nothing was changed. Try again."
    case .refused(_, let refusal) where refusal.isOfOwnCredential:
      "The directory refused Reflog's own credential (\(refusal.httpStatus) \(refusal.code): "
        + "\(clause(refusal.message))). Check the credential and its permissions."
    case .refused(_, let refusal): refusal.message
    case .flowIncomplete(let changes):
      "The user flow was created, but not every step calls its connector: "
        + changes.filter { $0.result != .applied }.map(problem).joined(separator: "; ")
        + ". Set these steps with PUT …/apiConnectorConfiguration/{step}/$ref."
    }
  }
}

/// Returns the step and the result of a change that was not applied, for example `preTokenIssuance is rejected (404)`.
private func problem(_ change: Change) -> String {
  let cause = change.outcome?.httpStatus.map { " (\($0))" } ?? ""
  return "\(change.intent.subject.address?.step.name ?? "") is \(change.result.rawValue)\(cause)"
}

/// Returns a sentence without the full stop, for use inside another sentence.
private func clause(_ sentence: String) -> Substring {
  sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
}

extension FlowScope {
  fileprivate var text: String {
    switch self {
    case .everything: "everything"
    case .flow(let flowType, let flow): "\(flowType.rawValue)/\(flow)"
    }
  }
}
