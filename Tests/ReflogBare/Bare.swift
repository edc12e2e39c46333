import ArgumentParser
import HTTPTypes
import Hummingbird
import NIOCore

/// A minimal server that reads the body of a PUT request and answers 204, but records no change.
///
/// `tools/bench peers` compares the speed of Reflog with the speed of this server. With `--graph-delay`, the program is
/// a fake Microsoft Graph instead. `tools/bench graph` measures how much time Reflog adds to the answers of the fake
/// Microsoft Graph.
@main
struct Bare: AsyncParsableCommand {
  /// The maximum length of a body in bytes.
  ///
  /// The body of a reference is much shorter.
  static let bodyLimit = 1 << 16

  @Option(help: "The port on 127.0.0.1.")
  var port: Int

  @Option(help: "Answer like Microsoft Graph. Each answer comes after this number of milliseconds.")
  var graphDelay: Int?

  func run() async throws {
    let router = Router()
    if let graphDelay {
      FakeGraph(delay: .milliseconds(graphDelay)).addRoutes(to: router)
    } else {
      router.put("/beta/identity/:flowType/:flow/apiConnectorConfiguration/:step/$ref", use: Self.answer)
    }
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "Bare")
    )
    try await application.runService()
  }

  /// Answers after the whole body has arrived.
  @Sendable
  private static func answer(_ request: Request, _: BasicRequestContext) async throws -> HTTPResponse.Status {
    _ = try await request.body.collect(upTo: bodyLimit)
    return .noContent
  }
}
