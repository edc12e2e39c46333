package import ReflogModel
import ReflogStorage

/// Why the ledger could not record, or could not answer.
package enum LedgerError: Error, Sendable, CustomStringConvertible {
  /// The ledger serves another directory or another tenant.
  case servesAnother(path: String, directory: String, tenantID: String)
  /// Too much waits to be written; nothing was recorded.
  case busy
  /// The clock is behind the newest entry; nothing was recorded.
  case clockBehind(by: Duration)
  /// It can't be written or read now; nothing was recorded.
  case unavailable(String)
  /// Whether it was recorded is unknown; the ledger takes no more until the next start.
  case commitUnknown(String)
  /// The key that signs checkpoints can't be used.
  case unusableKey(path: String, problem: String)
  /// The ledger is not the one that the anchor was made of, or an older copy of it.
  case anchorMismatch(path: String, problem: String)
  /// The head is not the one that this service wrote last: another program wrote to the ledger's file.
  case foreignEntries(from: Int64)
  /// The change can't take this event.
  case illegal(Change.IllegalTransition)
  /// The row of a change is not what was logged.
  case altered(Change.ID)
  /// A stored value is none that Reflog writes.
  case corrupt(String)

  package var description: String {
    switch self {
    case .servesAnother(let path, let directory, let tenantID):
      "\(path) serves the \(directory) directory of tenant \(tenantID), for good. Name another --database."
    case .busy: "Too many changes are waiting to be recorded. Try again."
    case .clockBehind(let lag): "The clock is \(lag) behind the newest entry of the ledger. Set the clock."
    case .unavailable(let problem): "The ledger is unavailable: \(problem)"
    case .commitUnknown(let problem): "Whether the ledger recorded it is unknown: \(problem)"
    case .unusableKey(let path, let problem): "\(path) can't sign checkpoints: \(ended: problem)"
    case .anchorMismatch(let path, let problem):
      "The ledger is not what the anchor \(path) says it was: \(ended: problem) Put the newest copy of the ledger back. If there "
        + "is none, --accept-older-ledger takes this one into use, on the record and under another name."
    case .foreignEntries(let first):
      "The ledger's file is not as Reflog left it: from entry \(first) on another program wrote to it. Nothing more is recorded or "
        + "signed. Keep the file as evidence, run reflog verify, and put the newest copy back."
    case .illegal(let transition): transition.description
    case .altered(let change):
      "Change \(change) is not what was recorded: somebody or something altered the ledger's file. Run reflog verify."
    case .corrupt(let problem): "The ledger holds what Reflog does not write: \(ended: problem)"
    }
  }

  /// The ledger's meaning of whatever a read or a write of its file threw.
  init(_ error: any Error) {
    switch error {
    case let error as LedgerError: self = error
    case let error as IntegrityError: self = .corrupt(error.description)
    case let error as Change.IllegalTransition: self = .illegal(error)
    case StorageError.queueFull: self = .busy
    case StorageError.commitUnknown(let problem): self = .commitUnknown(problem)
    case is CancellationError: self = .unavailable("the request was given up")
    case StorageError.unexpectedValue(let column):
      self = .corrupt("\(column), which holds a value that Reflog never writes")
    default: self = .unavailable("\(error)")
    }
  }
}

extension DefaultStringInterpolation {
  /// A text that ends as a sentence does, once.
  fileprivate mutating func appendInterpolation(ended text: String) {
    appendLiteral(text.hasSuffix(".") ? text : text + ".")
  }
}
