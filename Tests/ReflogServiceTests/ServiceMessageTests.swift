import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the exact text of every error that a caller can see.
struct ServiceMessageTests {
  private static let id = Change.ID(7)
  private static let batch = "0f1e2d3c-4b5a-4697-8877-665544332211"

  static let accessMessages: [(ServiceError, String)] = [
    (
      .forbidden([]),
      """
      Your role does not allow this. Changes and freezes need the role operator; tokens, retention, holds, erasures, \
      keys and backups need the role admin. Ask your administrator for a token with that role.
      """
    ),
    (
      .otherTenant,
      "Your token belongs to another tenant than this server's ledger. Use a token of the ledger's tenant."
    ),
    (
      .noDirectoryCredentials,
      """
      Reflog has no credential for Microsoft Graph, so it can't do this. Set REFLOG_GRAPH_CLIENT_ID and a secret, or \
      send the change with a Microsoft Graph token.
      """
    ),
    (
      .providerUnavailable,
      "Your token can't be checked, because its issuer's keys are not available. Nothing was changed. Try again."
    ),
    (.tokenNotFound("0123456789abcdef"), "There is no token with this id. List the tokens to see their ids."),
    (
      .badToken("A token named ci exists already. A name is never used again. Choose another name."),
      "A token named ci exists already. A name is never used again. Choose another name."
    ),
  ]

  static let changeMessages: [(ServiceError, String)] = [
    (.changeNotFound(id), "There is no change 7."),
    (
      .changePurged(id),
      """
      Change 7 was purged, because it was older than the retention policy allows. The service events of kind purged \
      show when.
      """
    ),
    (
      .alreadySettled(id, .applied),
      "Change 7 is already recorded as applied, and that result can't be changed. Nothing was recorded."
    ),
    (
      .reasonRequired(pattern: "CHG[0-9]+"),
      "Every change needs a reason that matches CHG[0-9]+. Give one in Reflog-Reason or with --reason."
    ),
    (
      .preconditionFailed(current: Sample.fraudCheck),
      """
      The If-Match condition failed: the step calls Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01). Nothing was \
      changed. Read the step again.
      """
    ),
    (
      .preconditionFailed(current: .none),
      "The If-Match condition failed: the step calls nothing. Nothing was changed. Read the step again."
    ),
    (
      .stepUnresolved(id, retryAfter: .seconds(5)),
      """
      Change 7 is still pending: whether it was applied is not known yet. Your request changed nothing. Try again \
      shortly.
      """
    ),
    (
      .idempotencyMismatch(id),
      "This Idempotency-Key was used for change 7 with another body. Nothing was changed. Use another key."
    ),
    (
      .outcomeUnknown([id], why: "Microsoft Graph answered with status 503"),
      """
      Whether the change was applied is unknown: Microsoft Graph answered with status 503. The change is recorded. \
      Check its result later.
      """
    ),
    (
      .outcomeUnknown([], why: "the connection was reset"),
      "Whether the change was applied is unknown: the connection was reset. Check the directory."
    ),
    (
      .outcomeStaysUnknown(id, .superseded),
      """
      This Idempotency-Key belongs to change 7. The final result of the change is superseded: another value was found \
      afterwards. This request sent nothing. Read the current value. To try again, use another key.
      """
    ),
    (
      .outcomeStaysUnknown(id, .unknown),
      """
      This Idempotency-Key belongs to change 7. The final result of the change is unknown: its effect could not be \
      read back. This request sent nothing. Read the current value. To try again, use another key.
      """
    ),
    (
      .notSent([id], why: "connection refused."),
      "The change did not reach the directory: connection refused. Nothing was changed. Try again."
    ),
    (.refused([id], DirectoryRefusal(httpStatus: 409, code: "Conflict", message: "In use.")), "In use."),
    (
      .refused(
        [],
        DirectoryRefusal(httpStatus: 403, code: "AADB2C", message: "Access is denied.", isOfOwnCredential: true)
      ),
      """
      The directory refused Reflog's own credential (403 AADB2C: Access is denied). Check the credential and its \
      permissions.
      """
    ),
  ]

  static let rollbackMessages: [(ServiceError, String)] = [
    (
      .changeSuperseded(id, by: [Change.ID(8), Change.ID(9)]),
      """
      Change 7 was not rolled back: later changes block it (8, 9). Roll those back first, or force the rollback.
      """
    ),
    (
      .notRollbackable(id, why: "the reference before it is unknown"),
      "Change 7 can't be rolled back: the reference before it is unknown."
    ),
    (
      .otherTimeRollback(TimeRollback(batchID: batch, asOf: ManualClock.start, scope: .everything)),
      """
      The batchId 0f1e2d3c-4b5a-4697-8877-665544332211 belongs to a rollback of everything to \
      2026-11-23T09:15:02.123456Z. For another rollback, use another batchId or none.
      """
    ),
    (
      .otherTimeRollback(
        TimeRollback(
          batchID: batch,
          asOf: ManualClock.start,
          scope: .flow(Sample.signup.flowType, Sample.signup.flow)
        )
      ),
      """
      The batchId 0f1e2d3c-4b5a-4697-8877-665544332211 belongs to a rollback of b2cUserFlows/B2C_1_signup to \
      2026-11-23T09:15:02.123456Z. For another rollback, use another batchId or none.
      """
    ),
    (.timeRollbackNotFound(batch), "There is no rollback to a time with the batchId \(batch)."),
    (
      .flowNotFound(FlowName(of: Sample.signup).description),
      "The ledger has no record of b2cUserFlows/B2C_1_signup. Check the spelling."
    ),
    (
      .flowNotFound("B2C_1_singup", nearest: ["B2C_1_signup", "B2X_1_signup"]),
      "The ledger has no record of B2C_1_singup. Did you mean B2C_1_signup or B2X_1_signup?"
    ),
    (
      .notRestorable(id, why: "it is not an applied edit of a connector"),
      "The values before change 7 can't be restored: it is not an applied edit of a connector."
    ),
    (
      .editSuperseded(id, by: [Change.ID(8), Change.ID(9)]),
      """
      The values before change 7 were not restored: later changes wrote the same properties (8, 9). Force the \
      restoration to replace their values too.
      """
    ),
    (
      .changedSince(id),
      "Change 7 was made after this request was planned, so it was kept. To undo it too, make a new request."
    ),
  ]

  static let historyMessages: [(ServiceError, String)] = [
    (
      .retentionTooShort(days: 30),
      """
      History must be kept for at least 400 days, but you asked for 30. If the law requires a shorter \
      time, add "override": true or --override.
      """
    ),
    (
      .noRetention,
      "History is kept without a time limit, so there is nothing to purge. Set the number of days to keep first."
    ),
    (
      .purgeNotPermitted(before: ManualClock.start),
      """
      Nothing was purged: the plan would delete history that must be kept, from 2026-11-23T09:15:02.123456Z on. Ask \
      for the plan again.
      """
    ),
    (
      .holdExists("case 7"),
      "There is already a hold named case 7. Choose another name, or release that hold first."
    ),
    (.holdNotFound("case 7"), "There is no hold named case 7. List the holds to see their names."),
    (
      .actorNotFound("oid"),
      "Nothing is recorded about oid, so nothing can be erased: 0 changes, 0 service events. Check the id."
    ),
    (
      .manifestNotFound("7"),
      """
      There is no such manifest. Only the newest 1000 complete exports since the server's start have one. Export \
      again.
      """
    ),
    (.notSignedYet, "A signed checkpoint is missing. Check the ledger with reflog verify."),
    (
      .impactTooBroad(1200, most: 1000),
      """
      The filter selects 1200 steps. With changes of connectors, at most 1000 steps can be searched. Name fewer flows, \
      or leave out the changes of connectors: flowScope=steps or --flow-scope steps.
      """
    ),
    (
      .questionTooBroad,
      """
      The count takes too long over this much history. Narrow the filter: a time, a flow, an actor, a connector, a \
      result other than applied, or a correlation id.
      """
    ),
  ]

  static let failureMessages: [(ServiceError, String)] = [
    (
      .busy("Too many rollbacks to a time are waiting."),
      "Too many rollbacks to a time are waiting. Nothing was changed. Try again."
    ),
    (
      .busy("This rollback is already running, so its override can't be changed. Wait until it ends."),
      "This rollback is already running, so its override can't be changed. Wait until it ends. Nothing was "
        + "changed. Try again."
    ),
    (
      .refusalsSpent,
      "The directory refused too many of your requests in this minute, so this one was not sent. Check your "
        + "permissions, and try again in a minute."
    ),
    (
      .readsSpent(retryAfter: .seconds(7)),
      "Too many reads were sent to Microsoft Graph within a minute, by you or by all callers together. This read was "
        + "not sent. Try again in a minute."
    ),
    (
      .tooManySteps,
      "The flow calls connectors at more than 16 steps, so it can't be deleted in one request. Clear some of these "
        + "steps first, with a PUT of {} to …/{step}/$ref."
    ),
    (
      .positionNotInLog(LogPosition(92), log: "audit.example", newest: 21),
      """
      The log audit.example has no entry 92 yet, because its newest entry is 21. An older copy of the ledger was \
      probably restored. Export everything again, without a position.
      """
    ),
    (
      .positionNotInLog(LogPosition(sample: "92@audit.example/other"), log: "audit.example", newest: nil),
      """
      The position 92@audit.example/other belongs to another log: this ledger's log is audit.example. Export everything \
      again, without a position.
      """
    ),
    (
      .pageNotInLedger,
      """
      This page can't be shown: it follows a change that is not in this ledger. An older copy of the ledger was \
      probably restored. Start again with the first page.
      """
    ),
    (.ledgerUnreadable("The ledger is unavailable."), "The ledger is unavailable."),
    (.notSupported("Use pg_dump."), "Use pg_dump."),
    (.ledgerDamaged("Change 7 is not what was recorded."), "Change 7 is not what was recorded."),
    (
      .ledgerUnavailable("The disk is full."),
      "Nothing was sent to the directory. The disk is full."
    ),
    (
      .directoryUnavailable("Microsoft Graph did not answer: timeout"),
      "The directory can't be read, so nothing was sent: Microsoft Graph did not answer: timeout."
    ),
    (.clockBehind("Set the clock."), "Nothing was changed. Set the clock."),
  ]

  static let messages: [(ServiceError, String)] =
    accessMessages + changeMessages + freezeMessages + rollbackMessages + historyMessages + failureMessages

  @Test(arguments: messages)
  func everyErrorHasItsText(error: ServiceError, text: String) {
    #expect(error.description == text)
  }

  @Test func theMessageExplainsAFormerNameOfTheLog() throws {
    let key = try SigningKey(name: KeyName("audit.example"), seed: Array(repeating: 7, count: SigningKey.seedByteCount))
    let replacement = KeyReplacement(
      event: 12,
      time: try #require(Timestamp(parsing: "2026-11-23T09:15:02Z")),
      formerOrigin: try Origin("audit.example"),
      formerSize: 21,
      formerRoot: MerkleTree.emptyRoot,
      origin: try Origin("audit.example-1a2b"),
      formerKey: key.verifierKey,
      key: key.verifierKey,
      reason: "Disk failure"
    )
    let messages: [(ServiceError, String)] = [
      (
        .positionOfFormerName(LogPosition(sample: "20@audit.example"), replacement, log: "audit.example-1a2b"),
        """
        The position 20@audit.example has this log's former name. The signing key was lost, and since \
        2026-11-23T09:15:02.000000Z the log is called audit.example-1a2b. The earlier entries are unchanged. Continue \
        with the position 20@audit.example-1a2b.
        """
      ),
      (
        .positionOfFormerName(LogPosition(sample: "21@audit.example"), replacement, log: "audit.example-1a2b"),
        """
        The position 21@audit.example has this log's former name. The signing key was lost, and since \
        2026-11-23T09:15:02.000000Z the log is called audit.example-1a2b. The position is after the 21 entries that \
        have the former name. Export everything again, without a position.
        """
      ),
      (
        .pageOfFormerName(replacement),
        """
        This link to a page was made while the log was called audit.example. The signing key was lost, and the log has \
        another name since 2026-11-23T09:15:02.000000Z. Start again with the first page.
        """
      ),
    ]
    for (error, text) in messages { #expect(error.description == text) }
  }
}

extension LogPosition {
  /// Creates a position from its text form. The text must be valid.
  fileprivate init(sample text: String) {
    guard let position = LogPosition(text) else { preconditionFailure("\(text) is no position") }
    self = position
  }
}
