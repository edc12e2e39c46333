import Configuration
import Foundation
import ReflogModel
import ReflogService

/// How a server is to run: flags, then the environment, then a JSON file.
struct ServerSettings: Sendable {
  let listener: ListenerSettings
  let database: String
  /// The log's name, where it is given.
  let origin: Origin?
  /// Where the newest checkpoint stands.
  let anchor: String
  let reasonRule: ReasonRule?
  let acceptsClock: Bool
  let acceptsOlderLedger: Bool
  let directory: DirectorySettings
  let authenticationModes: Set<AuthenticationMode>
  /// What an Entra token must show; nothing where none opens anything.
  let entra: EntraSettings?
  /// How people sign in by Entra on the pages; nothing where they don't.
  let entraSignIn: EntraSignIn.Settings?

  /// - Parameters:
  ///   - flags: the values of flags that were given.
  ///   - file: the path of a JSON file whose members are the keys.
  init(flags: [Setting: ConfigValue], environment: [String: String], file: String?) async throws {
    let values = try await SettingValues(flags: flags, environment: environment, file: file)
    listener = try await ListenerSettings(values)
    reasonRule = try await values.string(.requireReason).map { try Self.reasonRule($0) }
    acceptsClock = try await values.bool(.acceptClock) ?? false
    acceptsOlderLedger = try await values.bool(.acceptOlderLedger) ?? false
    database = try await values.string(.database) ?? "./reflog.sqlite"
    anchor = try await values.string(.anchor) ?? database + ".anchor"
    origin = try await values.string(.origin).map { try Self.origin($0) }
    authenticationModes = try Self.modes(try await values.string(.authMode) ?? AuthenticationMode.token.rawValue)
    directory = try await DirectorySettings(values)
    entra =
      authenticationModes.contains(.entra) ? try await Self.entra(values, tenantID: directory.graph?.tenantID) : nil
    entraSignIn = try await Self.entraSignIn(values, publicURL: listener.publicURL, isOn: entra != nil)
    try refuseWhatCantWork()
  }

  /// What may be told of the settings.
  var shown: JSONObject {
    var shown: JSONObject = [
      "host": .string(listener.host), "port": .integer(listener.port), "scheme": .string(listener.scheme),
      "directory": .string(directory.kind.rawValue),
      "authMode": .string(authenticationModes.map(\.rawValue).sorted().joined(separator: ",")),
    ]
    if let graph = directory.graph {
      shown["graphUrl"] = .string(graph.graphURL)
      shown["graphClientId"] = .optional(graph.clientID)
      shown["settleWindowSeconds"] = .integer(graph.settleWindow.components.seconds)
      shown["sweepIntervalSeconds"] = .integer(graph.sweepInterval.components.seconds)
    }
    if let reasonRule { shown["requireReason"] = .string(reasonRule.pattern) }
    if let entra { shown["entraIssuer"] = .string(entra.issuer) }
    return shown
  }

  /// What somebody should know who starts it so.
  var warnings: [String] {
    var warnings: [String] = []
    if let graph = directory.graph, graph.proof == nil {
      warnings.append(
        "Reflog has no credential of its own for Graph: drift is not looked for, nothing is verified, and rollback is off."
      )
    }
    if authenticationModes == [.passthrough] {
      warnings.append(
        "Only Graph's own tokens open anything: history, rollback and metrics are open to nobody over HTTP."
      )
    }
    return warnings
  }

  private static func entra(_ values: SettingValues, tenantID: String?) async throws -> EntraSettings {
    guard let issuer = try await values.string(.entraIssuer), let audience = try await values.string(.entraAudience)
    else {
      throw CommandFailure(
        .usage,
        "entra needs to know whose tokens count: set \(Setting.entraIssuer.variable) and "
          + "\(Setting.entraAudience.variable)."
      )
    }
    return EntraSettings(
      issuer: try SecureURL.checked(.entraIssuer, issuer),
      audience: audience,
      keysURL: try await values.string(.entraJwksUrl).map { try SecureURL.checked(.entraJwksUrl, $0) },
      tenantID: tenantID
    )
  }

  private static func entraSignIn(
    _ values: SettingValues,
    publicURL: String?,
    isOn: Bool
  ) async throws -> EntraSignIn.Settings? {
    let (clientID, secret) = (try await values.string(.entraClientId), try await values.string(.entraClientSecret))
    guard clientID != nil || secret != nil else { return nil }
    guard let clientID, let secret, let publicURL, isOn else {
      throw CommandFailure(
        .usage,
        "Signing in by Entra needs \(Setting.entraClientId.variable), \(Setting.entraClientSecret.variable), "
          + "\(Setting.publicUrl.variable), and entra in \(Setting.authMode.variable)."
      )
    }
    return EntraSignIn.Settings(
      clientID: clientID,
      clientSecret: secret,
      redirectURL: publicURL + EntraSignIn.Settings.returnPath
    )
  }

  private static func origin(_ text: String) throws -> Origin {
    do {
      return try Origin(text)
    } catch {
      throw CommandFailure(.usage, "\(Setting.origin.variable) is no name of a log: \(error)")
    }
  }

  private static func reasonRule(_ pattern: String) throws -> ReasonRule {
    do {
      return try ReasonRule(pattern: pattern)
    } catch {
      throw CommandFailure(.usage, "\(Setting.requireReason.variable) is no regular expression: \(error)")
    }
  }

  private static func modes(_ text: String) throws -> Set<AuthenticationMode> {
    var modes: Set<AuthenticationMode> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let mode = AuthenticationMode(rawValue: word.trimmingCharacters(in: .whitespaces)) else {
        let known = AuthenticationMode.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandFailure(
          .usage,
          "\(Setting.authMode.variable) holds \(word), and must be one of \(known), or several with commas."
        )
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
          "Callers whom Reflog itself knows need a credential of Reflog's own for Graph: set "
            + "\(Setting.graphClientId.variable) and \(Setting.graphClientSecretFile.variable)."
        )
      }
    }
  }
}
