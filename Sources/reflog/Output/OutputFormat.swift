import ArgumentParser
import ReflogModel

/// How an answer is shown.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// For people.
  case table
  /// Exactly the HTTP body of the same question.
  case json
}

/// The choice of a format, and the one place that renders.
struct OutputOptions: ParsableArguments {
  @Option(help: "table, for people, or json, the HTTP body of the same question.")
  var format: OutputFormat = .table

  /// Shows a body, by itself or as the table that is made of it.
  func show(_ body: JSONObject, asTable table: (JSONObject) -> Table) throws {
    switch format {
    case .json: try Terminal.data(JSONValue.object(body).text + "\n")
    case .table: try Terminal.data(table(body).text)
    }
  }
}
