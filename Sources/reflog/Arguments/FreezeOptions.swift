import ArgumentParser
import NIOHTTP1
import ReflogModel

/// The options that freeze steps after a change.
struct FreezeOptions: ParsableArguments {
  @Flag(name: .customLong("freeze"), help: "Freeze the step afterwards, or each step that calls the connector.")
  var isGiven = false

  @Option(help: "With --freeze: when the freeze ends. Without this option it ends when you release it.")
  var until: String?

  func validate() throws {
    guard let until else { return }
    guard isGiven else { throw ValidationError("--until needs --freeze.") }
    _ = try TimeText.future("--until", until)
  }

  /// Returns a suggested command with these options.
  func added(to suggestion: Suggestion) -> Suggestion {
    suggestion.adding("--freeze", if: isGiven).adding("--until", until)
  }

  /// Freezes steps after a change, and shows a message for each freeze.
  ///
  /// - Parameters:
  ///   - steps: The addresses of the steps, in the form of the command line.
  ///   - reason: The reason of each freeze.
  ///   - done: A sentence that says which change was made. The message of a failure begins with it.
  ///   - client: The client for the server.
  /// - Throws: A failure that names the first step that could not be frozen. The steps in front of it are frozen.
  func freeze(_ steps: [String], because reason: String, after done: String, on client: ServerClient) async throws {
    guard isGiven else { return }
    if steps.isEmpty { Terminal.say("No step calls the connector, so no step was frozen.") }
    let end = try until.map { try TimeText.future("--until", $0).end.description }
    for step in steps {
      guard let address = Address(step) else {
        throw CommandFailure(.internal, "\(done) The server's answer does not name the step, so it is not frozen.")
      }
      var body: JSONObject = [
        "scope": .string("address"), "step": .string(address.step.name), "reason": .string(reason),
      ]
      body.add(FlowName(of: address))
      body["until"] = end.map { .string($0) }
      do {
        let freeze = try await client.send(.POST, FreezeRoute.path, body: body).body
        let until = freeze["until"]?.string.map { "until \($0)" } ?? "until you release it"
        Terminal.say("\(step) is frozen \(until): freeze \(freeze["id"]?.string ?? "").")
      } catch let failure as CommandFailure {
        let again = Suggestion("freeze", step).adding("--until", until).adding("--reason", reason)
        throw CommandFailure(
          failure.exitCode,
          "\(done) But \(step) is not frozen. \(failure.message) Freeze it with: \(again)"
        )
      }
    }
  }
}
