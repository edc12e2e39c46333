import ArgumentParser
import ReflogModel

/// The completion of flows, steps, addresses and connectors in a shell.
///
/// The names are read from the source of the command: a server or a ledger. If the source can't be read, a shell shows
/// no names.
enum NameCompletion {
  static let flows = kind { entry in [flow(entry), entry["flowId"]?.string] }
  static let steps = kind { entry in [entry["step"]?.string, entry.addressText] }
  static let addresses = kind { [$0.addressText] }
  static let addressAndConnector = kind { entry in
    [entry.addressText, entry["reference"]?.object?["connectorId"]?.string]
  }
  static let connectorsAndNames = kind { entry in
    let reference = entry["reference"]?.object
    return [reference?["displayName"]?.string, reference?["connectorId"]?.string]
  }

  /// Returns a completion that proposes texts from all current references.
  ///
  /// The closure `texts` returns the texts to propose for one reference. The reference is JSON in the form of the
  /// history API.
  private static func kind(_ texts: @escaping @Sendable (JSONObject) -> [String?]) -> CompletionKind {
    .custom { words, _, prefix in
      // An error has no message here, because a message would be shown in the middle of the command that the user
      // types.
      let entries = (try? await entries(words)) ?? []
      let names = Set(entries.flatMap(texts).compactMap(\.self))
      return names.filter { $0.asciiFolded.hasPrefix(prefix.asciiFolded) && $0.printable == $0 }.sorted()
    }
  }

  /// Returns the current references from a server or a ledger.
  ///
  /// The options in the words of the command choose the server or the ledger.
  private static func entries(_ words: [String]) async throws -> [JSONObject] {
    func value(of option: String) -> String? {
      words.firstIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }
    var source = SourceOptions()
    source.server = value(of: "--server")
    source.database = value(of: "--database")
    var body: JSONObject = [:]
    try await source.withQuietSource { body = try await $0.configurations(asOf: nil) }
    return body.objects("value")
  }

  private static func flow(_ entry: JSONObject) -> String? {
    guard let type = entry["flowType"]?.string, let id = entry["flowId"]?.string else { return nil }
    return "\(type)/\(id)"
  }
}
