import ArgumentParser
import NIOHTTP1
import ReflogModel

/// The command `reflog set`.
struct SetReference: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Points a step of a user flow at a connector, or clears the step.",
    discussion: """
        reflog set b2cUserFlows B2C_1_signup postFederationSignup CONNECTOR
        reflog set b2cUserFlows B2C_1_signup postFederationSignup --none
      """
  )

  @Argument(help: "b2cUserFlows or b2xUserFlows.")
  var flowType: FlowType

  @Argument(help: "The user flow's id.")
  var flow: String

  @Argument(help: "The step, such as postFederationSignup.")
  var step: String

  @Argument(help: "The connector's id.")
  var connector: String?

  @Flag(help: "Clear the step, so that it calls no connector.")
  var none = false

  @Option(help: "The reason, which is recorded.")
  var reason: String?

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard FlowID(flow) != nil else { throw ValidationError("\(flow) is not a valid id of a user flow.") }
    guard Step(step) != nil else { throw ValidationError("\(step) is not a valid name of a step.") }
    guard (connector == nil) == none else { throw ValidationError("Give the id of a connector, or use --none.") }
    if let connector, ConnectorID(connector) == nil {
      throw ValidationError("\(connector) is not a valid id of a connector.")
    }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        let answer = try await client.send(
          .PUT,
          "/beta/identity/\(flowType.rawValue)/\(flow)/apiConnectorConfiguration/\(step)/$ref",
          body: connector.map { ["@odata.id": .string("identity/apiConnectors/\($0)")] } ?? [:],
          reason: reason
        )
        guard let id = answer.changeID.flatMap({ Change.ID($0) }) else {
          throw CommandFailure(.internal, "The server's answer does not contain the id of the change.")
        }
        do {
          try await output.show(client.change(id), asTable: ChangeTables.change)
        } catch {
          // The change was made. If the command failed here, scripts would repeat the change.
          Terminal.say("Change \(id) was made. It can't be shown: \(CommandFailure(error).message)")
        }
      }
    }
  }
}
