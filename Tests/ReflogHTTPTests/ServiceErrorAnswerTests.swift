import HTTPTypes
import ReflogModel
import ReflogService
import Testing

@testable import ReflogHTTP

/// Tests of the HTTP answers to the errors of the service.
struct ServiceErrorAnswerTests {
  private let id = Change.ID(7)

  @Test func everyServiceErrorHasItsStatusAndCode() throws {
    let connector = try #require(ConnectorID("abc"))
    let flow = try #require(FlowID("B2C_1_signup"))
    let moment = Timestamp(microseconds: 0)
    let rollback = TimeRollback(batchID: "batch", asOf: moment, scope: .everything)
    let own = DirectoryRefusal(httpStatus: 403, code: "denied", message: "No.", isOfOwnCredential: true)
    let refusal = DirectoryRefusal(httpStatus: 429, code: "TooManyRequests", message: "Later.", retryAfter: "17")
    let freeze = Freeze(
      id: 5,
      scope: .everything,
      reason: "INC0042",
      actor: .unknown,
      placed: moment,
      from: moment,
      until: nil
    )
    let answers: [(ServiceError, Int, String)] = [
      (.forbidden([]), 403, "forbidden"),
      (.otherTenant, 403, "forbidden"),
      (.noDirectoryCredentials, 409, "noDirectoryCredentials"),
      (.changeNotFound(id), 404, "changeNotFound"),
      (.changePurged(id), 410, "changePurged"),
      (.alreadySettled(id, .applied), 409, "alreadySettled"),
      (.tokenNotFound("a"), 404, "notFound"),
      (.retentionTooShort(days: 1), 400, "badRequest"),
      (.noRetention, 409, "noRetention"),
      (.purgeNotPermitted(before: moment), 409, "purgeNotPermitted"),
      (.holdExists("a"), 409, "holdExists"),
      (.holdNotFound("a"), 404, "notFound"),
      (.actorNotFound("a"), 404, "notFound"),
      (.manifestNotFound("a"), 404, "notFound"),
      (.notSignedYet, 503, "busy"),
      (.questionTooBroad, 400, "questionTooBroad"),
      (.impactTooBroad(1200, most: 1000), 400, "questionTooBroad"),
      (.reasonRequired(pattern: "CHG[0-9]+"), 400, "badRequest"),
      (.badToken("The name is too long."), 400, "badRequest"),
      (.frozen([], CoveringFreeze(freeze)), 423, "frozen"),
      (.tooManyFreezes, 409, "tooManyFreezes"),
      (.freezeNotFound(5), 404, "notFound"),
      (.freezeIsOver(freeze), 409, "freezeIsOver"),
      (.freezeIsEmpty, 400, "badRequest"),
      (.preconditionFailed(current: .none), 412, "preconditionFailed"),
      (.stepUnresolved(id, retryAfter: .milliseconds(1500)), 409, "stepUnresolved"),
      (.idempotencyMismatch(id), 422, "idempotencyMismatch"),
      (.changeSuperseded(id, by: [Change.ID(8)]), 409, "changeSuperseded"),
      (.connectorMissing(connector), 409, "connectorMissing"),
      (.notRollbackable(id, why: "it is pending"), 409, "notRollbackable"),
      (.notRestorable(id, why: "it is pending"), 409, "notRestorable"),
      (.editSuperseded(id, by: [Change.ID(8)]), 409, "changeSuperseded"),
      (.otherTimeRollback(rollback), 409, "batchMismatch"),
      (.timeRollbackNotFound("batch"), 404, "notFound"),
      (.flowNotFound("b2cUserFlows/\(flow)"), 404, "notFound"),
      (.changedSince(id), 409, "changeSuperseded"),
      (.positionNotInLog(LogPosition(92), log: "audit.example", newest: 21), 400, "badRequest"),
      (.pageNotInLedger, 400, "badRequest"),
      (.providerUnavailable, 503, "busy"),
      (.busy("The queue is full."), 503, "busy"),
      (.refusalsSpent, 503, "busy"),
      (.readsSpent(retryAfter: .seconds(7)), 429, "tooManyReads"),
      (.tooManySteps, 400, "badRequest"),
      (.notSupported(""), 501, "notSupported"),
      (.ledgerUnreadable("It is locked."), 503, "ledgerUnavailable"),
      (.ledgerDamaged("It is corrupt."), 500, "internalError"),
      (.ledgerUnavailable("It is full."), 503, "ledgerUnavailable"),
      (.directoryUnavailable("timeout"), 503, "directoryUnavailable"),
      (.clockBehind("The clock is behind."), 503, "clockBehind"),
      (.outcomeStaysUnknown(id, .superseded), 502, "outcomeUnknown"),
      (.outcomeUnknown([id], why: "timeout"), 502, "outcomeUnknown"),
      (.notSent([id], why: "connection refused"), 502, "notSent"),
      (.flowIncomplete([]), 502, "flowIncomplete"),
      (.refused([id], own), 502, "directoryRefused"),
      (.refused([id], refusal), 429, "TooManyRequests"),
    ]
    for (error, status, code) in answers {
      let answer = ErrorAnswer(error)
      #expect(answer.status.code == status, "\(error)")
      #expect(answer.code == code, "\(error)")
      #expect(answer.message == error.description)
      #expect(answer.changes == error.changes)
    }
  }

  @Test func waitsAreRoundedUpToWholeSeconds() {
    let waits: [(wait: Duration, seconds: String)] = [
      (.zero, "1"), (.milliseconds(1), "1"), (.seconds(1), "1"), (.milliseconds(1500), "2"), (.seconds(60), "60"),
    ]
    for (wait, seconds) in waits {
      #expect(ErrorAnswer(ServiceError.stepUnresolved(id, retryAfter: wait)).retryAfter == seconds)
    }
  }

  @Test func theTextOnAPageContainsNoHeaderNamesAndNoOptionNames() {
    #expect(
      ServiceError.reasonRequired(pattern: "CHG[0-9]+").onPage
        == "Every change needs a reason that matches CHG[0-9]+. Enter one."
    )
    #expect(
      ServiceError.changeSuperseded(id, by: [Change.ID(8)]).onPage
        == "Change 7 was not rolled back, because later changes at the same step block the rollback."
    )
    #expect(
      ServiceError.questionTooBroad.onPage
        == "The count takes too long over this much history. Narrow the filter: a time, a flow, an actor or a "
        + "connector."
    )
    #expect(
      ServiceError.impactTooBroad(1200, most: 1000).onPage
        == "The filter selects 1200 steps. With changes of connectors, at most 1000 steps can be searched. "
        + "Name fewer flows."
    )
    #expect(ServiceError.timeRollbackNotFound("batch").onPage == "This rollback to a time does not exist.")
    #expect(
      ServiceError.otherTimeRollback(
        TimeRollback(batchID: "batch", asOf: Timestamp(microseconds: 0), scope: .everything)
      ).onPage == "This plan belongs to another rollback. Make a new plan."
    )
    #expect(ServiceError.notSignedYet.onPage == ServiceError.notSignedYet.description)
  }

  @Test func aPageHasAHeadingForEveryKindOfError() {
    let headings: [(error: any Error, heading: String)] = [
      (ServiceError.forbidden([]), "Not allowed"), (RequestError.notFound, "Not found"),
      (ServiceError.changePurged(id), "Purged"), (ServiceError.noRetention, "Not possible now"),
      (RequestError.bodyTooLarge(limit: 1), "Request refused"), (ServiceError.busy(""), "Something went wrong"),
    ]
    for (error, heading) in headings { #expect(ErrorAnswer(error).heading == heading) }
  }
}
