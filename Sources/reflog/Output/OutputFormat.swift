import ArgumentParser
import ReflogFormats
import ReflogModel

/// The format in which a command shows an answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// A table for people.
  case table
  /// The unchanged JSON body of the corresponding HTTP request.
  case json
}

/// The option that chooses the format of the shown answer.
struct OutputOptions: ParsableArguments {
  @Option(help: "table for people, or json for the body that the HTTP route returns.")
  var format: OutputFormat = .table

  /// Shows a body in the chosen format.
  func show(_ body: JSONObject, asTable table: (JSONObject) -> Table) throws {
    switch format {
    case .json: try Terminal.data(JSONValue.object(body).text + "\n")
    case .table: try Terminal.show(table(body))
    }
  }
}
