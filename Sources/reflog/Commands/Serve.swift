import ArgumentParser
import Configuration
import Foundation
import Logging

/// The command `reflog serve`.
struct Serve: Command {
  static let configuration = CommandConfiguration(
    abstract: "Runs the server: the Graph routes, the history and the pages.",
    discussion: """
      The value of a setting is read from its flag, else from the environment, else from the JSON file that --config \
      names. These are the environment variables:

      \(settings)

      The first start creates a token for each of the roles reader, operator and admin, valid for 90 days. It shows \
      the tokens on a terminal, or writes them to <database>.first-tokens. After a SIGTERM, the server finishes \
      running requests and ends. After a SIGHUP, it reads its certificate again, and the log level in the file of --config.

        reflog serve --directory embedded --sample
      """
  )

  private static var settings: String {
    Setting.allCases.map { "\($0.variable): \($0.meaning)" }.joined(separator: "\n")
  }

  @Option(help: ArgumentHelp(Setting.host.meaning))
  var host: String?

  @Option(help: ArgumentHelp(Setting.port.meaning))
  var port: Int?

  @Option(help: ArgumentHelp(Setting.database.meaning))
  var database: String?

  @Option(help: ArgumentHelp(Setting.files.meaning))
  var files: String?

  @Option(help: ArgumentHelp(Setting.directory.meaning))
  var directory: String?

  @Flag(help: ArgumentHelp(Setting.sample.meaning))
  var sample = false

  @Flag(help: ArgumentHelp(Setting.plainHttp.meaning))
  var plainHttp = false

  @Option(help: ArgumentHelp(Setting.basePath.meaning))
  var basePath: String?

  @Flag(help: ArgumentHelp(Setting.acceptClock.meaning))
  var acceptClock = false

  @Flag(help: ArgumentHelp(Setting.acceptOlderLedger.meaning))
  var acceptOlderLedger = false

  @Flag(help: ArgumentHelp(Setting.acceptNoStandby.meaning))
  var acceptNoStandby = false

  @Option(help: ArgumentHelp(Setting.anchor.meaning))
  var anchor: String?

  @Option(help: "A JSON file whose members are the settings.")
  var config: String?

  func execute() async throws {
    let settings = try await ServerSettings(flags: flags, environment: Environment.all, file: config)
    ServerLog.start(settings.logLevel)
    Reload.ignoreSignal()
    let composition = try await Composition.open(settings: settings, logger: Logger(label: "reflog"))
    try await composition.run()
  }

  private var flags: [Setting: ConfigValue] {
    let texts = [
      Setting.host: host, .database: database, .files: files, .directory: directory, .basePath: basePath,
      .anchor: anchor,
    ]
    let switches = [
      Setting.plainHttp: plainHttp, .acceptClock: acceptClock, .acceptOlderLedger: acceptOlderLedger,
      .acceptNoStandby: acceptNoStandby, .sample: sample,
    ]
    var flags = texts.compactMapValues { $0.map { ConfigValue(.string($0), isSecret: false) } }
    flags[.port] = port.map { ConfigValue(.int($0), isSecret: false) }
    for (setting, isOn) in switches where isOn { flags[setting] = ConfigValue(.bool(true), isSecret: false) }
    return flags
  }
}
