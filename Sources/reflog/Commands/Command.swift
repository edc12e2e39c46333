import ArgumentParser

/// A command that does work.
protocol Command: AsyncParsableCommand {
  /// Does the work of the command.
  func execute() async throws
}

extension Command {
  /// Runs the command, and converts every error into a ``CommandFailure``.
  func run() async throws {
    do { try await execute() } catch { throw CommandFailure(error) }
  }
}

/// A command that sends requests to a server.
protocol ServerCommand: Command {
  var server: ServerOptions { get }

  /// Does the work of the command. The client sends requests to the server that the options choose.
  func run(on client: ServerClient) async throws
}

extension ServerCommand {
  /// Does the work of the command.
  func execute() async throws {
    try await server.withClient { client in try await run(on: client) }
  }
}

/// A command that reads the history from a server or from a ledger.
protocol SourceCommand: Command {
  var source: SourceOptions { get }

  /// Does the work of the command with the source that the options choose.
  func run(on source: any HistorySource) async throws
}

extension SourceCommand {
  /// Does the work of the command.
  func execute() async throws {
    try await source.withSource { source in try await run(on: source) }
  }
}
