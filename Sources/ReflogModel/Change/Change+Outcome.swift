extension Change {
  /// The final result of a change and its details.
  ///
  /// All of these values are recorded together, and only once.
  package struct Outcome: Sendable {
    /// Any result except `pending`.
    package let result: Result
    /// The HTTP status of the directory's answer, or nil if there was no answer.
    package let httpStatus: Int?
    package let code: String?
    package let message: String?
    /// The number of seconds after which a caller can try the change again.
    ///
    /// The directory sent this number when it refused the change. The value is nil if the directory sent no number.
    package let retryAfter: Int?
    /// The source of the result: a request, the reconciler or a person.
    package let settledBy: Settler
    /// The id that the directory assigned to the request, or nil if the directory sent no id.
    package let graphRequestID: String?
    /// The connector that the directory created, or nil if the change created no connector.
    package let created: ConnectorReference?
    /// The erasure that deleted a person's statement about the result, or nil if no statement was erased.
    package let erased: Erased?

    /// Creates an outcome.
    package init(
      result: Result,
      httpStatus: Int? = nil,
      code: String? = nil,
      message: String? = nil,
      retryAfter: Int? = nil,
      settledBy: Settler,
      graphRequestID: String? = nil,
      created: ConnectorReference? = nil,
      erased: Erased? = nil
    ) {
      self.result = result
      self.httpStatus = httpStatus
      self.code = code
      self.message = message
      self.retryAfter = retryAfter
      self.settledBy = settledBy
      self.graphRequestID = graphRequestID
      self.created = created
      self.erased = erased
    }
  }

  /// The source of a change's result: a request, the reconciler or a person.
  package enum Settler: String, Sendable {
    case request, reconciler, person
  }

  /// Returns the outcome of a change after an event, or nil if the change is pending after the event.
  ///
  /// - Parameters:
  ///   - event: The event that sets the result.
  ///   - result: The result before the event, or nil if the change is not recorded yet.
  ///   - settler: The source of the result: a request, the reconciler or a person.
  package static func outcome(
    of event: Event,
    on result: Result?,
    settledBy settler: Settler
  ) throws(IllegalTransition) -> Outcome? {
    let next = try next(result, event)
    guard next != .pending else { return nil }
    return switch event {
    case .answered(.applied(let response)):
      Outcome(
        result: next,
        httpStatus: response.httpStatus,
        settledBy: settler,
        graphRequestID: response.requestID,
        created: response.created?.reference
      )
    case .answered(.refused(let refusal)):
      Outcome(
        result: next,
        httpStatus: refusal.httpStatus,
        code: refusal.code,
        message: refusal.message,
        retryAfter: refusal.retryAfterSeconds,
        settledBy: settler,
        graphRequestID: refusal.requestID
      )
    case .answered(.notSent(let reason)):
      Outcome(result: next, code: Change.notSentCode, message: reason, settledBy: settler)
    case .denied:
      Outcome(result: next, code: "forbidden", settledBy: settler)
    case .frozen(let freeze):
      Outcome(
        result: next,
        code: Change.frozenCode,
        message: Change.frozenMessage(freeze),
        settledBy: settler
      )
    case .stated(let statement):
      Outcome(
        result: next,
        message: "\(statement.actor.name ?? statement.actor.id ?? "Unknown person"): \(statement.reason)",
        settledBy: settler
      )
    case .notKept(let id):
      Outcome(
        result: next,
        code: Change.notKeptCode,
        message: "The step again has the reference from before change \(id).",
        settledBy: settler
      )
    case .connectorDeleted(let id):
      Outcome(
        result: next,
        code: Change.connectorDeletedCode,
        message: "Change \(id) deleted the connector, and the step calls nothing since then.",
        settledBy: settler
      )
    case .intended, .found, .answered(.unknown), .observed:
      Outcome(result: next, settledBy: settler)
    }
  }
}
