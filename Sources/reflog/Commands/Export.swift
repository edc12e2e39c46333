import ArgumentParser
import Foundation
import ReflogFormats
import ReflogModel

/// The command `reflog export`.
struct Export: SourceCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the complete or filtered history to a file or stdout, oldest change first.",
    discussion: """
      The format csv is RFC 4180 with a header row, in UTF-8. A cell that a spreadsheet would run as a formula gets a \
      leading apostrophe, unless you use --raw. The other formats write one JSON object per line: jsonl writes changes \
      as the history routes return them, ocsf writes OCSF 1.8.0 events, and asim writes Microsoft Sentinel ASIM \
      events. The output is written to stdout, or with --output to a file that appears only when it is complete.

      --after POSITION continues an earlier export. It writes every change with an entry after POSITION. A change that \
      was pending in the earlier export is written again, so store changes by id.

      An existing file is replaced only with --force. A file of a ledger is never replaced.

      --follow runs without an end and writes each change when it is settled. It stores its position in the file that \
      --state names. After a restart it continues from that position.

        reflog export > history.csv
        reflog export --since 2026-01-01 --until 2026-04-01 --excel --output quarter.csv
        reflog export --server $REFLOG_SERVER --manifest --output quarter.csv
        reflog export --format ocsf --follow --state /var/lib/forwarder/reflog.state
      """
  )

  @OptionGroup var source: SourceOptions

  @OptionGroup var filter: FilterOptions

  @Option(help: "csv, jsonl, ocsf or asim.")
  var format = ExportFormat.csv

  @Flag(help: "Write CSV without the apostrophe in front of formulas.")
  var raw = false

  @Flag(help: "Write CSV for Excel: with a byte order mark, and with times as yyyy-mm-dd hh:mm:ss.000 in UTC.")
  var excel = false

  @Option(help: "Only changes with an entry after this position: SEQUENCE or SEQUENCE@LOG.")
  var after: LogPosition?

  @Option(help: "Write to this file. It appears only when it is complete.")
  var output: String?

  @Flag(help: "Replace existing output files.")
  var force = false

  @Flag(help: "With --output FILE and --server: also write FILE.manifest, the signed hash of FILE.")
  var manifest = false

  @Flag(help: "Run without an end, and write each change when it is settled.")
  var follow = false

  @Option(help: "The file in which --follow stores its position.")
  var state: String?

  func validate() throws {
    guard format == .csv || !(raw || excel) else { throw ValidationError("--raw and --excel need --format csv.") }
    guard (state != nil) == follow else { throw ValidationError("--follow needs --state, and --state needs --follow.") }
    guard !follow || (output == nil && after == nil) else {
      throw ValidationError("--follow writes to stdout from the position in --state. Remove --output and --after.")
    }
    guard !manifest || (output != nil && source.url != nil) else {
      throw ValidationError("--manifest needs --output and a server (--server or REFLOG_SERVER).")
    }
  }

  func run(on source: any HistorySource) async throws {
    let order = ExportRequest(
      format,
      CSVStyle(isRaw: raw, isForExcel: excel),
      filter: filter.text,
      after: after,
      includesImpact: filter.text != nil && filter.flowScope == .impact
    )
    let files = OutputFiles(besidesLedgerAt: self.source.database)
    if let state {
      try await Follower(source: source, order: order, stateFile: state, output: files).run()
    } else if let output, manifest, let server = source as? ServerClient {
      try files.check(output + ".manifest", replacing: force)
      try await Self.export(order, from: server, withManifestFor: output, files, replacing: force)
    } else if let output {
      try await files.write(output, replacing: force) { file in
        try await Self.export(order, from: source, to: file.write)
      }
    } else {
      try await Self.export(order, from: source, to: Terminal.data)
    }
  }

  /// Writes an exported file and its manifest. Then shows what the manifest selects, and how to check the file.
  private static func export(
    _ order: ExportRequest,
    from server: ServerClient,
    withManifestFor path: String,
    _ files: OutputFiles,
    replacing: Bool
  ) async throws {
    let progress = Counter(bytesWithVerb: "exported")
    var note = ""
    try await files.write(path, replacing: replacing) { file in
      note = try await server.exportWithManifest(order) { piece in
        try file.write(piece)
        progress.add(piece.count)
      }
    }
    progress.end()
    try await files.write(path + ".manifest", replacing: replacing) { try $0.write(Data(note.utf8)) }
    // If the manifest can't be read here, only these sentences are missing. `reflog verify` reports such a manifest.
    guard let manifest = try? ExportManifest(text: SignedNote(parsing: Array(note.utf8)).text) else { return }
    Terminal.say("\(path): \(manifest.selection) Check the file with: \(Suggestion.check(path + ".manifest"))")
  }

  private static func export(
    _ order: ExportRequest,
    from source: any HistorySource,
    to output: (Data) throws -> Void
  ) async throws {
    let progress = Counter(bytesWithVerb: "exported")
    try await source.export(order) { piece in
      try output(piece)
      progress.add(piece.count)
    }
    progress.end()
  }
}

extension ExportFormat: ExpressibleByArgument {}

extension LogPosition: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
