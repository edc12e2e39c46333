import Configuration
import Foundation
import ReflogModel
import SystemPackage

/// The values of settings, read from flags, the environment and a JSON file.
struct SettingValues {
  private let config: ConfigReader
  /// The path of the JSON file if the file contains a secret, or nil if the file contains no secret.
  let fileWithSecrets: String?

  /// Reads the values.
  ///
  /// A flag has precedence over a variable of the environment. A variable has precedence over a member of the file.
  ///
  /// - Parameters:
  ///   - flags: the values of the flags that were given.
  ///   - environment: the variables of the environment.
  ///   - file: the path of a JSON file whose members are settings, or nil for no file.
  /// - Throws: a failure if a variable or a member is not a known setting.
  init(flags: [Setting: ConfigValue], environment: [String: String], file: String?) async throws {
    try Self.refuseUnknownVariables(environment)
    var providers: [any ConfigProvider] = [
      InMemoryProvider(values: Self.keyed(flags)),
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "reflog"),
      InMemoryProvider(values: Self.keyed(Self.variablesOfOthers(environment))),
    ]
    var names: Set<String> = []
    if let file {
      names = try Self.members(ofFileAt: file)
      providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
    }
    config = ConfigReader(providers: providers)
    fileWithSecrets = Setting.allCases.contains { $0.isSecret && names.contains($0.rawValue) } ? file : nil
  }

  /// Returns the text of a setting, or nil if the setting is not set.
  ///
  /// The method throws a failure if the text is empty.
  func string(_ setting: Setting) async throws -> String? {
    let text = try await value(of: setting) { try await config.fetchString(forKey: $0, isSecret: setting.isSecret) }
    guard text?.isEmpty != true else { throw CommandFailure(.usage, "\(setting.variable) is empty. Set or unset it.") }
    return text
  }

  /// Returns the choice that the text of a setting names, or nil if the setting is not set.
  ///
  /// The method throws a failure if the text names no choice.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ setting: Setting) async throws -> Choice? {
    guard let text = try await string(setting) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(.usage, "\(setting.variable) is \(text), but must be one of \(known).")
    }
    return choice
  }

  /// Returns the number of a setting, or nil if the setting is not set.
  func int(_ setting: Setting) async throws -> Int? {
    try await value(of: setting) { try await config.fetchInt(forKey: $0) }
  }

  /// Returns the Boolean value of a setting, or nil if the setting is not set.
  func bool(_ setting: Setting) async throws -> Bool? {
    try await value(of: setting) { try await config.fetchBool(forKey: $0) }
  }

  /// Returns the duration that a setting states in seconds, or nil if the setting is not set.
  ///
  /// The method throws a failure if the duration is outside of the bounds.
  func seconds(_ setting: Setting, in bounds: ClosedRange<Double>) async throws -> Duration? {
    guard let seconds = try await value(of: setting, { try await config.fetchDouble(forKey: $0) }) else { return nil }
    guard bounds.contains(seconds) else {
      throw CommandFailure(
        .usage,
        "\(setting.variable) is \(seconds), but must be from \(bounds.lowerBound) to \(bounds.upperBound) seconds."
      )
    }
    return .seconds(seconds)
  }

  private func value<Value>(
    of setting: Setting,
    _ fetch: (ConfigKey) async throws -> Value?
  ) async throws -> Value? {
    do {
      return try await fetch(ConfigKey([setting.rawValue]))
    } catch {
      let problem = setting.isSecret ? "" : ": \(error)"
      throw CommandFailure(.usage, "\(setting.rawValue) has a value of the wrong type\(problem)")
    }
  }

  private static func keyed(_ values: [Setting: ConfigValue]) -> [AbsoluteConfigKey: ConfigValue] {
    Dictionary(uniqueKeysWithValues: values.map { (AbsoluteConfigKey([$0.key.rawValue]), $0.value) })
  }

  /// Returns the values of the settings whose variables do not have the prefix `REFLOG_`.
  ///
  /// The key is the setting. Programs other than Reflog use these variables too.
  private static func variablesOfOthers(_ environment: [String: String]) -> [Setting: ConfigValue] {
    var values: [Setting: ConfigValue] = [:]
    for setting in Setting.allCases where !setting.variable.hasPrefix("REFLOG_") {
      values[setting] = environment[setting.variable].map { ConfigValue(.string($0), isSecret: setting.isSecret) }
    }
    return values
  }

  private static func refuseUnknownVariables(_ environment: [String: String]) throws {
    let known = Set(Setting.allCases.map(\.variable) + Setting.variablesOfCommands)
    let unknown = environment.keys.filter { $0.hasPrefix("REFLOG_") && !known.contains($0) }
    if let name = unknown.min() {
      throw CommandFailure(.usage, "Reflog does not know the variable \(name). Unset or correct it.")
    }
  }

  /// Returns the names of the members in a settings file.
  ///
  /// The method throws a failure if a member is not a known setting.
  private static func members(ofFileAt path: String) throws -> Set<String> {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.usage, "The configuration file \(path) can't be read.")
    }
    let members: [JSONObject.Member]
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw CommandFailure(.usage, "The configuration file \(path) must contain one JSON object.")
      }
      members = object.members
    } catch let error as JSONError {
      throw CommandFailure(.usage, "The configuration file \(path) is not JSON: \(error).")
    }
    if let member = members.first(where: { Setting(rawValue: $0.name) == nil }) {
      throw CommandFailure(
        .usage,
        "\(path) contains the member \(member.name), which Reflog does not know. Remove or correct it."
      )
    }
    return Set(members.map(\.name))
  }
}
