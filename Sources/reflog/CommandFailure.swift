import Foundation
import ReflogEvidence
import ReflogLedger
import ReflogService
import ReflogStorage
import ReflogWebhooks

/// A failure that ends a command, with the exit code and the message for the user.
struct CommandFailure: Error {
  /// The exit codes of the program after a failure.
  ///
  /// The exit code after a success is 0.
  enum ExitCode: Int32 {
    /// The command was refused or failed.
    case refused = 1
    /// The change, token or other item does not exist.
    case notFound = 2
    /// Another program saved an exported file in another form, but the content of the file still agrees with the
    /// manifest.
    case otherForm = 3
    /// The arguments or settings are wrong (`EX_USAGE`).
    case usage = 64
    /// The ledger or an exported file failed verification (`EX_DATAERR`).
    case unverified = 65
    /// Reflog itself failed (`EX_SOFTWARE`).
    case `internal` = 70
    /// The command failed, but a later attempt can succeed (`EX_TEMPFAIL`).
    case tryAgain = 75
  }

  let exitCode: ExitCode
  let message: String

  init(_ exitCode: ExitCode, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }

  /// Converts an error into a failure with a message for the user of the command.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as ServiceError: self.init(error)
    case StorageError.commitUnknown: self.init(.internal, "\(error)")
    case let error as StorageError: self.init(.refused, error.description)
    case let error as LedgerError: self.init(.refused, error.description)
    case let error as MigrationError: self.init(.refused, error.description)
    case let error as WebhookError: self.init(.refused, error.description)
    case ZipError.unsafeName: self.init(.refused, "\(error)")
    case is ZipError: self.init(.tryAgain, "\(error)")
    case is WaitingFileError: self.init(.refused, "\(error)")
    case TokenError.unknownName: self.init(.notFound, "\(error)")
    case let error as TokenError: self.init(.refused, error.description)
    default: self.init(.internal, "\(error)")
    }
  }

  private init(_ error: ServiceError) {
    switch error {
    case .changeNotFound, .changePurged, .flowNotFound: self.init(.notFound, error.description)
    case .ledgerDamaged: self.init(.unverified, error.description)
    default: self.init(.refused, error.description)
    }
  }

  /// Returns the failure for a file that can't be read.
  static func unreadable(_ path: String) -> CommandFailure { CommandFailure(.refused, "\(path) can't be read.") }

  /// Returns the failure for a file or a folder that can't be written, with the reason in `errno`.
  static func unwritable(_ path: String) -> CommandFailure {
    CommandFailure(.refused, "\(path) can't be written: \(String(cString: strerror(errno))).")
  }
}
