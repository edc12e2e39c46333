import ArgumentParser

/// The program: one verb a file.
@main
struct Reflog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reflog",
    abstract: "Records who pointed which step of which user flow at which API connector, and takes it back.",
    discussion: """
      Reflog takes PUT /identity/{b2cUserFlows|b2xUserFlows}/{flow}/apiConnectorConfiguration/{step}/$ref as Microsoft \
      Graph does, and stands in front of it.

      Changing verbs talk to a server (--server or REFLOG_SERVER, with REFLOG_TOKEN). Reading verbs do so where \
      --server is given, and otherwise read the ledger's file, beside a running server too.

      At two in the morning, with sign-up broken:
        STEP=b2cUserFlows/B2C_1_signup/postFederationSignup
        reflog rollback --step $STEP --dry-run
        reflog rollback --step $STEP --reason INC0042

      Exit codes: 0 done, 1 refused or failed, 2 not found, 64 usage, 65 the ledger does not verify, 70 internal, 75 try again.
      """,
    subcommands: [
      Serve.self, ShowHistory.self, Export.self, Show.self, ShowConfigurations.self, SetReference.self, RollBack.self,
      Verify.self, ShowCheckpoint.self, Backup.self, Compact.self, ShowStatus.self, Tokens.self, Retain.self, Hold.self,
      Erase.self,
      Keys.self,
    ]
  )

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      Terminal.say("reflog: \(failure.message)")
      exit(withError: ExitCode(failure.exitCode.rawValue))
    } catch {
      // Usage, help and the parser's own errors.
      exit(withError: error)
    }
  }
}
