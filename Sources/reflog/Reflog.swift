import ArgumentParser

/// The program `reflog`.
///
/// Each command is in a separate file in the folder `Commands`.
@main
struct Reflog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reflog",
    abstract: "Records who changed the API connector that a step of a user flow calls, and rolls changes back.",
    discussion: """
      Reflog is a proxy in front of Microsoft Graph. It accepts \
      PUT /identity/{b2cUserFlows|b2xUserFlows}/{flow}/apiConnectorConfiguration/{step}/$ref as Microsoft Graph does.

      Verbs that change something send requests to a server (--server or REFLOG_SERVER, with REFLOG_TOKEN). Verbs that \
      only read do the same if you use --server, or if REFLOG_SERVER is set and you do not use --database. Otherwise \
      they read the ledger's file, even while a server uses it. reflog verify always reads the ledger's file, or the \
      files of a manifest.

      If sign-up is broken, find the last change of the step, or of the connector that it calls:
        STEP=b2cUserFlows/B2C_1_signup/postFederationSignup
        reflog history --step $STEP

      To undo an edit of the connector, use reflog restore with its id. To undo a change of the step:
        reflog rollback --step $STEP --dry-run
        reflog rollback --step $STEP --reason INC0042

      Exit codes: 0 done, 1 refused or failed, 2 not found, 3 a file was saved in another form and its rows agree, \
      64 wrong usage, 65 the ledger or a file failed verification, 70 internal error, 75 try again.
      """,
    version: Reflog.version,
    subcommands: [
      Serve.self, ShowHistory.self, Watch.self, Export.self, WriteEvidence.self, Show.self, ShowConfigurations.self,
      ShowConnectors.self, SetReference.self, RollBack.self, Restore.self, PlaceFreeze.self, ReleaseFreeze.self,
      ListFreezes.self, Verify.self, ShowCheckpoint.self, Backup.self, Compact.self, MigrateLedger.self,
      ShowStatus.self, Tokens.self, Retain.self, Hold.self, Erase.self, Keys.self,
    ]
  )

  /// The version of this program.
  static let version = "0.9.0"

  static func main() async {
    Terminal.reserveStandardStreams()
    do {
      var command = try await asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      Terminal.say("reflog: \(failure.message)")
      exit(withError: ExitCode(failure.exitCode.rawValue))
    } catch {
      // The argument parser throws an error if the arguments are wrong, and also if the parser only shows the help or
      // the version.
      do {
        exit(withError: try ParserMessage.show(error))
      } catch {
        exit(withError: ExitCode(CommandFailure(error).exitCode.rawValue))
      }
    }
  }
}
