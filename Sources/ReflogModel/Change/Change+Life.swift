extension Change {
  /// Something that happens to a change.
  package enum Event: Sendable {
    /// The change is recorded, and is sent next.
    case intended
    /// Its caller's role does not permit it.
    case denied
    /// It was found in the directory: it was made without Reflog, or before Reflog first read the address.
    case found
    /// It was found in the directory, and sets again what the address held before this earlier change.
    case notKept(Change.ID)
    /// The directory answered the write, or refused the read before it.
    case answered(DirectoryAnswer)
    /// A conclusive read of the directory showed this.
    case observed(Evidence)
    /// A person stated its result.
    case stated(Statement)
  }

  /// What a conclusive read of the directory shows about a pending change.
  package enum Evidence: Sendable {
    /// The directory holds the after, or shows the effect.
    case after
    /// The directory holds the before.
    case before
    /// The directory holds neither.
    case third
    /// No read can show the effect.
    case unreadable
  }

  /// What a person states about a pending change.
  package struct Statement: Sendable {
    package let result: StatedResult
    package let reason: String
    package let actor: Actor

    /// Creates a statement.
    package init(result: StatedResult, reason: String, actor: Actor) {
      self.result = result
      self.reason = reason
      self.actor = actor
    }
  }

  /// The result that a person may state.
  package enum StatedResult: String, Sendable {
    case applied, notApplied
  }

  /// The event can't happen to a change with this result.
  package struct IllegalTransition: Error, CustomStringConvertible {
    /// The result of the change, or nil if it is not recorded yet.
    package let result: Result?
    package let event: Event

    package var description: String {
      let change = result.map { "A change with the result \($0.rawValue)" } ?? "A change that is not recorded"
      return "\(change) can't be \(event.participle)."
    }
  }

  /// Returns the result of a change after an event, from the result before it: the life of a change.
  ///
  /// Requests and recovery both call this function. Only a pending change can get another result.
  ///
  /// - Parameters:
  ///   - result: The result before the event, or nil if the change is not recorded yet.
  ///   - event: What happens to the change.
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

extension Change.Event {
  /// What the event does to a change, for a message. It contains nothing that a caller or the directory sent.
  fileprivate var participle: String {
    switch self {
    case .intended: "recorded as intended"
    case .denied: "denied"
    case .found, .notKept: "found"
    case .answered: "answered by the directory"
    case .observed: "settled by a read"
    case .stated: "settled by a statement"
    }
  }
}
