import Configuration
import Foundation
import ReflogService

/// How a server is to run: flags, then the environment, then a JSON file.
struct ServerSettings: Sendable {
  let host: String
  let port: Int
  let database: String
  let directory: DirectorySettings
  let authenticationModes: Set<AuthenticationMode>

  /// - Parameters:
  ///   - flags: the values of flags that were given.
  ///   - file: the path of a JSON file whose members are the keys.
  init(flags: [Setting: ConfigValue], environment: [String: String], file: String?) async throws {
    let values = try await SettingValues(flags: flags, environment: environment, file: file)
    host = try await values.string(.host) ?? "127.0.0.1"
    port = try await values.int(.port) ?? 8080
    guard (0...65535).contains(port) else {
      throw CommandFailure(.usage, "port is \(port), and must be from 0 to 65535.")
    }
    database = try await values.string(.database) ?? "./reflog.sqlite"
    authenticationModes = try Self.modes(try await values.string(.authMode) ?? AuthenticationMode.token.rawValue)
    directory = try await DirectorySettings(values)
    try refuseWhatCantWork()
  }

  private static func modes(_ text: String) throws -> Set<AuthenticationMode> {
    var modes: Set<AuthenticationMode> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let mode = AuthenticationMode(rawValue: word.trimmingCharacters(in: .whitespaces)) else {
        let known = AuthenticationMode.allCases.map(\.rawValue).joined(separator: " or ")
        throw CommandFailure(.usage, "\(Setting.authMode.variable) holds \(word), and must be \(known).")
      }
      modes.insert(mode)
    }
    return modes
  }

  private func refuseWhatCantWork() throws {
    switch directory {
    case .embedded:
      guard !authenticationModes.contains(.passthrough) else {
        throw CommandFailure(.usage, "passthrough needs the graph directory: the embedded one can't judge tokens.")
      }
    case .graph(let graph):
      guard graph.proof != nil || authenticationModes.contains(.passthrough) else {
        throw CommandFailure(
          .usage,
          "Callers known by an API token need a credential of Reflog's own for Graph: set "
            + "\(Setting.graphClientId.variable) and \(Setting.graphClientSecretFile.variable)."
        )
      }
    }
  }
}
