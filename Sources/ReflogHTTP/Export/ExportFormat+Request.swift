import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel

extension ExportFormat {
  /// Reads the format from the query option `$format`, or from the header `Accept` if `$format` is missing.
  ///
  /// The result is nil if the caller requests JSON, because JSON is sent page by page and not as a file.
  /// The caller also gets JSON if `Accept` contains no type that Reflog can send.
  init?(_ items: [QueryItem], of request: Request) throws(RequestError) {
    switch try QueryOptions(items, allowing: QueryOptions.Name.allCases)[.format]?.lowercased() {
    case "csv", "text/csv": self = .csv
    case "jsonl", "application/jsonl", "application/x-ndjson": self = .jsonl
    case "ocsf": self = .ocsf
    case "asim": self = .asim
    case "json", "application/json": return nil
    case nil:
      let offered = ["application/json", "text/csv", "application/jsonl", "application/x-ndjson"]
      switch AcceptedMediaTypes(request.headers[.accept]).preferred(among: offered) {
      case "text/csv": self = .csv
      case "application/jsonl", "application/x-ndjson": self = .jsonl
      default: return nil
      }
    case let format?:
      throw .badRequest("$format must be json, jsonl, csv, ocsf or asim, not \(format).", target: "$format")
    }
  }
}
