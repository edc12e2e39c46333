import Configuration
import Foundation
import ReflogModel
import SystemPackage

/// How a server is to run: flags, then the environment, then a JSON file.
struct ServerSettings: Sendable {
  let host: String
  let port: Int
  let database: String
  let directory: DirectoryKind
  let sample: Bool

  /// - Parameters:
  ///   - flags: the values of flags that were given.
  ///   - file: the path of a JSON file whose members are the keys.
  init(flags: [Setting: ConfigValue], environment: [String: String], file: String?) async throws {
    try Self.refuseUnknownVariables(environment)
    var providers: [any ConfigProvider] = [
      InMemoryProvider(values: Self.keyed(flags)),
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "reflog"),
    ]
    if let file {
      try Self.refuseUnknownMembers(ofFileAt: file)
      providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
    }
    let config = ConfigReader(providers: providers)
    do {
      host = try await config.fetchString(forKey: "host") ?? "127.0.0.1"
      port = try await config.fetchInt(forKey: "port") ?? 8080
      database = try await config.fetchString(forKey: "database") ?? "./reflog.sqlite"
      sample = try await config.fetchBool(forKey: "sample") ?? false
      directory = try Self.directory(try await config.fetchString(forKey: "directory"))
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.usage, "A setting has a value of the wrong kind: \(error)")
    }
    guard (0...65535).contains(port) else {
      throw CommandFailure(.usage, "port is \(port), and must be from 0 to 65535.")
    }
  }

  private static func keyed(_ flags: [Setting: ConfigValue]) -> [AbsoluteConfigKey: ConfigValue] {
    Dictionary(uniqueKeysWithValues: flags.map { (AbsoluteConfigKey([$0.key.rawValue]), $0.value) })
  }

  private static func directory(_ word: String?) throws -> DirectoryKind {
    switch word {
    case "embedded": return .embedded
    case nil:
      throw CommandFailure(.usage, "Say where references live: --directory embedded. There is no default.")
    case let word?:
      throw CommandFailure(.usage, "directory is \(word), and must be embedded.")
    }
  }

  private static func refuseUnknownVariables(_ environment: [String: String]) throws {
    let known = Set(Setting.allCases.map(\.variable) + Setting.variablesOfCommands)
    let unknown = environment.keys.filter { $0.hasPrefix("REFLOG_") && !known.contains($0) }
    if let name = unknown.min() {
      throw CommandFailure(.usage, "The environment holds \(name), which Reflog does not know. Unset or correct it.")
    }
  }

  private static func refuseUnknownMembers(ofFileAt path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.usage, "The configuration file \(path) can't be read.")
    }
    let members: [JSONObject.Member]
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw CommandFailure(.usage, "The configuration file \(path) must hold one JSON object.")
      }
      members = object.members
    } catch let error as JSONError {
      throw CommandFailure(.usage, "The configuration file \(path) is no JSON: \(error).")
    }
    if let member = members.first(where: { Setting(rawValue: $0.name) == nil }) {
      throw CommandFailure(.usage, "\(path) holds the member \(member.name), which Reflog does not know.")
    }
  }
}
