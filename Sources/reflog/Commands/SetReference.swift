import ArgumentParser
import NIOHTTP1
import ReflogModel

/// The command `reflog set`.
struct SetReference: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Points a step of a user flow at a connector, or clears the step.",
    discussion: """
      ADDRESS is [FLOWTYPE/]FLOW/STEP. FLOWTYPE may be left out if FLOW begins with B2C_1_ or B2X_1_. The three parts may \
      also be written as three arguments.

        reflog set B2C_1_signup/postFederationSignup CONNECTOR
        reflog set b2cUserFlows/B2C_1_signup/postFederationSignup --none
      """
  )

  @Argument(
    help: ArgumentHelp("ADDRESS, then the connector's id or --none.", valueName: "address-and-connector"),
    completion: NameCompletion.addressAndConnector
  )
  var words: [String] = []

  @Flag(help: "Clear the step, so that it calls no connector.")
  var none = false

  @Option(help: "The reason, which is recorded.")
  var reason: String?

  @Option(help: "Make the change in spite of a freeze, for this reason, which is recorded. Operators only.")
  var override: String?

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let (address, connector) = parts
    let isSpelledOut = address.contains("/") || words.count > 2
    guard !address.isEmpty, !none || connector == nil else {
      throw ValidationError("Give ADDRESS, and the id of a connector or --none.")
    }
    guard Address(abbreviated: address) != nil else {
      throw ValidationError(
        "\(isSpelledOut ? address : "'\(address)'") is not the address of a step. Use [FLOWTYPE/]FLOW/STEP, for example "
          + "b2cUserFlows/B2C_1_signup/postFederationSignup."
      )
    }
    guard none || connector != nil else { throw ValidationError("Give the id of a connector, or use --none.") }
    if let connector, ConnectorID(connector) == nil {
      throw ValidationError("\(connector) is not a valid id of a connector.")
    }
  }

  /// The text of the address and the id of the connector.
  ///
  /// The id is nil if no id was given. An address is one argument, or the three arguments FLOWTYPE, FLOW and STEP.
  private var parts: (address: String, connector: String?) {
    let length = words.count > 2 ? 3 : 1
    let rest = words.dropFirst(length)
    let address = words.prefix(length).joined(separator: "/")
    return rest.count > 1 ? ("", nil) : (address, rest.first)
  }

  func run(on client: ServerClient) async throws {
    let (text, connector) = parts
    guard let address = Address(abbreviated: text) else { throw CommandFailure(.usage, "No address is given.") }
    let flow = FlowName(of: address)
    let answer = try await client.send(
      .PUT,
      "/beta/identity/\(flow)/apiConnectorConfiguration/\(address.step)/$ref",
      body: connector.map { ["@odata.id": .string("identity/apiConnectors/\($0)")] } ?? [:],
      reason: reason,
      override: override
    )
    guard let id = answer.changeID.flatMap({ Change.ID($0) }) else {
      throw CommandFailure(.internal, "The server's answer does not contain the id of the change.")
    }
    do {
      try await output.show(client.change(id), asTable: ChangeTables.change)
    } catch {
      // The change was made, so the command must succeed. If the command failed here, a script would repeat the
      // change.
      Terminal.say("Change \(id) was made. It can't be shown: \(CommandFailure(error).message)")
    }
  }
}
