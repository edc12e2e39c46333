extension Change {
  /// Something that happens to a change.
  package enum Event: Sendable {
    /// It is recorded and about to be sent.
    case intended
    /// Its caller was not allowed to ask for it.
    case denied
    /// It was found in the directory, done by somebody else.
    case found
    /// It was found in the directory, which brings back what stood before this earlier change.
    case notKept(Change.ID)
    /// The directory answered it, or refused the read before it.
    case answered(DirectoryAnswer)
    /// A conclusive look at the directory showed this.
    case observed(Evidence)
    /// A person said what became of it.
    case stated(Statement)
  }

  /// What a conclusive look at the directory shows of a pending change.
  package enum Evidence: Sendable {
    /// The after value stands, or the effect is there.
    case after
    /// The before value stands.
    case before
    /// Neither stands.
    case third
    /// The effect is one that can't be read back.
    case unreadable
  }

  /// What a person says of a pending change.
  package struct Statement: Sendable {
    package let result: StatedResult
    package let reason: String
    package let actor: Actor

    package init(result: StatedResult, reason: String, actor: Actor) {
      self.result = result
      self.reason = reason
      self.actor = actor
    }
  }

  package enum StatedResult: String, Sendable {
    case applied, notApplied
  }

  /// The event can't happen to a change in this state.
  package struct IllegalTransition: Error, CustomStringConvertible {
    package let result: Result?
    package let event: Event

    package var description: String {
      "A change that is \(result?.rawValue ?? "not recorded") can't be \(event)."
    }
  }

  /// The life of a change: the result that it has after an event, given the one before it (`nil`: not recorded yet).
  ///
  /// Every path goes through this one function, a request as well as recovery. Only a pending change has a future.
  package static func next(_ result: Result?, _ event: Event) throws(IllegalTransition) -> Result {
    switch result {
    case nil:
      switch event {
      case .intended: return .pending
      case .denied: return .denied
      case .found, .notKept: return .applied
      case .answered(.refused): return .rejected
      case .answered(.applied), .answered(.notSent), .answered(.unknown), .observed, .stated: break
      }
    case .pending:
      switch event {
      case .answered(.applied): return .applied
      case .answered(.refused): return .rejected
      case .answered(.notSent): return .notApplied
      case .answered(.unknown): return .pending
      case .observed(.after): return .applied
      case .observed(.before): return .notApplied
      case .observed(.third): return .superseded
      case .observed(.unreadable): return .unknown
      case .stated(let statement):
        switch statement.result {
        case .applied: return .applied
        case .notApplied: return .notApplied
        }
      case .intended, .denied, .found, .notKept: break
      }
    case .applied, .rejected, .denied, .notApplied, .superseded, .unknown:
      break
    }
    throw IllegalTransition(result: result, event: event)
  }
}
