import ArgumentParser
import Foundation
import NIOHTTP1
import ReflogModel

/// The options that freeze steps after a change.
struct FreezeOptions: ParsableArguments {
  @Flag(
    name: .customLong("freeze"),
    help: "Freeze the step afterwards, or each step that calls the connector, at most 50 steps."
  )
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

  /// Freezes steps after a change, and shows a message for each step.
  ///
  /// A step that is already frozen at least as long gets no other freeze. If the earlier freeze covers only this step,
  /// it also suffices if it ends a little earlier.
  ///
  /// - Parameters:
  ///   - steps: The addresses of the steps, in the form of the command line.
  ///   - count: The number of all steps to freeze. If it is higher than the number of `steps`, the steps that are not
  ///     in `steps` are not frozen.
  ///   - reason: The reason of each freeze.
  ///   - done: A sentence that says which change was made. The message of a failure begins with this sentence.
  ///   - server: The options of the server, for the suggested command.
  ///   - client: The client for the server.
  /// - Throws: A failure that names the steps that could not be frozen. The other steps are frozen.
  func freeze(
    _ steps: [String],
    of count: Int,
    because reason: String,
    after done: String,
    at server: ServerOptions,
    on client: ServerClient
  ) async throws {
    guard isGiven else { return }
    if count == 0 { Terminal.say("No step calls the connector, so no step was frozen.") }
    var (failed, first): ([String], CommandFailure?) = ([], nil)
    do {
      let end = try until.map { try TimeText.future("--until", $0).end }
      let earlier = steps.isEmpty ? [] : try await client.send(.GET, FreezeRoute.path).body.objects("value")
      for step in steps {
        do {
          Terminal.say(try await freeze(step, until: end, because: reason, earlier, on: client))
        } catch let failure as CommandFailure {
          failed.append(step)
          first = first ?? failure
        }
      }
    } catch let failure as CommandFailure {
      (failed, first) = (steps, failure)
    }
    let left = count - steps.count
    guard let step = failed.first ?? (left > 0 ? "FLOWTYPE/FLOW/STEP" : nil) else { return }
    let again = server.added(to: Suggestion("freeze", step).adding("--until", until).adding("--reason", reason))
    let isOne = failed.count + left == 1
    let named = failed.prefix(Self.mostNamed).joined(separator: ", ")
    let more = failed.count + left - min(failed.count, Self.mostNamed)
    let steps = [named, more > 0 ? "\(more) more \(more == 1 ? "step" : "steps")" : ""].filter { !$0.isEmpty }
    throw CommandFailure(
      first?.exitCode ?? .refused,
      "\(done) But \(steps.joined(separator: " and ")) \(isOne ? "is" : "are") not frozen. "
        + (first.map { "\($0.message) " } ?? "") + "Freeze \(isOne ? "it" : "each") with: \(again)"
    )
  }

  /// The maximum number of steps that the message of a failure names.
  private static let mostNamed = 10

  /// Freezes one step, except if it is already frozen long enough, and returns the message.
  private func freeze(
    _ step: String,
    until end: Timestamp?,
    because reason: String,
    _ earlier: [JSONObject],
    on client: ServerClient
  ) async throws -> String {
    guard let address = Address(step) else {
      throw CommandFailure(.internal, "The server's answer does not name the step.")
    }
    func shown(_ freeze: JSONObject) -> String {
      let until = freeze["until"]?.string.map { "until \($0)" } ?? "until you release it"
      return "frozen \(until): freeze \(freeze["id"]?.string ?? "")."
    }
    let now = Timestamp(Date())
    let covering = earlier.first { freeze in
      guard freeze["state"] == "inForce", let scope = FreezeScope(freeze.addressText ?? FreezeScope.allText),
        scope.contains(.step(address))
      else { return false }
      guard let text = freeze["until"]?.string else { return true }
      guard let end, let until = Timestamp(parsing: text) else { return false }
      return until >= Freeze.sufficientEnd(for: end, isSameScope: scope == .address(address), at: now)
    }
    if let covering { return "\(step) is already \(shown(covering))" }
    var body: JSONObject = [
      "scope": .string("address"), "step": .string(address.step.name), "reason": .string(reason),
    ]
    body.add(FlowName(of: address))
    body["until"] = end.map { .string($0.description) }
    return "\(step) is \(shown(try await client.send(.POST, FreezeRoute.path, body: body).body))"
  }
}
