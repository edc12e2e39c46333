import Configuration
import Foundation
import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogWebhooks

/// The settings of a server, read from flags, the environment and a JSON file.
struct ServerSettings: Sendable {
  let listener: ListenerSettings
  let location: LedgerLocation
  /// The log's name, or nil if no name is set.
  let origin: Origin?
  /// The path of the file with the newest checkpoint.
  let anchor: String
  let reasonRule: ReasonRule?
  let acceptsClock: Bool
  let acceptsOlderLedger: Bool
  /// Whether a PostgreSQL server without a synchronous standby is accepted.
  let acceptsNoStandby: Bool
  let directory: DirectorySettings
  let authenticationModes: Set<AuthenticationMode>
  /// The required contents of an Entra token, or nil if Entra tokens are not accepted.
  let entra: EntraSettings?
  /// The settings for signing in with Entra on the pages, or nil if people can't sign in with Entra.
  let entraSignIn: EntraSignIn.Settings?
  let logLevel: Logger.Level
  /// The receivers of webhooks.
  let webhooks: [WebhookReceiver]
  private let secretFiles: SecretFiles
  /// The sources from which the settings were read.
  private let source: Source

  private struct Source: Sendable {
    let flags: [Setting: ConfigValue]
    let environment: [String: String]
    let file: String?

    func values() async throws -> SettingValues {
      try await SettingValues(flags: flags, environment: environment, file: file)
    }
  }

  /// Reads and checks the settings.
  ///
  /// - Parameters:
  ///   - flags: the values of the flags that were given.
  ///   - environment: the variables of the environment.
  ///   - file: the path of a JSON file whose members are settings, or nil for no file.
  /// - Throws: a failure about the first wrong setting.
  init(flags: [Setting: ConfigValue], environment: [String: String], file: String?) async throws {
    source = Source(flags: flags, environment: environment, file: file)
    let values = try await source.values()
    listener = try await ListenerSettings(values)
    reasonRule = try await values.string(.requireReason).map { try Self.reasonRule($0) }
    acceptsClock = try await values.bool(.acceptClock) ?? false
    acceptsOlderLedger = try await values.bool(.acceptOlderLedger) ?? false
    acceptsNoStandby = try await values.bool(.acceptNoStandby) ?? false
    location = LedgerLocation(try await values.string(.database), files: try await values.string(.files))
    anchor = try await values.string(.anchor) ?? location.files.anchor
    origin = try await values.string(.origin).map { try Self.origin($0) }
    authenticationModes = try Self.modes(try await values.string(.authMode) ?? AuthenticationMode.token.rawValue)
    directory = try await DirectorySettings(values)
    entra =
      authenticationModes.contains(.entra) ? try await Self.entra(values, tenantID: directory.graph?.tenantID) : nil
    entraSignIn = try await Self.entraSignIn(values, listener, isOn: entra != nil)
    logLevel = try await values.choice(.logLevel) ?? .info
    let webhookFile = try await WebhookSettings.read(values)
    webhooks = webhookFile?.receivers ?? []
    secretFiles = try await SecretFiles(values, webhookFile)
    try refuseImpossibleModes()
    try refuseOtherFileAsAnchor()
  }

  /// The settings that are recorded in a service event when the server starts.
  ///
  /// None of these settings is secret.
  var shown: JSONObject {
    var shown: JSONObject = [
      "host": .string(listener.host), "port": .integer(listener.port), "scheme": .string(listener.scheme),
      "directory": .string(directory.kind.rawValue),
      "authMode": .string(authenticationModes.map(\.rawValue).sorted().joined(separator: ",")),
    ]
    if let graph = directory.graph {
      shown["graphUrl"] = .string(graph.graphURL)
      shown["graphClientId"] = .optional(graph.clientID)
      shown["graphFlowTypes"] = .string(graph.flowTypes.map(\.rawValue).joined(separator: ","))
      shown["settleWindowSeconds"] = .integer(graph.settleWindow.components.seconds)
      shown["sweepIntervalSeconds"] = .integer(graph.sweepInterval.components.seconds)
    }
    if case .postgreSQL = location.database {
      shown["database"] = .string(location.name)
      shown["acceptNoStandby"] = .bool(acceptsNoStandby)
    }
    if !listener.basePath.isEmpty { shown["basePath"] = .string(listener.basePath) }
    if !webhooks.isEmpty { shown["webhooks"] = .string(webhooks.map(\.name).joined(separator: ",")) }
    if let reasonRule { shown["requireReason"] = .string(reasonRule.pattern) }
    if let entra { shown["entraIssuer"] = .string(entra.issuer) }
    return shown
  }

  /// Warnings for the administrator: the functions that these settings switch off, and the files that contain secrets
  /// and that other users can read at this moment.
  var warnings: [String] {
    var warnings: [String] = []
    if let graph = directory.graph, graph.proof == nil {
      warnings.append(
        "Reflog has no credential of its own for Graph. It can't find drift or verify changes, and rollback is off."
      )
    }
    if authenticationModes == [.passthrough] {
      warnings.append(
        "Only tokens for Graph are accepted. History, rollback and metrics can't be used over HTTP."
      )
    }
    return warnings + secretFiles.warnings
  }

  /// Reads the log level again.
  ///
  /// Only the settings file can have changed since the start.
  func currentLogLevel() async throws -> Logger.Level { try await source.values().choice(.logLevel) ?? .info }

  private static func entra(_ values: SettingValues, tenantID: String?) async throws -> EntraSettings {
    guard let issuer = try await values.string(.entraIssuer), let audience = try await values.string(.entraAudience)
    else {
      throw CommandFailure(
        .usage,
        "\(Setting.authMode.variable) contains entra. Set \(Setting.entraIssuer.variable) and "
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
    _ listener: ListenerSettings,
    isOn: Bool
  ) async throws -> EntraSignIn.Settings? {
    let (clientID, secret) = (try await values.string(.entraClientId), try await values.string(.entraClientSecret))
    guard clientID != nil || secret != nil else { return nil }
    guard let clientID, let secret, let publicURL = listener.publicURL, isOn else {
      throw CommandFailure(
        .usage,
        "Sign-in with Entra needs \(Setting.entraClientId.variable), \(Setting.entraClientSecret.variable), "
          + "\(Setting.publicUrl.variable), and entra in \(Setting.authMode.variable)."
      )
    }
    return EntraSignIn.Settings(
      clientID: clientID,
      clientSecret: secret,
      redirectURL: publicURL + listener.basePath + EntraSignIn.Settings.returnPath
    )
  }

  private static func origin(_ text: String) throws -> Origin {
    do {
      return try Origin(text)
    } catch {
      throw CommandFailure(.usage, "\(Setting.origin.variable) is not a valid name for a log: \(error)")
    }
  }

  private static func reasonRule(_ pattern: String) throws -> ReasonRule {
    do {
      return try ReasonRule(pattern: pattern)
    } catch {
      throw CommandFailure(.usage, "\(Setting.requireReason.variable) is not a valid pattern: \(error).")
    }
  }

  private static func modes(_ text: String) throws -> Set<AuthenticationMode> {
    var modes: Set<AuthenticationMode> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = part.trimmingCharacters(in: .whitespaces)
      guard let mode = AuthenticationMode(rawValue: part) else {
        let known = AuthenticationMode.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandFailure(
          .usage,
          "\(Setting.authMode.variable) contains \(part), but must be one of \(known), or several separated by commas."
        )
      }
      modes.insert(mode)
    }
    return modes
  }

  /// Throws a failure if the anchor would replace another file of the ledger, for example the key.
  private func refuseOtherFileAsAnchor() throws {
    let files = location.files
    guard files.all.contains(where: { $0 != files.anchor && OutputFiles.isSameFile($0, anchor) }) else { return }
    throw CommandFailure(
      .usage,
      "\(Setting.anchor.variable) is \(anchor), which is another file of the ledger \(location.name). Name another "
        + "file."
    )
  }

  /// Throws a failure if the modes of authentication can't be used with the directory.
  private func refuseImpossibleModes() throws {
    switch directory {
    case .embedded:
      guard !authenticationModes.contains(.passthrough) else {
        throw CommandFailure(
          .usage,
          "The authentication mode passthrough needs --directory graph, because only Graph can check the callers' "
            + "tokens."
        )
      }
    case .graph(let graph):
      guard graph.proof != nil || authenticationModes.contains(.passthrough) else {
        throw CommandFailure(
          .usage,
          "Reflog has no credential of its own for Graph. Every mode except passthrough needs one. Set "
            + "\(Setting.graphClientId.variable) and \(Setting.graphClientSecretFile.variable)."
        )
      }
    }
  }
}
