import ArgumentParser
import Foundation
import ReflogFormats

/// `reflog export`
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the history as a file, oldest change first, complete or filtered.",
    discussion: """
      CSV is RFC 4180 with a header row, in UTF-8. A cell that a spreadsheet would run as a formula gets a leading \
      apostrophe, unless you use --raw. The other formats are JSON Lines: changes as the history routes return them, \
      events of OCSF 1.8.0, or events of Microsoft Sentinel's ASIM. The output is stdout, or with --output a file that \
      appears only when it is complete.

      --after SEQUENCE continues an earlier export. It writes every change with a newer entry. A change that was \
      pending is written again, so store changes by id. --follow writes changes as they are settled, without an end, \
      and stores its position in the file --state. If you start it again, it continues there.

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

  @Flag(help: "Write CSV without the apostrophe before formulas.")
  var raw = false

  @Flag(help: "Write CSV as Excel reads it: a byte order mark, and times as yyyy-mm-dd hh:mm:ss.000 in UTC.")
  var excel = false

  @Option(help: "Only changes with a newer entry than this sequence.")
  var after: Int64?

  @Option(help: "Write this file; it appears only when it is complete.")
  var output: String?

  @Flag(help: "Also write FILE.manifest for --output FILE: its content, signed by the --server.")
  var manifest = false

  @Flag(help: "Write changes as they are settled, without an end.")
  var follow = false

  @Option(help: "The file in which --follow stores its position.")
  var state: String?

  func validate() throws {
    guard format == .csv || !(raw || excel) else { throw ValidationError("--raw and --excel need --format csv.") }
    guard (state != nil) == follow else { throw ValidationError("--follow needs --state, and --state needs --follow.") }
    guard !follow || (output == nil && after == nil) else {
      throw ValidationError("--follow writes to stdout from the position in --state. Remove --output and --after.")
    }
    guard !manifest || (output != nil && source.server != nil) else {
      throw ValidationError("--manifest needs --output and --server.")
    }
    guard after.map({ $0 >= 0 }) ?? true else { throw ValidationError("--after must be a sequence, 0 or more.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      let style = CSVStyle(isRaw: raw, isForExcel: excel)
      let order = ExportRequest(format, style, filter: filter.text, after: after)
      try await source.withSource { source in
        if let state {
          try await Follower(source: source, order: order, stateFile: state).run()
        } else if let output, manifest, let server = source as? ServerClient {
          try await Self.export(order, from: server, withManifestFor: output)
        } else if let output {
          try await WholeFile.write(output) { file in try await Self.export(order, from: source, to: file.write) }
        } else {
          try await Self.export(order, from: source, to: Terminal.data)
        }
      }
    }
  }

  /// Exports a file with its manifest. The manifest appears after the file.
  private static func export(
    _ order: ExportRequest,
    from server: ServerClient,
    withManifestFor path: String
  ) async throws {
    var progress = Progress(verb: "exported")
    var note = ""
    try await WholeFile.write(path) { file in
      note = try await server.exportWithManifest(order) { piece in
        try file.write(piece)
        progress.add(piece.count)
      }
    }
    progress.end()
    try await WholeFile.write(path + ".manifest") { try $0.write(Data(note.utf8)) }
  }

  private static func export(
    _ order: ExportRequest,
    from source: any HistorySource,
    to output: (Data) throws -> Void
  ) async throws {
    var progress = Progress(verb: "exported")
    try await source.export(order) { piece in
      try output(piece)
      progress.add(piece.count)
    }
    progress.end()
  }
}

extension ExportFormat: ExpressibleByArgument {}
