import Configuration
import ReflogModel
import ReflogService
import Testing

@testable import reflog

/// Tests of how settings are read from flags, the environment and a file.
struct SettingsTests {
  private let embedded = ["REFLOG_DIRECTORY": "embedded"]

  @Test func settingsWithoutAValueHaveTheDocumentedDefaults() async throws {
    let settings = try await ServerSettings(flags: [:], environment: embedded, file: nil)
    #expect(settings.listener.host == "127.0.0.1")
    #expect(settings.listener.port == 8080)
    #expect(settings.listener.tls == nil)
    #expect(settings.listener.publicURL == nil)
    #expect(settings.listener.basePath.isEmpty)
    #expect(settings.location.name == "./reflog.sqlite")
    #expect(settings.anchor == "./reflog.sqlite.anchor")
    #expect(settings.authenticationModes == [.token])
    #expect(settings.reasonRule == nil)
    #expect(!settings.acceptsClock && !settings.acceptsOlderLedger)
  }

  @Test func graphSettingsWithoutAValueHaveTheDocumentedDefaults() async throws {
    let settings = try await ServerSettings(flags: [:], environment: Sample.graph, file: nil)
    let graph = try #require(settings.directory.graph)
    #expect(graph.graphURL == "https://graph.microsoft.com")
    #expect(graph.loginURL == "https://login.microsoftonline.com")
    #expect(graph.timeout == .seconds(10))
    #expect(graph.settleWindow == .seconds(60))
    #expect(graph.sweepInterval == .seconds(900))
    #expect(graph.readsPerMinute == 100)
    #expect(graph.callerReadsPerMinute == 40)
  }

  @Test func aFlagHasPrecedenceOverAVariableAndAVariableOverTheFile() async throws {
    try await Sample.withFile(#"{"directory": "embedded", "host": "::1", "port": 1, "database": "file"}"#) { file in
      let variables = ["REFLOG_PORT": "2", "REFLOG_DATABASE": "variable"]
      let settings = try await ServerSettings(
        flags: [.database: ConfigValue(.string("flag"), isSecret: false)],
        environment: variables,
        file: file
      )
      #expect(settings.listener.host == "::1")
      #expect(settings.listener.port == 2)
      #expect(settings.location.name == "flag")
    }
  }

  @Test(arguments: [("/reflog", "/reflog"), ("/reflog/", "/reflog"), ("/tools/reflog-2", "/tools/reflog-2"), ("/", "")])
  func aSlashAtTheEndOfTheBasePathIsRemoved(value: String, path: String) async throws {
    let variables = embedded.merging(["REFLOG_BASE_PATH": value]) { $1 }
    let settings = try await ServerSettings(flags: [:], environment: variables, file: nil)
    #expect(settings.listener.basePath == path)
    #expect(settings.shown["basePath"] == (path.isEmpty ? nil : .string(path)))
  }

  @Test func entraReturnsToAPathBelowTheBasePath() async throws {
    let entra = [
      "REFLOG_BASE_PATH": "/reflog", "REFLOG_PUBLIC_URL": "https://tools.contoso.example", "REFLOG_AUTH_MODE": "entra",
      "REFLOG_ENTRA_ISSUER": "https://login.microsoftonline.com/tenant/v2.0", "REFLOG_ENTRA_AUDIENCE": "an id",
      "REFLOG_ENTRA_CLIENT_ID": "an id", "REFLOG_ENTRA_CLIENT_SECRET": "a secret",
    ]
    let variables = embedded.merging(entra) { $1 }
    let settings = try await ServerSettings(flags: [:], environment: variables, file: nil)
    #expect(settings.entraSignIn?.redirectURL == "https://tools.contoso.example/reflog/sign-in/entra/return")
  }

  @Test func variablesOfOtherProgramsAreIgnored() async throws {
    let others = ["PATH": "/bin", "REFLOG_SERVER": "http://127.0.0.1", "REFLOG_TOKEN": "a token"]
    let settings = try await ServerSettings(flags: [:], environment: embedded.merging(others) { $1 }, file: nil)
    #expect(settings.directory.kind == .embedded)
  }

  @Test func theDatabaseDeterminesTheDefaultPathOfTheAnchor() async throws {
    let variables = embedded.merging(["REFLOG_DATABASE": "/var/lib/reflog/a.sqlite"]) { $1 }
    #expect(
      try await ServerSettings(flags: [:], environment: variables, file: nil).anchor
        == "/var/lib/reflog/a.sqlite.anchor"
    )
  }

  @Test func theEventAboutTheStartContainsNoSecret() async throws {
    let secrets = ["REFLOG_GRAPH_CLIENT_ID": "an id", "REFLOG_GRAPH_CLIENT_SECRET": "canary-secret"]
    let variables = Sample.graph.merging(secrets) { $1 }
    let settings = try await ServerSettings(flags: [:], environment: variables, file: nil)
    #expect(settings.shown["graphClientId"] == .string("an id"))
    #expect(!"\(settings.shown)".contains("canary-secret"))
  }

  @Test(arguments: Setting.allCases)
  func everySettingHasAVariableAndAMeaning(_ setting: Setting) {
    #expect(setting.variable.wholeMatch(of: /(REFLOG|AZURE)(_[A-Z]+)+/) != nil)
    #expect(setting.meaning.hasSuffix("."))
  }
}
