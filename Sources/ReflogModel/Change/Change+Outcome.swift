extension Change {
  /// What became of a change; written once, all of it together.
  package struct Outcome: Sendable {
    /// Anything but `pending`.
    package let result: Result
    /// The status that the directory answered with.
    package let httpStatus: Int?
    package let code: String?
    package let message: String?
    package let settledBy: Settler
    /// The directory's own id for the request.
    package let graphRequestID: String?
    /// The connector that the directory made, where the change asked for one.
    package let created: ConnectorReference?

    package init(
      result: Result,
      httpStatus: Int? = nil,
      code: String? = nil,
      message: String? = nil,
      settledBy: Settler,
      graphRequestID: String? = nil,
      created: ConnectorReference? = nil
    ) {
      self.result = result
      self.httpStatus = httpStatus
      self.code = code
      self.message = message
      self.settledBy = settledBy
      self.graphRequestID = graphRequestID
      self.created = created
    }
  }

  /// Who found out what became of a change.
  package enum Settler: String, Sendable {
    case request, reconciler, person
  }

  /// What an event makes of a change with this result (`nil`: not recorded yet): its outcome, or `nil` while it is
  /// pending.
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
        settledBy: settler,
        graphRequestID: refusal.requestID
      )
    case .answered(.notSent(let reason)):
      Outcome(result: next, code: Change.notSentCode, message: reason, settledBy: settler)
    case .denied:
      Outcome(result: next, code: "forbidden", settledBy: settler)
    case .stated(let statement):
      Outcome(
        result: next,
        message: "\(statement.actor.name ?? statement.actor.id ?? "somebody"): \(statement.reason)",
        settledBy: settler
      )
    case .notKept(let id):
      Outcome(
        result: next,
        code: Change.notKeptCode,
        message: "What stood before change \(id) stands there again.",
        settledBy: settler
      )
    case .intended, .found, .answered(.unknown), .observed:
      Outcome(result: next, settledBy: settler)
    }
  }
}
