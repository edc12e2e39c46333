import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the export page and the exported file.
///
/// The parameter `format` is `csv`, `excel`, `jsonl`, `ocsf` or `asim`.
struct ExportController {
  let exports: ChangeExports
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/export", use: export)
  }

  /// Returns the page with the form, or the exported file if the query of the URL contains `format`.
  private func export(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filterQuery()
    guard let name = fields.removeValue(forKey: "format") else {
      let shown = PlainQuestion.shown(fields, in: context.zone)
      let form = FilterForm(shown, problem: PlainQuestion.query(fields).problem)
      let page = ExportPage(form, trail: PageTrail(fields, PageTrail.timeline).query)
      return Response(page: page.render(in: context.frame(directory)))
    }
    let isForExcel = name == "excel"
    guard let format = isForExcel ? .csv : ExportFormat(rawValue: name) else {
      throw RequestError.badRequest("format must be csv, excel, jsonl, ocsf or asim, not \(name).", target: "format")
    }
    let query = try PlainQuestion.asked(fields)
    let filter = try PlainQuestion(form: fields).text
    let exportRequest = ExportRequest(
      format,
      CSVStyle(isForExcel: isForExcel),
      filter: filter,
      includesImpact: query.includesImpact
    )
    return try await exports.response(exportRequest, query, request, context)
  }
}
