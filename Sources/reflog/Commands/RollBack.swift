import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog rollback`.
struct RollBack: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Rolls back a change, or all steps to the references that they had at a time.",
    discussion: """
      Give the id of the change, or use --step for the last effective change of a step. The rollback is refused if the \
      step has later changes, unless you use --force. It is also refused if the connector that it restores does not \
      exist any more. --dry-run exits with 1 if later changes, a freeze or a missing connector would stop the \
      rollback. If the role of your token does not allow the rollback, --dry-run says so, and its exit code does not \
      change.

        reflog rollback 17 --dry-run
        reflog rollback --step b2cUserFlows/B2C_1_signup/postFederationSignup
        reflog rollback 17 --reason INC0042 --freeze --until 8h

      An edit of a connector is not rolled back. reflog restore restores the values before the edit.

      --as-of restores the references that all steps had at a time; with --flow, only the steps of one user flow. On a \
      terminal, it asks for a confirmation; elsewhere, use --yes. If \
      this command ends early, the server continues the rollback. If some steps could not be rolled back, the command \
      shows these steps and exits with 1. --batch continues such a rollback.

        reflog rollback --as-of 2026-11-23T02:00:00Z --dry-run
        reflog rollback --as-of 2026-11-23T02:00:00Z --flow b2cUserFlows/B2C_1_signup --reason CHG0042 --yes
      """
  )

  @Argument(help: "The id of the change to roll back.")
  var id: Change.ID?

  @Option(
    help: "Roll back the last effective change of this step, [FLOWTYPE/]FLOW/STEP.",
    completion: NameCompletion.addresses
  )
  var step: Address?

  @Option(
    help: ArgumentHelp(
      "Restore the references that the steps had at this time: \(TimeText.forms). A day means its first moment."
    )
  )
  var asOf: String?

  @Option(help: "With --as-of: only the steps of this flow, [FLOWTYPE/]FLOW.", completion: NameCompletion.flows)
  var flow: FlowName?

  @Option(help: "Continue the rollback to a time that has this batch id.")
  var batch: String?

  @Flag(help: "Show the plan, and change nothing.")
  var dryRun = false

  @Flag(help: "With --as-of: do not ask for a confirmation.")
  var yes = false

  @Flag(help: "Roll back even if the step has later changes.")
  var force = false

  @Option(help: "The reason, which is recorded.")
  var reason: String?

  @Option(help: "Roll back in spite of a freeze, for this reason, which is recorded. Operators only.")
  var override: String?

  @OptionGroup var freezing: FreezeOptions
  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let targets = [id != nil, step != nil, asOf != nil || batch != nil].count { $0 }
    guard targets == 1 else { throw ValidationError("Give the id of a change, or use --step, --as-of or --batch.") }
    if let asOf { _ = try TimeText.period("--as-of", asOf) }
    guard flow == nil || asOf != nil else { throw ValidationError("--flow needs --as-of.") }
    guard !yes || asOf != nil else { throw ValidationError("--yes needs --as-of.") }
    guard !force || (asOf == nil && batch == nil) else {
      throw ValidationError("--force can't be used with --as-of or --batch. Remove --force.")
    }
    guard !freezing.isGiven || (asOf == nil && batch == nil) else {
      throw ValidationError("--freeze can't be used with --as-of or --batch. Use reflog freeze.")
    }
  }

  func run(on client: ServerClient) async throws {
    if asOf != nil || batch != nil {
      let rollback = TimeRollbackClient(client: client, output: output, given: options)
      return try await rollback.run(
        asOf: try asOf.map { try TimeText.period("--as-of", $0).start },
        flow: flow,
        batchID: batch,
        reason: reason,
        override: override,
        isDryRun: dryRun,
        isConfirmed: yes
      )
    }
    var body: JSONObject = ["force": .bool(force), "dryRun": .bool(dryRun)]
    if let reason { body["reason"] = .string(reason) }
    let target = try await target(client)
    let answer: JSONObject
    do {
      let path = "/beta/auditLogs/connectorChanges/\(target)/rollback"
      answer = try await client.send(.POST, path, body: body, override: override).body
    } catch let failure as CommandFailure where failure.exitCode == .tryAgain {
      // The suggested command contains the id of the change, because a second attempt with the id is safe. With
      // `--step`, a second attempt would be refused if the first attempt made the rollback.
      let again = options(Suggestion("rollback", "\(target)"))
      throw CommandFailure(.tryAgain, failure.message + " Try again with: \(again)")
    }
    try output.show(answer, asTable: dryRun ? plan : ChangeTables.change)
    if dryRun {
      answer.sayIfRoleForbids()
      if let obstacle = obstacle(answer) { throw CommandFailure(.refused, obstacle) }
      return
    }
    try await freezing.freeze(
      [answer.addressText ?? ""],
      of: 1,
      because: "After the rollback of change \(target)",
      after: "Change \(target) was rolled back (change \(answer["id"]?.string ?? "")).",
      at: server,
      on: client
    )
  }

  /// Returns a suggested command with the options of the user, except the options that choose the change or the time.
  private func options(_ suggestion: Suggestion) -> Suggestion {
    let given = suggestion.adding("--force", if: force).adding("--reason", reason).adding("--override", override)
    return output.added(to: server.added(to: freezing.added(to: given)))
  }

  /// Returns the id of the change to roll back: the given id, or the last effective change of the given step.
  private func target(_ client: ServerClient) async throws -> Change.ID {
    if let id { return id }
    let address = step?.description ?? ""
    let entries = try await client.configurations(asOf: nil).objects("value")
    let entry = entries.first { entry in entry.addressText.flatMap { Address($0) } == step }
    guard let last = entry?["changeId"]?.string.flatMap({ Change.ID($0) }) else {
      throw try await noTarget(at: address, client)
    }
    let change = try await client.change(last)
    guard change["before"] != change["after"] else {
      throw CommandFailure(.notFound, "No effective change of \(address) is recorded.")
    }
    if let undone = change["rollbackOf"]?.string {
      throw CommandFailure(
        .refused,
        "The last change of \(address) is itself a rollback: change \(last) rolled back change \(undone). "
          + "To roll back change \(last), use its id: \(options(Suggestion("rollback", "\(last)")))"
      )
    }
    return last
  }

  private func plan(_ plan: JSONObject) -> Table {
    let rows = [["plan", plan["summary"]?.string ?? ""]]
    return Table(rows: rows + (plan["edited"]?.object.map { [ChangeTables.note($0, options)] } ?? []))
  }

  /// Returns the reason why the rollback would be refused, or nil if the rollback would be accepted.
  private func obstacle(_ plan: JSONObject) -> String? {
    if plan["connectorExists"] == .bool(false) {
      return "The rollback would be refused, because the connector that it restores does not exist any more."
    }
    if override == nil, let freeze = plan["freeze"]?.object {
      let until = freeze["until"]?.string.map { " until \($0)" } ?? ""
      return
        "The rollback would be refused, because freeze \(freeze["id"]?.string ?? "") covers the step\(until). To roll back "
        + "anyway, use --override with a reason."
    }
    let later = plan.strings("supersededBy")
    guard !force else { return nil }
    if !later.isEmpty {
      return
        "The rollback would be refused because of later changes: \(later.joined(separator: ", ")). Roll back these "
        + "changes first, or use --force."
    }
    guard plan["drifted"] == .bool(true) else { return nil }
    return
      "The rollback would be refused, because the step was changed without Reflog. To roll back anyway, use --force."
  }

  /// Returns the failure for a step that has no change to roll back.
  ///
  /// The step has a pending change, or no change is recorded for the step.
  private func noTarget(at address: String, _ client: ServerClient) async throws -> CommandFailure {
    guard let step else { return CommandFailure(.notFound, "No step is given.") }
    var question = PlainQuestion(about: step)
    question.result = .pending
    let newest = try await client.history(top: 1, of: ChangeSelection(filter: question.text)).objects("value")
    guard let id = newest.first?["id"]?.string else {
      return CommandFailure(.notFound, "No change of \(address) is recorded.")
    }
    return CommandFailure(
      .tryAgain,
      "Change \(id) of \(address) is still pending: `\(Suggestion("show", id).adding("--server", server.url))`. Try again "
        + "later."
    )
  }
}
