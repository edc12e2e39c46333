import HTTPTypes
import Hummingbird

/// In which form a list is taken away whole; nothing where it is only looked at, page by page.
enum ExportFormat: String {
  case csv, jsonl

  /// Asked for by `$format`, or by the first media range of `Accept` where that is missing.
  init?(_ request: Request) throws(RequestError) {
    let options = try QueryOptions(request, allowing: QueryOptions.Name.allCases)
    switch options[.format]?.lowercased() {
    case "csv", "text/csv": self = .csv
    case "jsonl", "application/jsonl", "application/x-ndjson": self = .jsonl
    case "json", "application/json": return nil
    case nil:
      let first = (request.headers[.accept] ?? "").split(separator: ",").first?.split(separator: ";").first ?? ""
      switch first.lowercased().filter({ $0 != " " }) {
      case "text/csv": self = .csv
      case "application/jsonl", "application/x-ndjson": self = .jsonl
      default: return nil
      }
    case let format?: throw .badRequest("$format is json, jsonl or csv, not \(format).", target: "$format")
    }
  }

  private var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .jsonl: "application/jsonl; charset=utf-8"
    }
  }

  /// A file in this form.
  func response(named name: String, body: ResponseBody) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: contentType, .contentDisposition: "attachment; filename=\"\(name).\(rawValue)\"",
      ],
      body: body
    )
  }
}
