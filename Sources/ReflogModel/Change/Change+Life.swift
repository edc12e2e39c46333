extension Change {
  /// An event that can set the result of a change.
  package enum Event: Sendable {
    /// The intent of the change is recorded.
    ///
    /// Reflog then sends the write to the directory.
    case intended
    /// The role of the caller does not permit the change.
    case denied
    /// The freeze with this id does not permit the change.
    case frozen(Int64)
    /// A read of the directory found the change.
    ///
    /// The change was made without Reflog, or before Reflog first read the address.
    case found
    /// A read of the directory found a change that reversed an earlier change by Reflog.
    ///
    /// The associated value is the id of the earlier change. The address again holds the reference from before the
    /// earlier change.
    case notKept(Change.ID)
    /// A read of the directory found that the step calls no connector, because an earlier change by Reflog deleted the
    /// connector.
    ///
    /// The associated value is the id of the earlier change.
    case connectorDeleted(Change.ID)
    /// The directory answered the write, or refused the read that Reflog makes before the write.
    case answered(DirectoryAnswer)
    /// A conclusive read of the directory showed evidence about the change.
    case observed(Evidence)
    /// A person stated the result of the change.
    case stated(Statement)
  }

  /// The evidence about a pending change from a conclusive read of the directory.
  package enum Evidence: Sendable {
    /// The directory holds the intended reference, or shows the intended effect on a connector.
    case after
    /// The directory still holds the reference from before the change.
    case before
    /// The directory holds a third reference.
    ///
    /// The third reference differs from the reference before the change and from the intended reference.
    case third
    /// No read of the directory can show the effect of the change.
    case unreadable
  }

  /// A person's statement about the result of a pending change, and the person's reason for the statement.
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

  /// A result that a person can state.
  package enum StatedResult: String, Sendable {
    case applied, notApplied
  }

  /// The error that is thrown if an event is not possible for a change with this result.
  package struct IllegalTransition: Error, CustomStringConvertible {
    /// The result of the change, or nil if the change is not recorded yet.
    package let result: Result?
    package let event: Event

    package var description: String {
      let change = result.map { "A change with the result \($0.rawValue)" } ?? "A change that is not recorded"
      return "\(change) can't be \(event.participle)."
    }
  }

  /// Returns the result of a change after an event.
  ///
  /// This function defines all permitted transitions. Both the handling of requests and the recovery after a start call
  /// this function. Only a pending change can get another result.
  ///
  /// - Parameters:
  ///   - result: The result before the event, or nil if the change is not recorded yet.
  ///   - event: The event that sets the result.
  package static func next(_ result: Result?, _ event: Event) throws(IllegalTransition) -> Result {
    switch result {
    case nil:
      switch event {
      case .intended: return .pending
      case .denied, .frozen: return .denied
      case .found, .notKept, .connectorDeleted: return .applied
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
      case .intended, .denied, .frozen, .found, .notKept, .connectorDeleted: break
      }
    case .applied, .rejected, .denied, .notApplied, .superseded, .unknown:
      break
    }
    throw IllegalTransition(result: result, event: event)
  }
}

extension Change.Event {
  /// Whether the change was caused by an earlier request, and not by the request that records it.
  package var isOfEarlierRequest: Bool {
    switch self {
    case .connectorDeleted: true
    case .intended, .denied, .frozen, .found, .notKept, .answered, .observed, .stated: false
    }
  }

  /// A participle that describes the event in error messages, such as `denied`.
  ///
  /// The participle contains no text from a caller or the directory, because that text can be secret.
  fileprivate var participle: String {
    switch self {
    case .intended: "recorded as intended"
    case .denied, .frozen: "denied"
    case .found, .notKept, .connectorDeleted: "found"
    case .answered: "answered by the directory"
    case .observed: "settled by a read"
    case .stated: "settled by a statement"
    }
  }
}
