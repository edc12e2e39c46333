import ArgumentParser
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the body of a PUT, answers 204 and records nothing.
///
/// `tools/bench peers` compares Reflog with it.
@main
struct Bare: AsyncParsableCommand {
  /// The largest accepted body, in bytes. A reference is far smaller.
  private static let bodyLimit = 1 << 16

  @Option(help: "The port on 127.0.0.1.")
  var port: Int

  func run() async throws {
    let router = Router()
    router.put("/beta/identity/:flowType/:flow/apiConnectorConfiguration/:step/$ref", use: Self.answer)
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "Bare")
    )
    try await application.runService()
  }

  /// Answers once the whole body has arrived.
  @Sendable
  private static func answer(_ request: Request, _: BasicRequestContext) async throws -> HTTPResponse.Status {
    _ = try await request.body.collect(upTo: bodyLimit)
    return .noContent
  }
}
