import ArgumentParser
import Foundation
import ReflogFormats
import ReflogModel

/// The format in which a command shows an answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// A table for people.
  case table
  /// The unchanged JSON body of the answer to the corresponding HTTP request.
  case json
  /// CSV, in which no cell is cut.
  case csv
}

/// The options that choose how an answer is shown.
struct OutputOptions: ParsableArguments {
  @Option(help: "The format: table (for people), json (the body that the HTTP route returns) or csv.")
  var format: OutputFormat = .table

  @Flag(help: "Show all columns of a table, even if they do not fit the terminal.")
  var wide = false

  /// Shows a body in the chosen format.
  ///
  /// - Parameters:
  ///   - body: The JSON body.
  ///   - table: A closure that converts the body into a table.
  ///   - csv: A closure that converts the body into CSV. If the closure is nil, the CSV contains the cells of the
  ///     table.
  func show(
    _ body: JSONObject,
    asTable table: (JSONObject) -> Table,
    asCSV csv: ((JSONObject) -> [UInt8])? = nil
  ) throws {
    switch format {
    case .json: try Terminal.data(JSONValue.object(body).text + "\n")
    case .table: try Terminal.show(table(body), isWide: wide)
    case .csv: try Terminal.data(Data(csv?(body) ?? table(body).csv))
    }
  }

  /// Adds the given options to a suggested command.
  func added(to suggestion: Suggestion) -> Suggestion {
    suggestion.adding("--format", format == .table ? nil : format.rawValue).adding("--wide", if: wide)
  }
}
