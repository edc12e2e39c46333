import FoundationEssentials
import Hummingbird
import ReflogEvidence
import ReflogModel
import ReflogService
import ReflogWeb

/// The route for the page with which a person downloads a pack: a ZIP file for auditors with the changes of a period.
struct EvidencePageController {
  let packs: EvidencePacks
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/evidence", use: evidence)
  }

  /// Returns the page with the form, or the pack if the query of the URL contains `period`.
  private func evidence(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let options = try QueryOptions(request, allowing: [.period, .flow])
    let flow = options[.flow].flatMap { $0.isEmpty ? nil : $0 }
    var problem: FormError?
    if let name = options[.period] {
      do {
        let period = try Period(name, begunBy: Timestamp(Date()))
        return try await packs.response(EvidenceRequest(period, flow: flow), context)
      } catch {
        switch error {
        case let error as PeriodError: problem = FormError(error.description, in: "period")
        case ServiceError.flowNotFound: problem = FormError("\(error)", in: "flow")
        default: throw error
        }
      }
    }
    let period = options[.period] ?? Period.quarter(before: Timestamp(Date())).name
    let page = EvidencePage(period: period, flow: flow, problem: problem)
    return Response(page: page.render(in: context.frame(directory)))
  }
}
