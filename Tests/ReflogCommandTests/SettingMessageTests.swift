import Testing

@testable import reflog

/// Tests of the exact text of every error about a setting.
struct SettingMessageTests {
  /// Environment variables with an invalid setting, and the message that refuses the setting.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let variables: [String: String]
    let message: String

    /// Creates a refusal. The variables are added to the variables that choose the embedded directory.
    init(_ variables: [String: String], _ message: String) {
      self.variables = ["REFLOG_DIRECTORY": "embedded"].merging(variables) { $1 }
      self.message = message
    }

    /// Creates a refusal. The variables are added to the variables that choose Microsoft Graph.
    init(graph variables: [String: String], _ message: String) {
      self.variables = Sample.graph.merging(variables) { $1 }
      self.message = message
    }

    var testDescription: String { message }
  }

  static let listener = [
    Refusal(["REFLOG_HOST": ""], "REFLOG_HOST is empty. Set or unset it."),
    Refusal(["REFLOG_PORT": "65536"], "port is 65536, but must be from 0 to 65535."),
    Refusal(
      ["REFLOG_HOST": "0.0.0.0"],
      """
      0.0.0.0 is not a loopback address, so tokens would be sent in clear text over the network. Set \
      REFLOG_TLS_CERTIFICATE and REFLOG_TLS_KEY, or use --plain-http behind a proxy with TLS.
      """
    ),
    Refusal(
      ["REFLOG_TLS_KEY": "key.pem"],
      "TLS needs both REFLOG_TLS_CERTIFICATE and REFLOG_TLS_KEY."
    ),
    Refusal(
      ["REFLOG_PUBLIC_URL": "https://audit.contoso.example/reflog"],
      """
      REFLOG_PUBLIC_URL must be an http or https URL with only a host and an optional port. If clients use a path, set \
      REFLOG_BASE_PATH.
      """
    ),
    Refusal(
      ["REFLOG_TRUSTED_PROXIES": "10.0.0.0/8, proxy"],
      "REFLOG_TRUSTED_PROXIES contains proxy, which is not an address block (CIDR)."
    ),
  ]

  static let basePath = [
    "reflog", "/a//b", "//", "/a/../b", "/.", "/a b", "/a%2Fb", "/a?b", "/\u{E4}", "https://host/reflog",
    "/" + String(repeating: "a", count: 100),
  ].map { path in
    Refusal(
      ["REFLOG_BASE_PATH": path],
      """
      REFLOG_BASE_PATH is \(path), but must be a path such as /reflog: at most 100 letters, digits, '-', '.', '_', '~' \
      and slashes.
      """
    )
  }

  static let directory = [
    Refusal(
      ["REFLOG_DIRECTORY": "entra"],
      "directory is entra, but must be graph or embedded."
    ),
    Refusal(
      graph: ["REFLOG_SAMPLE": "true"],
      "REFLOG_SAMPLE needs the embedded directory. Unset it, or use --directory embedded."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_TENANT": "contoso.example"],
      "REFLOG_GRAPH_TENANT is contoso.example, but must be the tenant's id, a GUID."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_CLOUD": "moon"],
      "REFLOG_GRAPH_CLOUD is moon, but must be one of global, usGovernment, usGovernmentDoD, china."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_URL": "https://graph.microsoft.com/beta"],
      """
      REFLOG_GRAPH_URL is https://graph.microsoft.com/beta, but must end after the host. Remove the version and the \
      path.
      """
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_URL": "http://graph.example"],
      "REFLOG_GRAPH_URL must be an https URL (http on loopback only) without user, query or fragment."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_TIMEOUT": "301"],
      "REFLOG_GRAPH_TIMEOUT is 301.0, but must be from 0.1 to 300.0 seconds."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_READS_PER_MINUTE": "0"],
      "REFLOG_GRAPH_READS_PER_MINUTE must be from 1 to 100000."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_CALLER_READS_PER_MINUTE": "0"],
      "REFLOG_GRAPH_CALLER_READS_PER_MINUTE must be from 1 to 100000."
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_CLIENT_ID": "an id"],
      """
      A credential for Graph needs both REFLOG_GRAPH_CLIENT_ID and one of REFLOG_GRAPH_CLIENT_SECRET, \
      REFLOG_GRAPH_CLIENT_SECRET_FILE, REFLOG_GRAPH_CLIENT_CERTIFICATE, AZURE_FEDERATED_TOKEN_FILE. Set both, or none.
      """
    ),
    Refusal(
      graph: ["REFLOG_GRAPH_CLIENT_SECRET": "a", "REFLOG_GRAPH_CLIENT_CERTIFICATE": "b"],
      """
      REFLOG_GRAPH_CLIENT_SECRET and REFLOG_GRAPH_CLIENT_CERTIFICATE are set, but a credential has one proof. Unset all \
      but one.
      """
    ),
  ]

  static let access = [
    Refusal(
      ["REFLOG_AUTH_MODE": "token,basic"],
      """
      REFLOG_AUTH_MODE contains basic, but must be one of token, entra, passthrough, or several separated by commas.
      """
    ),
    Refusal(
      ["REFLOG_AUTH_MODE": "entra"],
      "REFLOG_AUTH_MODE contains entra. Set REFLOG_ENTRA_ISSUER and REFLOG_ENTRA_AUDIENCE."
    ),
    Refusal(
      ["REFLOG_AUTH_MODE": "passthrough"],
      "The authentication mode passthrough needs --directory graph, because only Graph can check the callers' tokens."
    ),
    Refusal(
      graph: ["REFLOG_AUTH_MODE": "token"],
      """
      Reflog has no credential of its own for Graph. Every mode except passthrough needs one. Set \
      REFLOG_GRAPH_CLIENT_ID and REFLOG_GRAPH_CLIENT_SECRET_FILE.
      """
    ),
    Refusal(
      ["REFLOG_ENTRA_CLIENT_ID": "an id"],
      """
      Sign-in with Entra needs REFLOG_ENTRA_CLIENT_ID, REFLOG_ENTRA_CLIENT_SECRET, REFLOG_PUBLIC_URL, and entra in \
      REFLOG_AUTH_MODE.
      """
    ),
    Refusal(
      ["REFLOG_WEBHOOKS": "/nowhere/webhooks.json"],
      """
      The file of webhooks /nowhere/webhooks.json can't be read: it is missing, empty or not a file, or Reflog has no \
      permission.
      """
    ),
    Refusal(
      ["REFLOG_COLOUR": "red"],
      "Reflog does not know the variable REFLOG_COLOUR. Unset or correct it."
    ),
  ]

  @Test(arguments: listener + basePath + directory + access)
  func theMessageAboutAnInvalidSettingContainsItsName(_ refusal: Refusal) async throws {
    let failure = await #expect(throws: CommandFailure.self) {
      try await ServerSettings(flags: [:], environment: refusal.variables, file: nil)
    }
    #expect(failure?.message == refusal.message)
    #expect(failure?.exitCode == .usage)
  }

  @Test func aMissingDirectoryIsRefused() async throws {
    let failure = await #expect(throws: CommandFailure.self) {
      try await ServerSettings(flags: [:], environment: [:], file: nil)
    }
    #expect(
      failure?.message
        == "No directory is set. Use --directory graph, or --directory embedded to try Reflog."
    )
  }

  /// The text of each invalid settings file, and a closure that takes the file's path and returns the expected message.
  static let files: [(text: String, message: @Sendable (String) -> String)] = [
    ("[]", { "The configuration file \($0) must contain one JSON object." }),
    (#"{"colour": 1}"#, { "\($0) contains the member colour, which Reflog does not know. Remove or correct it." }),
  ]

  @Test(arguments: files.indices)
  func theMessageAboutAnInvalidFileContainsItsPath(_ index: Int) async throws {
    let (text, message) = Self.files[index]
    try await Sample.withFile(text) { path in
      let failure = await #expect(throws: CommandFailure.self) {
        try await ServerSettings(flags: [:], environment: [:], file: path)
      }
      #expect(failure?.message == message(path))
    }
  }

  @Test func aFileThatDoesNotExistIsRefused() async throws {
    let failure = await #expect(throws: CommandFailure.self) {
      try await ServerSettings(flags: [:], environment: [:], file: "/nowhere/reflog.json")
    }
    #expect(failure?.message == "The configuration file /nowhere/reflog.json can't be read.")
  }
}
