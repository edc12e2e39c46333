import HTTPTypes
import Hummingbird

/// In which form a list is taken away whole; nothing where it is only looked at, page by page.
enum ExportFormat {
  case csv

  /// Asked for by `$format`, or by the first media range of `Accept` where that is missing.
  init?(_ request: Request) throws(RequestError) {
    let options = try QueryOptions(request, allowing: QueryOptions.Name.allCases)
    switch options[.format]?.lowercased() {
    case "csv", "text/csv": self = .csv
    case "json", "application/json": return nil
    case nil:
      let first = (request.headers[.accept] ?? "").split(separator: ",").first?.split(separator: ";").first ?? ""
      guard first.lowercased().filter({ $0 != " " }) == "text/csv" else { return nil }
      self = .csv
    case let format?: throw .badRequest("$format is json or csv, not \(format).", target: "$format")
    }
  }
}

extension Response {
  /// A file of CSV.
  init(csvNamed name: String, body: ResponseBody) {
    self.init(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8; header=present",
        .contentDisposition: "attachment; filename=\"\(name).csv\"",
      ],
      body: body
    )
  }
}
