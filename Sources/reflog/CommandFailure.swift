import ReflogLedger
import ReflogService
import ReflogStorage

/// How a command ends that did not do what it was asked to.
struct CommandFailure: Error {
  /// The meaning of the program's exit codes; 0 is done.
  enum ExitCode: Int32 {
    case refused = 1
    case notFound = 2
    case usage = 64
    case unverified = 65
    case `internal` = 70
    case tryAgain = 75
  }

  let exitCode: ExitCode
  let message: String

  init(_ exitCode: ExitCode, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }

  /// What an error of the house means for whoever typed the command.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as ServiceError: self.init(error)
    case StorageError.commitUnknown(let problem): self.init(.internal, problem)
    case let error as StorageError: self.init(.refused, error.description)
    case let error as LedgerError: self.init(.refused, error.description)
    case TokenError.unknownName: self.init(.notFound, "\(error)")
    case let error as TokenError: self.init(.refused, error.description)
    default: self.init(.internal, "\(error)")
    }
  }

  private init(_ error: ServiceError) {
    switch error {
    case .changeNotFound, .changePurged: self.init(.notFound, error.description)
    case .ledgerDamaged: self.init(.unverified, error.description)
    default: self.init(.refused, error.description)
    }
  }

  /// Runs a command, every error of the house turned into one that the program can end with.
  static func wrapping(_ body: () async throws -> Void) async throws {
    do { try await body() } catch { throw CommandFailure(error) }
  }
}
