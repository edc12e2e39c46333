package import ReflogModel
import ReflogStorage

/// An error of a read or a write of the ledger.
package enum LedgerError: Error, Sendable, CustomStringConvertible {
  /// The ledger serves another directory or another tenant.
  case servesAnother(path: String, directory: String, tenantID: String)
  /// Too many writes are waiting; the group was not recorded.
  case busy
  /// The clock shows an earlier time than the newest entry. The group was not recorded.
  case clockBehind(by: Duration)
  /// The ledger can't be written or read at present; the group was not recorded.
  case unavailable(String)
  /// The ledger's database does not support this operation, so a later attempt fails too.
  case notSupported(String)
  /// It is unknown whether the group was recorded; the ledger records no more groups until the server starts again.
  case commitUnknown(String)
  /// The key that signs checkpoints can't be used.
  case unusableKey(path: String, problem: String)
  /// The key file has the key that signed the ledger, so the key is not lost.
  case keyIsUsable(path: String)
  /// The anchor belongs to a newer copy of this ledger, or to another ledger.
  case anchorMismatch(path: String, problem: String)
  /// The rows do not match the head row that Reflog wrote for the log, so another program wrote to the ledger's file.
  case foreignEntries(from: Int64)
  /// The filter of a query for the impact on flows selects more steps than the maximum.
  case impactTooBroad(Int, most: Int)
  /// The result of the change does not permit the `Change.Event`, for example because the change is already settled.
  case illegal(Change.IllegalTransition)
  /// The row of a change does not match the log.
  case altered(Change.ID)
  /// The file contains a value that Reflog never writes, so the file is damaged or was altered.
  case corrupt(String)

  package var description: String {
    switch self {
    case .servesAnother(let path, let directory, let tenantID):
      "\(path) serves the \(directory) directory of tenant \(tenantID). A ledger serves one directory and one tenant. "
        + "Set --database to another file."
    case .busy: "Too many changes are waiting to be recorded."
    case .clockBehind(let lag):
      "The server's clock is \(lag) behind the newest entry of the ledger. Set the clock, then try again."
    case .unavailable(let problem): "The ledger can't be used: \(ended: problem)"
    case .notSupported(let why): why
    case .commitUnknown(let problem):
      "It is unknown whether the ledger recorded this: \(ended: problem) Start the server again to find out."
    case .unusableKey(let path, let problem): "The signing key \(path) can't be used: \(ended: problem)"
    case .keyIsUsable(let path):
      "The signing key \(path) is not lost, so it is not replaced. Start the server, and use reflog key rotate to sign "
        + "with a new key."
    case .anchorMismatch(let path, let problem):
      "The ledger does not match the anchor \(path): \(ended: problem) Restore the newest copy of the ledger. If this "
        + "is the newest copy, start with --accept-older-ledger. Reflog then gives the log a new name and records this."
    case .foreignEntries(let first):
      "Another program wrote to the ledger's file, from entry \(first) on. Reflog records and signs no more changes. "
        + "Keep the file as evidence, run reflog verify, and restore the newest copy."
    case .impactTooBroad(let count, let most):
      "The filter selects \(count) steps. With changes of connectors, at most \(most) steps can be searched. Name "
        + "fewer flows."
    case .illegal(let transition): transition.description
    case .altered(let change):
      "Change \(change) is not what was recorded: the ledger's file was altered. Run reflog verify."
    case .corrupt(let problem): "The ledger is damaged: \(ended: problem) Run reflog verify."
    }
  }

  /// The text of this error in a finding of a verification: it lacks the advice to run a verification.
  var problem: String {
    if case .corrupt(let problem) = self { "\(ended: problem)" } else { description }
  }

  /// Converts any error of a read or a write of the ledger's file to an error of this type.
  init(_ error: any Error) {
    switch error {
    case let error as LedgerError: self = error
    case let error as IntegrityError: self = .corrupt(error.description)
    case let error as Change.IllegalTransition: self = .illegal(error)
    case StorageError.queueFull: self = .busy
    case StorageError.commitUnknown(let problem): self = .commitUnknown(problem)
    case is CancellationError: self = .unavailable("the request was cancelled")
    case StorageError.unexpectedValue(let column):
      self = .corrupt("column \(column) holds a value that Reflog does not write")
    default: self = .unavailable("\(error)")
    }
  }
}

extension DefaultStringInterpolation {
  /// Appends a text.
  ///
  /// If the text does not end with a full stop, also appends a full stop.
  mutating func appendInterpolation(ended text: String) {
    appendLiteral(text.hasSuffix(".") ? text : text + ".")
  }
}
