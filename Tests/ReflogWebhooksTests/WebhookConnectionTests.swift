import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCertificateReloading
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogWebhooks

/// Tests of the connection to a receiver with TLS.
///
/// The system does not know the host `receiver.example`. So a message that arrives was sent to the checked address.
struct WebhookConnectionTests {
  /// Writes a self-signed certificate with this name, and its key.
  private static func makeCertificate(for name: String, in folder: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
      "-subj", "/CN=receiver", "-addext", "subjectAltName=DNS:\(name)",
      "-keyout", folder + "/key.pem", "-out", folder + "/certificate.pem",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// Starts a receiver with TLS, and calls `body` with its port.
  private static func withReceiver(
    in folder: String,
    _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let reloader = try TimedCertificateReloader.makeReloaderValidatingSources(
      refreshInterval: .seconds(60),
      certificateSource: .init(location: .file(path: folder + "/certificate.pem"), format: .pem),
      privateKeySource: .init(location: .file(path: folder + "/key.pem"), format: .pem)
    )
    let router = Router()
    router.post("in") { _, _ in HTTPResponse.Status.noContent }
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
      router: router,
      server: try .tls(.http1(), tlsConfiguration: .makeServerConfiguration(certificateReloader: reloader)),
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await withThrowingTaskGroup { group in
      group.addTask { try await application.run() }
      for await port in ports {
        try await body(port)
        break
      }
      group.cancelAll()
    }
  }

  /// Returns a connection to a host at these addresses. The client trusts the certificate in the folder.
  private static func connection(
    to host: String,
    _ port: Int,
    trusting folder: String,
    at addresses: [String] = ["127.0.0.1"],
    addressAge: Duration = .seconds(60)
  ) throws -> WebhookConnection {
    let url = "https://\(host):\(port)/in"
    let file = try WebhookSample.file(
      #"[{"name": "siem", "url": "\#(url)", "secret": "\#(WebhookSample.secretText)", "allowLocal": true}]"#
    )
    return WebhookConnection(
      to: try #require(file.receivers.first),
      find: { _, _ in addresses.compactMap { IPAddress($0) } },
      configure: { configuration in
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(folder + "/certificate.pem")
        configuration.tlsConfiguration = tls
      },
      addressAge: addressAge
    )
  }

  /// Sends the same message several times, and returns the results.
  private static func send(_ count: Int = 1, over connection: WebhookConnection) async throws -> [WebhookResult] {
    let message = try #require(
      WebhookMessage(.change(WebhookSample.change()), .cloudEvents, from: WebhookSample.source)
    )
    var results: [WebhookResult] = []
    for _ in 0..<count { results.append(await connection.send(message, at: 0)) }
    await connection.close()
    return results
  }

  @Test(arguments: ["receiver.example", "RECEIVER.example"])
  func aMessageIsSentToTheCheckedAddress(host: String) async throws {
    try await withTemporaryFolder { folder in
      try Self.makeCertificate(for: "receiver.example", in: folder)
      try await Self.withReceiver(in: folder) { port in
        let results = try await Self.send(over: try Self.connection(to: host, port, trusting: folder))

        #expect(results == [.accepted])
      }
    }
  }

  @Test func aCertificateWithAnotherNameIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try Self.makeCertificate(for: "other.example", in: folder)
      try await Self.withReceiver(in: folder) { port in
        let results = try await Self.send(over: try Self.connection(to: "receiver.example", port, trusting: folder))

        guard case .failed(let problem, _) = results[0] else {
          Issue.record("The message was accepted.")
          return
        }
        #expect(problem.contains("failedToValidateHostname"), "\(problem)")
      }
    }
  }

  /// DNS is queried before each message. No receiver listens at the first address.
  @Test func anAddressThatWorksIsUsedUntilItFails() async throws {
    try await withTemporaryFolder { folder in
      try Self.makeCertificate(for: "receiver.example", in: folder)
      try await Self.withReceiver(in: folder) { port in
        let connection = try Self.connection(
          to: "receiver.example",
          port,
          trusting: folder,
          at: ["127.0.0.2", "127.0.0.1"],
          addressAge: .zero
        )

        let results = try await Self.send(4, over: connection)

        #expect(results.map { $0 == .accepted } == [false, true, true, true])
      }
    }
  }
}
