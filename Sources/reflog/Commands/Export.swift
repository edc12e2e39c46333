import ArgumentParser
import Foundation
import ReflogFormats

/// `reflog export`
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes history as a file, oldest first, whole or filtered.",
    discussion: """
      CSV is RFC 4180 with a header row, in UTF-8; a cell that a spreadsheet would run as a formula gets a leading \
      apostrophe, unless --raw. The other formats are JSON Lines: changes as the history surface shows them, events of \
      OCSF 1.8.0, events of Microsoft Sentinel's ASIM. It goes to stdout, or with --output to a file that appears only \
      when it is whole.

      --after SEQUENCE goes on behind an earlier export: every change with a newer entry comes, those that were pending \
      come again, so put them by id. --follow goes on for ever with what is settled, and keeps in the file --state how \
      far it came; started again, it begins there.

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

  @Flag(help: "Leave cells as they are that a spreadsheet would run.")
  var raw = false

  @Flag(help: "CSV as Excel reads it: a byte order mark, and times as yyyy-mm-dd hh:mm:ss.000 in UTC.")
  var excel = false

  @Option(help: "Only what has a newer entry than this sequence.")
  var after: Int64?

  @Option(help: "Write this file; it appears only when it is whole.")
  var output: String?

  @Flag(help: "Write FILE.manifest beside --output FILE: what is in it, signed by the --server.")
  var manifest = false

  @Flag(help: "Go on for ever with what is settled.")
  var follow = false

  @Option(help: "Keep here how far --follow came.")
  var state: String?

  func validate() throws {
    guard format == .csv || !(raw || excel) else { throw ValidationError("--raw and --excel are for csv.") }
    guard (state != nil) == follow else { throw ValidationError("--follow and --state go together.") }
    guard !follow || (output == nil && after == nil) else {
      throw ValidationError("--follow writes to stdout, and --state says where it begins: no --output, no --after.")
    }
    guard !manifest || (output != nil && source.server != nil) else {
      throw ValidationError("--manifest needs --output, and a --server that signs it.")
    }
    guard after.map({ $0 >= 0 }) ?? true else { throw ValidationError("--after is a sequence, from 0 on.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      let style = CSVStyle(isRaw: raw, isForExcel: excel)
      let order = ExportRequest(format, style, filter: filter.text, after: after)
      try await source.withSource { source in
        if let state {
          try await Follower(source: source, order: order, stateFile: state).run()
        } else if let output, manifest, let server = source as? ServerClient {
          try await Self.export(order, from: server, withManifestBeside: output)
        } else if let output {
          try await WholeFile.write(output) { file in try await Self.export(order, from: source, to: file.write) }
        } else {
          try await Self.export(order, from: source, to: Terminal.data)
        }
      }
    }
  }

  /// The manifest appears once the file is there.
  private static func export(
    _ order: ExportRequest,
    from server: ServerClient,
    withManifestBeside path: String
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
