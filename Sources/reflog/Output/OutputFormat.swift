import ArgumentParser
import ReflogModel

/// The format in which an answer is shown.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// A table for people.
  case table
  /// The HTTP body of the same request, unchanged.
  case json
}

/// The option that chooses the format. All answers are shown through it.
struct OutputOptions: ParsableArguments {
  @Option(help: "table for people, or json for the HTTP body of the same request.")
  var format: OutputFormat = .table

  /// Shows a body in the chosen format.
  func show(_ body: JSONObject, asTable table: (JSONObject) -> Table) throws {
    switch format {
    case .json: try Terminal.data(JSONValue.object(body).text + "\n")
    case .table: try Terminal.data(table(body).text)
    }
  }
}
