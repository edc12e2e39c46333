import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// The HTTP answer to an error.
///
/// Only this type maps errors to HTTP statuses and error codes.
struct ErrorAnswer {
  let status: HTTPResponse.Status
  /// The error code: a stable name of the error for programs, such as `stepUnresolved`.
  let code: String
  /// The message for people, which says what happened and what the caller can do.
  private(set) var message: String
  /// The part of the request that is wrong, or nil if no single part is wrong.
  var target: String?
  /// The objects that caused the error, for example the changes that block a rollback.
  var details: [Detail] = []

  /// An object that caused the error.
  struct Detail {
    /// The name of the object in a text for people, for example `change 18`.
    let message: String
    /// The id of the object.
    let target: String

    init(change: Change.ID) { (message, target) = ("change \(change)", change.description) }
    init(freeze: Int64) { (message, target) = ("freeze \(freeze)", String(freeze)) }
  }

  /// The value of the header `Retry-After`, or nil if a later attempt does not help.
  var retryAfter: String?
  var wwwAuthenticate: String?
  var allow: String?
  /// The id that the directory assigned to the refused request.
  ///
  /// The value is nil if the error did not come from the directory, or if a change records the error.
  var directoryRequestID: String?
  /// The ids of the changes that Reflog recorded for the request.
  ///
  /// The header `Reflog-Change-Id` contains these ids.
  var changes: [Change.ID] = []
  let logLevel: Logger.Level
  /// The message in the server's log, or nil to log the message for the caller.
  ///
  /// The server's log must not contain the reasons that people wrote, because an erasure can't delete lines of that
  /// log.
  private var logMessage: String?

  init(_ error: any Error) {
    switch error {
    case let error as RequestError: self.init(error)
    case let error as ServiceError: self.init(error)
    default:
      self.init(
        .internalServerError,
        "internalError",
        "An internal error stopped this request. The server's log contains the cause under the same request-id.",
        .error
      )
    }
  }

  private init(_ error: RequestError) {
    switch error {
    case .unauthenticated:
      self.init(.unauthorized, "unauthenticated", "The request has no valid token.")
      wwwAuthenticate = #"Bearer realm="Reflog""#
    case .badRequest(let message, let target):
      self.init(.badRequest, "badRequest", message)
      self.target = target
    case .bodyTooLarge(let limit):
      self.init(.contentTooLarge, "badRequest", "The body has more than \(limit) bytes.")
      target = "body"
    case .bodyIncomplete:
      self.init(.badRequest, "badRequest", "The body did not arrive completely. Send the request again.")
      target = "body"
    case .notProxied:
      self.init(
        notProxied:
          "Reflog does not forward this request, and nothing was done. If it does not concern API connectors, send it "
          + "to Microsoft Graph."
      )
    case .batch:
      self.init(notProxied: "Reflog does not accept $batch, and nothing was done. Send the requests one by one.")
    case .missingRef:
      self.init(
        notProxied: "The URL does not end in $ref, and nothing was done. Set the connector of a step at "
          + "…/apiConnectorConfiguration/{step}/$ref. In a shell, put $ref in single quotes or write \\$ref."
      )
    case .methodOfReference:
      self.init(
        notProxied:
          "Reflog does not forward this method at $ref, and nothing was done. Set the reference with PUT, clear it "
          + "with DELETE, or read it with GET."
      )
    case .methodNotForwarded(let methods):
      self.init(
        notProxied:
          "Reflog does not forward this method here, and nothing was done. Use a method from the Allow header."
      )
      allow = methods.map(\.rawValue).joined(separator: ", ")
    case .certificateOfStep:
      self.init(
        notProxied: "Reflog does not forward a certificate for a step, and nothing was done. Upload it at "
          + "…/identity/apiConnectors/{id}/uploadClientCertificate, with the id of the connector that the step calls."
      )
    case .keyInParentheses:
      self.init(
        notProxied:
          "Reflog does not read ids in parentheses, and nothing was done. Write the id as a segment of the path, such "
          + "as …/b2cUserFlows/B2C_1_signup."
      )
    case .expectationFailed:
      self.init(
        .expectationFailed,
        "badRequest",
        "Reflog supports only 'Expect: 100-continue'. Send that, or no Expect header."
      )
      target = "Expect"
    case .methodNotAllowed(let methods):
      self.init(
        .methodNotAllowed,
        "badRequest",
        "Reflog does not support this method. Use a method from the Allow header."
      )
      allow = methods.map(\.rawValue).joined(separator: ", ")
    case .notFound:
      self.init(.notFound, "notFound", "Nothing exists at this URL. Check its spelling.")
    case .outsideBasePath(let basePath):
      self.init(
        .notFound,
        "notFound",
        "Reflog answers only below \(basePath). Add it to the URL. A proxy must forward the path unchanged."
      )
    }
  }

  private init(_ error: ServiceError) {
    let message = error.description
    let level = error.logLevel
    switch error {
    case .forbidden, .otherTenant: self.init(.forbidden, "forbidden", message, level)
    case .noDirectoryCredentials: self.init(.conflict, "noDirectoryCredentials", message, level)
    case .alreadySettled: self.init(.conflict, "alreadySettled", message, level)
    case .changedSince: self.init(.conflict, "changeSuperseded", message, level)
    case .otherTimeRollback: self.init(.conflict, "batchMismatch", message, level)
    case .tokenNotFound, .timeRollbackNotFound, .flowNotFound, .holdNotFound, .actorNotFound, .manifestNotFound,
      .freezeNotFound:
      self.init(.notFound, "notFound", message, level)
    case .notSignedYet: self.init(.serviceUnavailable, "busy", message, level, retryAfter: 1)
    case .positionNotInLog, .positionOfFormerName:
      self.init(.badRequest, "badRequest", message, level)
      target = "after"
    case .pageNotInLedger, .pageOfFormerName:
      self.init(.badRequest, "badRequest", message, level)
      target = "$skiptoken"
    case .questionTooBroad, .impactTooBroad: self.init(.badRequest, "questionTooBroad", message, level)
    case .badToken, .tooManySteps: self.init(.badRequest, "badRequest", message, level)
    case .reasonRequired:
      self.init(.badRequest, "badRequest", message, level)
      target = "reason"
    case .changeNotFound: self.init(.notFound, "changeNotFound", message, level)
    case .changePurged: self.init(.gone, "changePurged", message, level)
    case .retentionTooShort:
      self.init(.badRequest, "badRequest", message, level)
      target = "days"
    case .purgeNotPermitted: self.init(.conflict, "purgeNotPermitted", message, level)
    case .noRetention: self.init(.conflict, "noRetention", message, level)
    case .holdExists: self.init(.conflict, "holdExists", message, level)
    case .frozen(_, let covering):
      self.init(.locked, "frozen", message, level)
      details = [Detail(freeze: covering.freeze.id)]
      logMessage = Change.frozenMessage(covering.freeze.id)
    case .tooManyFreezes: self.init(.conflict, "tooManyFreezes", message, level)
    case .freezeIsOver: self.init(.conflict, "freezeIsOver", message, level)
    case .freezeIsEmpty:
      self.init(.badRequest, "badRequest", message, level)
      target = "until"
    case .preconditionFailed: self.init(.preconditionFailed, "preconditionFailed", message, level)
    case .idempotencyMismatch: self.init(.unprocessableContent, "idempotencyMismatch", message, level)
    case .stepUnresolved(_, let wait):
      self.init(.conflict, "stepUnresolved", message, level, retryAfter: Self.seconds(wait))
    case .changeSuperseded(_, let later):
      self.init(.conflict, "changeSuperseded", message, level)
      details = later.map(Detail.init(change:))
    case .connectorMissing: self.init(.conflict, "connectorMissing", message, level)
    case .notRollbackable: self.init(.conflict, "notRollbackable", message, level)
    case .notRestorable: self.init(.conflict, "notRestorable", message, level)
    case .editSuperseded: self.init(.conflict, "changeSuperseded", message, level)
    case .busy: self.init(.serviceUnavailable, "busy", message, level, retryAfter: 1)
    case .refusalsSpent: self.init(.serviceUnavailable, "busy", message, level, retryAfter: 60)
    case .readsSpent(let wait):
      self.init(.tooManyRequests, "tooManyReads", message, level, retryAfter: Self.seconds(wait))
    case .providerUnavailable: self.init(.serviceUnavailable, "busy", message, level, retryAfter: 5)
    case .notSupported: self.init(.notImplemented, "notSupported", message, level)
    case .ledgerDamaged: self.init(.internalServerError, "internalError", message, level)
    case .ledgerUnreadable, .ledgerUnavailable:
      self.init(.serviceUnavailable, "ledgerUnavailable", message, level, retryAfter: 5)
    case .directoryUnavailable: self.init(.serviceUnavailable, "directoryUnavailable", message, level, retryAfter: 5)
    case .clockBehind: self.init(.serviceUnavailable, "clockBehind", message, level, retryAfter: 60)
    case .outcomeUnknown, .outcomeStaysUnknown: self.init(.badGateway, "outcomeUnknown", message, level)
    case .notSent: self.init(.badGateway, "notSent", message, level)
    case .flowIncomplete(let changes):
      self.init(.badGateway, "flowIncomplete", message, level)
      details = changes.filter { $0.result != .applied }.map { Detail(change: $0.id) }
    case .refused(_, let refusal) where refusal.isOfOwnCredential:
      self.init(.badGateway, "directoryRefused", message, level)
    case .refused(_, let refusal):
      self.init(HTTPResponse.Status(code: refusal.httpStatus), refusal.code, message, level)
      retryAfter = refusal.retryAfter
      wwwAuthenticate = refusal.wwwAuthenticate
      if error.changes.isEmpty { directoryRequestID = refusal.requestID }
    }
    changes = error.changes
  }

  private init(notProxied message: String) {
    self.init(.notImplemented, "notProxied", message)
  }

  private init(
    _ status: HTTPResponse.Status,
    _ code: String,
    _ message: String,
    _ logLevel: Logger.Level = .info,
    retryAfter seconds: Int? = nil
  ) {
    self.status = status
    // Clients show the code and the message on terminals. The code and the message can contain text from the caller or
    // the directory, so characters that could control a terminal are replaced.
    self.code = code.printable
    self.message = message.printableLines
    self.logLevel = logLevel
    retryAfter = seconds.map(String.init)
  }

  /// Returns the number of seconds in a wait, rounded up to a whole number.
  ///
  /// The result is at least 1.
  private static func seconds(_ wait: Duration) -> Int {
    max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
  }

  /// Logs the refused request at the log level of this error.
  ///
  /// If the level is `error` or higher, the log line contains the text of `cause` instead of the message for the
  /// caller.
  func log(to logger: Logger, _ request: Request, _ context: ReflogRequestContext, cause: any Error) {
    var metadata: Logger.Metadata = [
      "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(status.code)",
      "code": "\(code)", "request-id": "\(context.requestID)",
      "message": "\(logLevel >= .error ? "\(cause)" : logMessage ?? message)",
    ]
    if let directoryRequestID { metadata["directory-request-id"] = "\(directoryRequestID)" }
    logger.log(level: logLevel, "request refused", metadata: metadata)
  }

  /// Returns this answer with one more sentence in the message.
  ///
  /// The sentence tells the caller what to do.
  func advising(_ advice: String) -> ErrorAnswer {
    var answer = self
    answer.message += " " + advice
    return answer
  }

  /// Returns the answer in the format of Microsoft Graph's errors.
  func response(_ context: ReflogRequestContext) -> Response {
    var response = Response(json: body(context), status: status)
    response.headers[.requestID] = directoryRequestID
    response.headers[.retryAfter] = retryAfter
    response.headers[.wwwAuthenticate] = wwwAuthenticate
    response.headers[.allow] = allow
    return response.about(changes)
  }

  private func body(_ context: ReflogRequestContext) -> JSONObject {
    var error: JSONObject = ["code": .string(code), "message": .string(message)]
    if let target { error["target"] = .string(target.printable) }
    if !details.isEmpty {
      error["details"] = .array(
        details.map { detail in
          .object(["code": .string(code), "message": .string(detail.message), "target": .string(detail.target)])
        }
      )
    }
    error["innerError"] = .object([
      // Microsoft Graph writes this time without a time zone, so Reflog also removes the time zone.
      "date": .string(String(Timestamp(Date()).description.prefix(19))),
      "request-id": .string(directoryRequestID ?? context.requestID),
      "client-request-id": .string(context.clientRequestID ?? context.requestID),
    ])
    return ["error": .object(error)]
  }
}

extension HTTPResponse.Status {
  /// The status 423 of RFC 4918: the resource is locked.
  fileprivate static let locked = HTTPResponse.Status(code: 423, reasonPhrase: "Locked")
}
